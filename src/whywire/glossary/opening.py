"""Terms of the opening of a connection."""

from __future__ import annotations

from whywire.glossary.term import Term

TERMS = (
    Term("SYN",
         "opens one direction and carries the number at which its bytes begin to be counted",
         "A flag of the TCP header. It takes one sequence number of its own, so the first byte of data has the number "
         "after it. The side that calls connect() sends the first SYN; the other side's SYN comes back with the ACK "
         "of it.",
         "RFC 9293 3.5", ("three-way handshake", "ISN", "SYN-ACK")),
    Term("SYN-ACK",
         "a listening kernel's answer to a SYN: its own SYN, and the ACK of the other one",
         "The kernel sends it by itself as soon as a SYN arrives for a listening socket. The program need not have "
         "called accept(); it learns of the connection when it does.",
         "RFC 9293 3.5", ("three-way handshake", "accept queue"), ("SYN ACK",)),
    Term("three-way handshake",
         "SYN, SYN-ACK, ACK: both sides tell their first numbers and hear them confirmed",
         "Three packets and one round trip. After the second the client's connect() returns, so its data may follow "
         "the third packet at once. Old duplicates of a SYN are found out because the peer must confirm the number.",
         "RFC 9293 3.5, figure 6", ("SYN", "ISN", "simultaneous open"), ("handshake", "3-way handshake")),
    Term("ISN",
         "initial sequence number: where a side begins to count its bytes",
         "Each side picks its own for each connection, from a clock and a secret, so that strangers can't guess it "
         "and old segments don't fit. Tools show numbers relative to it: a 0 on the screen is seldom a 0 on the wire.",
         "RFC 9293 3.4.1, RFC 6528", ("sequence number", "SYN"), ("initial sequence number",)),
    Term("MSS",
         "maximum segment size: the most payload a side wants in one segment, announced with its SYN",
         "It is the MTU less 20 bytes for the IPv4 header (40 for IPv6) and 20 for the TCP header: 1,460 on Ethernet "
         "with IPv4. Options in a segment come out of the same room: with timestamps a full segment carries 1,448 "
         "bytes. Without the option 536 (IPv4) or 1,220 (IPv6) are assumed.",
         "RFC 9293 3.7.1, RFC 6691", ("MTU", "segment", "super-segment"), ("maximum segment size",)),
    Term("window scaling",
         "an option of the SYNs that lets a window be larger than 65,535 bytes",
         "Each side announces a shift of 0 to 14 for the windows that it will send; they are in use only if both SYNs "
         "have the option. The windows in SYNs themselves are never scaled. A capture that lacks the handshake lacks "
         "the shift, so its windows can't be known.",
         "RFC 7323 section 2", ("window",), ("window scale", "wscale")),
    Term("SACK",
         "selective acknowledgment: an option that names what arrived behind a gap",
         "The ACK number can only name the first missing byte. Where both SYNs permitted it, a receiver adds up to "
         "four ranges that it holds already, so the sender repeats only what is missing. D-SACK uses the same option "
         "to report what came twice.",
         "RFC 2018, RFC 2883", ("duplicate ACK", "fast retransmission"),
         ("selective acknowledgment", "D-SACK", "DSACK")),
    Term("timestamps",
         "an option that gives each segment a clock value, which its ACK returns",
         "It lets the sender measure round trips also when segments are sent again, and lets a receiver recognise old "
         "segments whose numbers fit by chance (PAWS). It costs 12 bytes in every segment, padding included.",
         "RFC 7323 sections 3 to 5", ("RTT",), ("TSval", "TSecr", "PAWS")),
    Term("simultaneous open",
         "both sides send a SYN before they have seen the other's; it becomes one connection",
         "Each answers the other's SYN with a SYN-ACK that repeats its own number. Nobody listens and nobody accepts. "
         "Rare by accident, and used on purpose to get through address translators.",
         "RFC 9293 3.5, figure 7", ("three-way handshake",)),
    Term("TCP Fast Open",
         "data in the SYN, allowed by a cookie from an earlier connection",
         "It saves the round trip of the handshake for the first request. The data may reach the program twice, so "
         "only requests that bear repetition should use it.",
         "RFC 7413", ("SYN",), ("TFO",)),
    Term("backlog",
         "the argument of listen(): how many completed connections may wait for accept()",
         "On Linux it limits the accept queue (and is cut to net.core.somaxconn). When the queue is full, Linux "
         "ignores the last packet of further handshakes and new SYNs, instead of refusing them; the clients try again "
         "after a second.",
         "listen(2)", ("accept queue", "SYN queue")),
    Term("accept queue",
         "completed connections that wait until the program calls accept()",
         "The kernel has completed their handshakes and acknowledges what clients send; nobody works on it yet. `ss "
         "-lnt` shows it: Recv-Q is how many wait, Send-Q how many may.",
         "accept(2), listen(2)", ("backlog", "SYN queue")),
    Term("SYN queue",
         "connections of which a SYN came and the third packet has not",
         "The kernel keeps a small record of each and repeats the SYN-ACK. A flood of SYNs fills it; with SYN cookies "
         "the kernel needs no record: it hides what it must remember in its initial sequence number.",
         "RFC 4987", ("accept queue", "SYN cookie"), ("half-open queue",)),
    Term("SYN cookie",
         "a SYN-ACK whose sequence number stands for the memory that the kernel saved",
         "When its SYN queue overflows, a kernel can answer without remembering: the number encodes what it needs "
         "when the third packet comes back. Options such as window scaling survive only if timestamps carry them.",
         "RFC 4987 3.6", ("SYN queue",)),
    Term("ephemeral port",
         "a port that the kernel picks for the client's end of a connection",
         "Linux takes one of 32768 to 60999 by default; the registered range for it is 49152 to 65535. A connection "
         "is known by both addresses and both ports, so the same port can serve several servers at a time.",
         "RFC 6335 section 6; ip(7) ip_local_port_range", ("TIME-WAIT", "port"), ("dynamic port",)),
    Term("port",
         "a number from 0 to 65535 that tells apart the sockets of a host",
         "A server listens on one that clients know; the client's kernel picks another. Both numbers are in every "
         "segment.",
         "RFC 9293 3.1, RFC 6335", ("ephemeral port", "socket")),
    Term("connection refused",
         "a SYN answered by a reset: nobody listens on that port",
         "The answer comes from the host's kernel (or from a firewall in its name) and costs one round trip. "
         "connect() fails with ECONNREFUSED. No answer at all is something else: there connect() waits for minutes.",
         "RFC 9293 3.5.2", ("RST",), ("ECONNREFUSED",)),
)
"""In reading order."""
