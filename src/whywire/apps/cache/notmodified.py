"""A 304 came: which stored response it means, what it updates, what the client gets (RFC 9111 3.2, 4.3.3, 4.3.4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from whywire.apps.cache import status as cache_status
from whywire.apps.cache.aging import GREATEST
from whywire.apps.cache.answers import answer, can_answer
from whywire.apps.cache.freshness import policy, read_age
from whywire.apps.cache.hygiene import kept, merged, passed
from whywire.apps.cache.model import Decision, Outcome, Request, Response, Stored, stored
from whywire.apps.cache.rules import Rules
from whywire.apps.cache.storable import request_directives
from whywire.apps.cache.validators import CONDITIONS, identified, opaque, tags
from whywire.apps.cache.vary import matching, selecting

_NOT_KEPT = frozenset({"set-cookie", "set-cookie2"})
"""A cookie in a 304 is for the one who asked: it is passed on, not put into what others get."""


def refreshed(request: Request, response: Response, request_time: float, response_time: float, old: Stored,
              rules: Rules) -> Stored | None:
    """Return a stored response updated by the fields of a 304, HEAD or 206; None: the new fields forbid to keep it."""
    new = passed(response.headers, response_time)
    fields = merged(old.headers, tuple(pair for pair in new if pair[0] != "age"), exempt=_NOT_KEPT)
    said, _ = policy(fields, rules)
    vary = selecting(fields, request)
    if (said.restricts("no-store") and not said.permits("must-understand")) or said.whole("private") or vary is None:
        return None
    return stored(old.status, old.reason, kept(fields, said), request_time=request_time, response_time=response_time,
                  age_value=read_age(response.headers), vary=vary, length=old.length, part=old.part,
                  heuristic=old.heuristic and request.get("cookie") is None, rules=rules)


def outdated(old: Stored, rules: Rules) -> Stored:
    """Return a stored response that has to be validated (section 4.3.5): its age exceeds every lifetime."""
    return stored(old.status, old.reason, old.headers, request_time=old.request_time, response_time=old.response_time,
                  age_value=GREATEST, vary=old.vary, length=old.length, part=old.part, heuristic=False, rules=rules)


def on_not_modified(request: Request, response: Response, request_time: float, response_time: float,
                    decision: Decision, entries: Sequence[Stored], rules: Rules) -> Outcome:
    """Return what to do with a 304: use what is stored, pass it to the client who asked for it, or ask again."""
    own = any(name in CONDITIONS for name, _ in request.headers)
    mixed = _is_mixed(request, decision)
    found = identified(matching(entries, request), response, ours=None if mixed or not decision.validating
                       else decision.selected)
    silent = request_directives(request).restricts("no-store")
    pairs = [(one, refreshed(request, response, request_time, response_time, one, rules)) for one in found]
    updates = () if silent else tuple((old, new) for old, new in pairs if new is not None)
    remove = () if silent else tuple(old for old, new in pairs if new is None)
    usable = [(old, new) for old, new in pairs if can_answer(request, old)]
    if usable and (decision.validating or not own):
        old, new = next((pair for pair in usable if pair[0] == decision.selected), usable[0])
        served = _serve(request, response, response_time, decision, rules, old, new)
        return replace(served, updates=updates, remove=remove, base=old)
    if decision.validating and not (mixed and response.get("etag") is not None):
        return Outcome("retry", updates=updates, remove=remove)  # it can't be told whose copy is still good
    headers = cache_status.appended(passed(response.headers, response_time), cache_status.member(
        rules.name, fwd=decision.fwd or "miss", fwd_status=304))
    return Outcome("pass", 304, headers, updates=updates, remove=remove)


def _is_mixed(request: Request, decision: Decision) -> bool:
    """Tell whether tags of the client's that are not ours went with the request (section 4.3.2)."""
    ours = None if decision.selected is None else decision.selected.freshness.etag
    listed = tags(request.get("if-none-match") or "")
    return decision.validating and any(ours is None or opaque(tag) != opaque(ours) for tag in listed)


def _serve(request: Request, response: Response, response_time: float, decision: Decision, rules: Rules, old: Stored,
           new: Stored | None) -> Outcome:
    """Return the answer from a validated response, with the fields of the 304 that only this client gets."""
    shown = new or replace(old, headers=merged(old.headers, passed(response.headers, response_time)))
    said, _ = policy(shown.headers, rules)
    mine = _NOT_KEPT | said.names("private") | said.names("no-cache")
    extra = tuple(pair for pair in passed(response.headers, response_time) if pair[0] in mine) if new else ()
    shown_ttl = shown.freshness.lifetime - shown.age(response_time) if new else 0
    member = cache_status.member(rules.name, fwd=decision.fwd or "stale", fwd_status=304, ttl=shown_ttl)
    by_a_cache = read_age(response.headers) > 0
    return Outcome("serve", answer=answer(request, shown, member, extra=extra,
                                          age=shown.age(response_time) if by_a_cache else None))
