"""Which fields go on, which stay here, and which the proxy adds (RFC 9110 section 7.6).

The request that the cache looks at is the one that the origin gets: what is taken out here can neither choose a stored
answer nor change one unseen.
"""

from __future__ import annotations

from whywire.apps.http.app import Request
from whywire.apps.proxy.settings import NAME, ProxySettings

Fields = tuple[tuple[str, str], ...]
HOP_BY_HOP = frozenset((
    "connection", "keep-alive", "proxy-connection", "te", "transfer-encoding", "upgrade", "content-length",
    "proxy-authorization", "http2-settings",
))
"""RFC 9110 section 7.6.1; Content-Length is written anew from the content's framing."""
_NOT_HOMEWARD = HOP_BY_HOP - {"content-length"} | {"via"}
ENDS = frozenset((
    "host", "content-type", "cache-control", "date", "content-encoding", "content-range", "content-length", "vary",
    "expires", "etag", "age", "last-modified", "set-cookie",
))
"""Fields that Connection can't take away: they concern everybody on the way, or what the content means."""
SPEAKS_FOR_A_PROXY = frozenset((
    "x-forwarded-for", "x-forwarded-host", "x-forwarded-server", "x-forwarded-proto", "x-forwarded-scheme",
    "x-forwarded-port", "x-forwarded-prefix", "x-forwarded-path", "x-forwarded-uri", "x-forwarded-ssl", "x-host",
    "x-http-host-override", "x-original-url", "x-original-host", "x-rewrite-url", "x-real-ip", "x-client-ip",
    "true-client-ip", "cf-connecting-ip", "forwarded", "front-end-https", "x-url-scheme",
    "x-http-method", "x-http-method-override", "x-method-override",
    "forwarded-for", "x-backend-host", "x-override-url", "x-proxy-url", "request-uri", "x-request-uri", "base-url",
    "x-cluster-client-ip", "fastly-client-ip", "x-scheme", "x-middleware-subrequest",
    "fastly-host", "fastly-orig-host", "fastly-ssl", "cf-visitor", "cf-connecting-ipv6", "x-azure-clientip",
    "x-azure-socketip", "x-arr-ssl", "x-proxyuser-ip", "x-real-host", "x-remote-addr", "x-remote-ip", "client-ip",
    "x-http-path-override", "x-envoy-original-path", "x-envoy-original-host", "x-envoy-external-address",
    "x-invoke-path", "x-matched-path", "x-sendfile-type", "x-accel-mapping",
    "proxy",  # HTTP_PROXY in the environment of a CGI program
))
"""What an application believes because a proxy says it, and what no cache key holds: taken out, so that nobody can
poison a stored answer with it, and with them all that begin as `CLAIMS` do. The proxy says its own."""
CLAIMS = ("x-forwarded", "x-original-")


def nominated(headers: Fields) -> frozenset[str]:
    """Return the fields that Connection names (in lower case), without those of `ENDS`."""
    names = [one.strip().lower() for name, value in headers if name == "connection" for one in value.split(",")]
    return frozenset(names) - ENDS


def onward(request: Request, host: str, settings: ProxySettings, name: str = NAME) -> Fields:
    """Return the fields of the request that goes to the origin, Host first; without framing. ``name``: ours in Via."""
    gone = HOP_BY_HOP | nominated(request.headers) | {"host"}
    trailers = "trailers" in (request.get("te") or "").lower()
    kept = [field for field in request.headers if field[0] not in gone and not _is_claim(field[0])]
    via = [value for key, value in kept if key == "via"]
    fields = [("host", host), *(field for field in kept if field[0] != "via")]
    left = hops_left(request)
    if left is not None:
        fields = [(key, str(left - 1) if key == "max-forwards" else value) for key, value in fields]
    if trailers:
        fields += [("te", "trailers"), ("connection", "te")]
    fields.append(("via", ", ".join([*via, f"{request.version} {name}"])))
    return (*fields, *_own_claims(request, host, settings))


def _is_claim(name: str) -> bool:
    """An underscore is a hyphen to many applications (CGI), so X_Forwarded_Host is X-Forwarded-Host."""
    if "_" in name:
        name = name.replace("_", "-")
        if name in HOP_BY_HOP or name in ENDS:
            return True
    return name in SPEAKS_FOR_A_PROXY or name.startswith(CLAIMS)


def is_changed_here(name: str) -> bool:
    """Tell whether the origin sees another value of ``name`` than the client sent."""
    return name in HOP_BY_HOP or name in ("via", "host") or _is_claim(name)


def _own_claims(request: Request, host: str, settings: ProxySettings) -> list[tuple[str, str]]:
    client = "unknown" if request.peer == "unix:" else request.peer.rpartition(":")[0].strip("[]")  # RFC 7239 6.2
    claims: list[tuple[str, str]] = []
    if settings.forwarded_for != "off":
        before = request.get("x-forwarded-for") if settings.forwarded_for == "append" else None
        claims += [("x-forwarded-for", f"{before}, {client}" if before else client),
                   ("x-forwarded-proto", request.scheme)]
    if settings.forwarded:
        before = request.get("forwarded") if settings.forwarded_for == "append" else None
        node = f'"[{client}]"' if ":" in client else client
        mine = f'for={node};host="{host}";proto={request.scheme};by=_{NAME}'
        claims.append(("forwarded", f"{before}, {mine}" if before else mine))
    return claims


def hops_left(request: Request) -> int | None:
    """Return what Max-Forwards says, for the two methods that heed it (RFC 9110 section 7.6.2); None: no limit."""
    said = request.get("max-forwards") if request.method in ("OPTIONS", "TRACE") else None
    return int(said) if said is not None and said.isascii() and said.isdigit() and len(said) < 10 else None


def passes(headers: Fields, name: str = NAME) -> int:
    """Return how many proxies of this name the request went through."""
    return sum(value.count(f" {name}") for key, value in headers if key == "via")


def homeward(headers: Fields, version: str) -> Fields:
    """Return the fields of an answer for the client (and the cache), with our Via; Content-Length stays."""
    names = [name for name, _ in headers]
    gone = _NOT_HOMEWARD | nominated(headers) if "connection" in names else _NOT_HOMEWARD
    kept = [field for field in headers if field[0] not in gone]
    via = [value for name, value in headers if name == "via"] if "via" in names else []
    return (*kept, ("via", ", ".join([*via, f"{version} {NAME}"])))


def end_to_end(trailers: Fields) -> Fields:
    """Return the trailers that may go on, to either side: none that frame, route, authenticate or say what the content
    is (RFC 9110 section 6.5.1), and no claims: there are programs that read trailers as if they were header fields.
    """
    return tuple((name, value) for name, value in trailers
                 if name not in HOP_BY_HOP and name not in NO_TRAILERS and not _is_claim(name))


NO_TRAILERS = frozenset((
    "host", "cache-control", "expires", "pragma", "age", "date", "vary", "location", "retry-after", "set-cookie",
    "authorization", "www-authenticate", "proxy-authenticate", "content-encoding", "content-type", "content-range",
    "trailer", "via", "max-forwards", "expect", "range", "if-match", "if-none-match", "if-modified-since",
    "if-unmodified-since", "if-range", "cookie", "warning", "cache-status", "cdn-cache-control", "last-modified",
))
