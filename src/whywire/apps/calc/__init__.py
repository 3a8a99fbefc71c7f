"""The calculator: its server, its asker, and the caching proxy between them.

    limits       how large, deep, long and slow an expression may be, and the error that says so
    tokens       text to tokens              parse      tokens to a program, without recursion
    arithmetic   operators and functions     evaluate   a program to a result and its steps
    answers      a request to its answer
    front        connections of clients: requests in, answers out in order, with time-outs and limits
    server       `whywire calc serve`        client     `whywire calc ask`
    cache        when a stored answer may be given again, without a socket or a clock
    upstream     the proxy's side of the server; the proxy itself is `whywire.apps.proxy.calculator`

The protocol itself is `whywire.protocols.calc`.
"""
