"""The cache key, and which keys an unsafe request makes invalid (RFC 9111 sections 2 and 4.4).

The key is the target URI as it is forwarded: scheme, host and default port in their normal form (RFC 9110 section
4.2.3), path and query byte for byte. Nothing is decoded, no dot segment is removed and no parameter sorted: two targets
that an origin could tell apart never share a key, so no trick with the path makes one stand for the other.
"""

from __future__ import annotations

import re
from urllib.parse import urljoin

from whywire.apps.cache.model import Request, Response

SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE", "PROPFIND", "REPORT", "SEARCH", "QUERY", "PRI"})
"""Methods that are registered as safe (RFC 9110 section 16.1.1). A method that nobody knows is unsafe (9111 4.4)."""

_URI = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]*)://([^/?#]*)([^#]*)")
_DEFAULT_PORTS = {"http": "80", "https": "443"}


def key(uri: str) -> str:
    """Return the key of a target URI; what is no absolute URI is its own key."""
    parts = _split(uri)
    if parts is None:
        return uri
    scheme, authority, rest = parts
    return f"{scheme}://{authority}{rest if rest.startswith('/') else '/' + rest}"


def origin(uri: str) -> str | None:
    """Return scheme, host and port of a URI (RFC 9110 section 4.3.1); None when it has none."""
    parts = _split(uri)
    return None if parts is None else f"{parts[0]}://{parts[1]}"


def _split(uri: str) -> tuple[str, str, str] | None:
    found = _URI.fullmatch(uri)
    if found is None:
        return None
    scheme, authority = found[1].lower(), found[2].lower()
    host, colon, port = authority.rpartition(":")
    if colon and (port == "" or port == _DEFAULT_PORTS.get(scheme)):
        authority = host
    return scheme, authority, found[3]


def invalidated(request: Request, response: Response) -> tuple[str, ...]:
    """Return the keys that a response makes invalid: target, Location, Content-Location, of one origin only."""
    if request.method in SAFE or not 200 <= response.status < 400:
        return ()
    found = [key(request.uri)]
    ours = origin(request.uri)
    for name in ("location", "content-location"):
        for field, value in response.headers:
            if field != name:
                continue
            other = _resolved(request.uri, value.strip(" \t"))
            if ours is not None and other is not None and origin(other) == ours and key(other) not in found:
                found.append(key(other))
    return tuple(found)


def _resolved(base: str, reference: str) -> str | None:
    try:
        return urljoin(base, reference).partition("#")[0]
    except ValueError:
        return None
