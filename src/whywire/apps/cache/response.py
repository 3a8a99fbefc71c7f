"""A response came: pass it on, store it, or use it to make a stored one usable (RFC 9111 sections 3, 4.3 and 4.4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from whywire.apps.cache import status as cache_status
from whywire.apps.cache.failure import may_replace_error
from whywire.apps.cache.freshness import policy
from whywire.apps.cache.hygiene import passed
from whywire.apps.cache.key import invalidated
from whywire.apps.cache.model import Decision, Fields, Outcome, Part, Request, Response, Stored
from whywire.apps.cache.notmodified import on_not_modified, outdated, refreshed
from whywire.apps.cache.ranges import held, joined_parts
from whywire.apps.cache.rules import RULES, Rules
from whywire.apps.cache.storable import is_useful, obstacle, request_directives
from whywire.apps.cache.storing import to_store
from whywire.apps.cache.validators import is_strong
from whywire.apps.cache.vary import matching, recency

_STATUS_OF_REPLACEMENT = frozenset({404, 410})


def on_response(request: Request, response: Response, request_time: float, response_time: float, decision: Decision,
                entries: Sequence[Stored], rules: Rules = RULES) -> Outcome:
    """Return what to do with the head of a final response to a request that `lookup` sent forward.

    ``request`` is the client's own; ``response`` has all fields as received; the times are those at which the request
    was sent and the head came; ``entries`` are the stored responses of the key as they are now.
    """
    if decision.background:  # nobody's request: the client's range and conditions were left out
        left = tuple(pair for pair in request.headers if pair[0] not in decision.drop_fields)
        request = replace(request, headers=left)
    if request.method not in ("GET", "HEAD"):
        return _pass(request, response, response_time, decision, rules, invalidate=invalidated(request, response))
    if response.status == 304:
        return on_not_modified(request, response, request_time, response_time, decision, entries, rules)
    served = may_replace_error(request, response.status, decision, response_time, rules)
    if served is not None:
        return Outcome("serve", answer=served)
    if request.method == "HEAD":
        return _on_head(request, response, request_time, response_time, decision, entries, rules)
    if decision.resuming is not None and response.status in (206, 416):
        return _resumed(request, response, request_time, response_time, decision.resuming, rules)
    why = obstacle(request, response, rules)
    if not why and response.status == 206:
        return _on_part(request, response, request_time, response_time, decision, entries, rules)
    sent = passed(response.headers, response_time)
    new = to_store(request, response, request_time, response_time, rules, sent=sent)
    if why or not is_useful(new):
        gone = matching(entries, request) if _is_replaced(response, decision) else []
        outcome = _pass(request, response, response_time, decision, rules, why or "no-freshness")
        return replace(outcome, remove=tuple(gone))
    return _storing(request, response, response_time, decision, rules, new, _superseded(request, new, entries, rules),
                    sent)


def completed(stored: Stored, length: int) -> Stored | None:
    """Return the metadata of a body that came to its proper end with ``length`` bytes; None: it is not what it said."""
    if stored.part is not None and stored.part.stop - stored.part.first != length:
        return None
    return stored.sized(length)


def broken_off(stored: Stored, received: int, total: int | None) -> Stored | None:
    """Return the metadata under which the first ``received`` bytes of a 200 may be kept (section 3.3), if they may.

    ``total`` is what Content-Length said. Only what a strong validator names can be completed later.
    """
    if stored.status != 200 or stored.part is not None or not is_strong(stored.freshness.etag):
        return None
    if total is None or not 0 < received < total:
        return None
    return replace(stored, part=Part(0, received, total), length=received)


def _pass(request: Request, response: Response, response_time: float, decision: Decision, rules: Rules, why: str = "",
          invalidate: tuple[str, ...] = ()) -> Outcome:
    status = response.status if decision.validating or request.method not in ("GET", "HEAD") else 0
    ours = cache_status.member(rules.name, fwd=decision.fwd or "miss", fwd_status=status, detail=why)
    headers = cache_status.appended(passed(response.headers, response_time), ours)
    return Outcome("pass", response.status, headers, invalidate=invalidate)


def _storing(request: Request, response: Response, response_time: float, decision: Decision, rules: Rules,
             new: Stored, remove: tuple[Stored, ...] = (), sent: Fields | None = None) -> Outcome:
    status = response.status if decision.validating or request.method not in ("GET", "HEAD") else 0
    ours = cache_status.member(rules.name, fwd=decision.fwd or "miss", fwd_status=status, stored=True,
                               ttl=new.freshness.lifetime - new.age(response_time))
    sent = passed(response.headers, response_time) if sent is None else sent
    headers = cache_status.appended(sent, ours)
    return Outcome("pass", response.status, headers, store=new, remove=remove)


def _is_replaced(response: Response, decision: Decision) -> bool:
    """Tell whether a response that can't be stored shows that the validated one is no longer the resource's."""
    return decision.validating and (response.status < 300 or response.status in _STATUS_OF_REPLACEMENT)


def _superseded(request: Request, new: Stored, entries: Sequence[Stored], rules: Rules) -> tuple[Stored, ...]:
    """Return what a new response makes useless: those for the same request, and the oldest of too many."""
    if new.status >= 500 or not entries:
        return ()
    gone = [one for one in matching(entries, request) if one.variant != new.variant]
    left = sorted((one for one in entries if one not in gone and one.variant != new.variant), key=recency, reverse=True)
    return (*gone, *left[max(0, rules.variants - 1):])


def _on_head(request: Request, response: Response, request_time: float, response_time: float, decision: Decision,
             entries: Sequence[Stored], rules: Rules) -> Outcome:
    """Update or make stale what could have been chosen for a HEAD request (section 4.3.5)."""
    outcome = _pass(request, response, response_time, decision, rules)
    if response.status != 200 or request_directives(request).restricts("no-store"):
        return outcome
    updates = []
    for one in matching(entries, request):
        if one.status != 200:
            continue
        size = one.length if one.part is None else one.part.total
        same = (all(response.get(name) is None or response.get(name) == one.get(name)
                    for name in ("etag", "last-modified"))
                and (response.get("content-length") or str(size)).strip() == str(size))
        new = refreshed(request, response, request_time, response_time, one, rules) if same else None
        updates.append((one, new or outdated(one, rules)))
    return replace(outcome, updates=tuple(updates))


def _on_part(request: Request, response: Response, request_time: float, response_time: float, decision: Decision,
             entries: Sequence[Stored], rules: Rules) -> Outcome:
    """Store a 206 as an incomplete 200, or join it to what is there (sections 3.3 and 3.4)."""
    ranges = [value for key, value in response.headers if key == "content-range"]
    part = held(ranges[0]) if len(ranges) == 1 and request.get("range") is not None else None
    new = to_store(request, response, request_time, response_time, rules, part)
    if part is None or not is_useful(new):
        return _pass(request, response, response_time, decision, rules, "partial")
    old = next((one for one in matching(entries, request) if one.variant == new.variant), None)
    same = old is not None and is_strong(new.freshness.etag) and old.freshness.etag == new.freshness.etag
    if old is not None and same and old.status == 200:
        fresh = refreshed(request, response, request_time, response_time, old, rules)
        if old.part is None:
            updates = () if fresh is None else ((old, fresh),)
            return replace(_pass(request, response, response_time, decision, rules), updates=updates)
        both = joined_parts(old, part)
        if both is not None and fresh is not None:
            whole = both[0].first == 0 and both[0].stop == both[0].total
            merged = replace(fresh, part=None if whole else both[0], length=None)
            outcome = _storing(request, response, response_time, decision, rules, merged)
            return replace(outcome, pieces=both[1], base=old)
    return _storing(request, response, response_time, decision, rules, new)


def _resumed(request: Request, response: Response, request_time: float, response_time: float, old: Stored,
             rules: Rules) -> Outcome:
    """Complete an incomplete response with the end that was asked for (section 3.4), or ask anew for everything."""
    part = held(response.get("content-range"))
    said, _ = policy(response.headers, rules)
    if (response.status != 206 or part is None or old.part is None or part.first != old.part.stop
            or response.get("etag") != old.freshness.etag or part.stop != old.part.total
            or part.total != old.part.total or said.restricts("no-store")):
        return Outcome("retry")
    fresh = refreshed(request, response, request_time, response_time, old, rules)
    both = joined_parts(old, part)
    if fresh is None or both is None:
        return Outcome("retry")
    whole = replace(fresh, part=None, length=None)
    ours = cache_status.member(rules.name, fwd="partial", fwd_status=206, stored=True,
                               ttl=whole.freshness.lifetime - whole.age(response_time))
    return Outcome("combine", 200, cache_status.appended(whole.headers, ours), store=whole, pieces=both[1], base=old)
