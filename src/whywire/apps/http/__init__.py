"""The door: HTTP/1.x over a socket on the server's side (RFC 9110, RFC 9112).

    app        the contract with the programs behind the door: Request, Body, Reply, App, HeadFacts
    clock      the Date field, made once a second
    pages      small pages for answers that carry no content of their own
"""
