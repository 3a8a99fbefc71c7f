"""Apps: programs on the bench. Servers and clients that speak HTTP/1.x and the calculator's protocol over real sockets.

    http     the door: HTTP/1.x over a socket on the server's side, shared by the file server and the proxy
    site     the file server's answers: from a request and a folder to status, headers, body
    fetch    the HTTP client
    classic  the small server of the recordings, byte for byte
    calc     the calculator: expressions, its server and its asker
    cache    an HTTP cache without a socket
    stores   where a cache keeps what it holds
    proxy    the caching proxy

They import base, protocols and each other only in this order: http, cache, stores know nobody; calc knows how the cache
counts an age; site knows http's answer types; proxy may use all; classic and fetch stand alone.
"""
