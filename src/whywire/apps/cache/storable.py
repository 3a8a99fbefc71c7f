"""May a response be stored (RFC 9111 sections 3, 3.3 and 3.5), and is it worth it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import lru_cache

from whywire.apps.cache import directives
from whywire.apps.cache.directives import Directives
from whywire.apps.cache.freshness import HEURISTIC, policy
from whywire.apps.cache.model import Fields, Request, Response, Stored
from whywire.apps.cache.rules import Rules
from whywire.apps.cache.vary import nominated

UNDERSTOOD = HEURISTIC | frozenset({302, 303, 307, 400, 401, 402, 403, 406, 407, 408, 409, 411, 412, 413, 415, 416, 417,
                                    421, 422, 426, 500, 502, 503, 504, 505, 201, 202, 205}) - {206}
"""Statuses whose caching this engine implements: what must-understand asks for (section 5.2.2.3)."""

_VALUES_ASKED = frozenset(("cache-control", "pragma"))
_ANSWERED = frozenset(("expires", "set-cookie"))
_VALUES_ANSWERED = frozenset(("cache-control", "vary"))
"""What counts here: the values of some fields, of others that they are there, the names of all in the request."""

_OF_A_CONDITION = {416: ("range",), 412: ("if-match", "if-unmodified-since", "if-none-match"), 417: ("expect",)}
"""Errors that answer a field which is in no key: nobody else may get them."""


def request_directives(request: Request) -> Directives:
    """Return the request's directives; ``Pragma: no-cache`` counts without Cache-Control (section 5.4)."""
    lines = [value for key, value in request.headers if key == "cache-control"]
    if not lines and "no-cache" in (request.get("pragma") or "").lower():
        return directives.read(["no-cache"])
    return directives.read(lines)


def obstacle(request: Request, response: Response, rules: Rules) -> str:
    """Return why a response must not be stored, as a token for Cache-Status; empty: it may."""
    asked = tuple([(key, value if key in _VALUES_ASKED else "") for key, value in request.headers])
    said = tuple([(key, "" if key in _ANSWERED else value) for key, value in response.headers
                  if key in _VALUES_ANSWERED or key in _ANSWERED or key in rules.targeted])
    return _obstacle(request.method, request.content, asked, response.status, said, rules)


@lru_cache(maxsize=128)
def _obstacle(method: str, content: bool, asked: Fields, status: int, answered: Fields, rules: Rules) -> str:
    """Return the obstacle for all messages that say the same about it."""
    request, response = Request(method, "", asked, content), Response(status, answered)
    said, _ = policy(response.headers, rules)
    names = nominated(response.headers)
    if request.method != "GET":
        return "method"
    if request.content:
        return "request-content"
    fields = [name for name, _ in request.headers]
    if not rules.unkeyed.intersection(fields).issubset(names or ()) or _has_twin(fields, names or ()):
        return "unkeyed-request-field"
    if request_directives(request).restricts("no-store"):
        return "request-no-store"
    understood = response.status in UNDERSTOOD or response.status == 206
    must_understand = said.restricts("must-understand")
    if response.status < 200 or response.status == 304 or (must_understand and not understood):
        return "status"
    if said.restricts("no-store") and not (must_understand and said.permits("must-understand")):
        return "no-store"
    if said.whole("private"):
        return "private"
    if names is None:
        return "vary"
    if any(request.get(name) is not None for name in _OF_A_CONDITION.get(response.status, ())):
        return "condition"
    return _unshared(request, response, said)


def _has_twin(fields: Sequence[str], names: Collection[str]) -> bool:
    """Tell whether a field is one that Vary names for origins to whom an underscore is a hyphen (CGI), and no other."""
    return any("_" in name and name not in names and name.replace("_", "-") in names for name in fields)


def _unshared(request: Request, response: Response, said: Directives) -> str:
    """Return why a shared cache must not store what only one user may see, or what nobody said may be cached."""
    shared = said.permits("public") or said.seconds("s-maxage") is not None
    if request.get("authorization") is not None and not (shared or said.permits("must-revalidate")):
        return "authorization"
    explicit = shared or said.seconds("max-age") is not None or response.get("expires") is not None
    if explicit:
        return ""
    if response.status not in HEURISTIC:
        return "status"
    # nobody said that this may be shared: not what a cookie asked for, nor what sets one (section 7.3, 7.1)
    return "cookie" if request.get("cookie") is not None or response.get("set-cookie") is not None else ""


def is_useful(stored: Stored) -> bool:
    """Tell whether a stored response can ever be used: fresh or stale for a while, or validated later."""
    known = stored.freshness
    if known.etag is not None or known.modified is not None:
        return True
    if known.no_stale:
        return known.lifetime > known.initial_age
    return known.lifetime > 0 or known.while_revalidate > 0 or (known.if_error or 0) > 0
