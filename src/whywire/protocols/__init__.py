"""Protocols: state machines without a socket, shared by the programs that speak them and the readers of captures.

    http1   HTTP/1.0 and 1.1 (RFC 9110, RFC 9112)
    calc    the calculator's messages

Each takes bytes in any pieces and gives events with the offsets of their bytes in the stream. Two tiers: the reader
shows everything and reports what is wrong, the strict tier (for servers and clients) then accepts only sense.
"""
