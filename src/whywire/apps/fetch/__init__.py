"""The HTTP client: asks for paths of one server, for URLs, or for a page with what it needs, and saves the bodies.

    options   what can be chosen, and the exit codes       links     URLs: where to ask, what for
    heads     the requests' header fields                  dialing   sockets, TLS, names that don't resolve
    talk      one connection: a request, its answer        naming    from a target to a name that is safe
    folder    the folder that is saved to, and no other    body      a partial file, resumed, finished
    worker    asks for one link after another              page      what a page needs
    crew      several workers, as many connections         progress  the bar
    errors    what can go wrong, as sentences

The protocol is `whywire.protocols.http1.Connection` in the role of the client.
"""
