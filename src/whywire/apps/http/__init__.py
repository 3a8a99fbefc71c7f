"""The door: HTTP/1.x over a socket on the server's side (RFC 9110, RFC 9112).

    app        the contract with the programs behind the door: Request, Body, Reply, App, HeadFacts
    settings   limits and waits
    server     one worker: its connections, what they share, the clock that ends every wait
    flow       a connection as a flow of bytes: back pressure, waiting, giving up
    door       a connection as messages: the quick path, the full parser, one answer after the other
    memo       request lines and header blocks that were understood before
    judge      what the parser understands and this server refuses nevertheless
    body       a request's content, read as the app asks for it
    reply      an answer on its way: framing, and what was promised is what is sent
    sending    files to sockets
    tunnel     a connection behind 101 or CONNECT
    clock      the Date field, made once a second
    pages      small pages for answers that carry no content of their own
"""
