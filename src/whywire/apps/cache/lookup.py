"""A request comes: is it answered from the store, or sent on, and with which conditions (RFC 9111 4 and 4.3.1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from whywire.apps.cache import status as cache_status
from whywire.apps.cache.aging import GREATEST
from whywire.apps.cache.answers import answer, can_answer, wanted
from whywire.apps.cache.directives import Directives
from whywire.apps.cache.model import Decision, Fields, Fwd, Request, Stored
from whywire.apps.cache.rules import RULES, Rules
from whywire.apps.cache.storable import request_directives
from whywire.apps.cache.validators import CONDITIONS, ORIGIN_ONLY, is_strong, opaque, tags
from whywire.apps.cache.vary import matching


def lookup(request: Request, entries: Sequence[Stored], now: float, rules: Rules = RULES, *,
           collapsed: bool = False) -> Decision:
    """Return what to do with a request, given the stored responses of its key (complete ones with ``length`` set).

    ``collapsed``: the request waited for another one's response, now among ``entries`` (only for Cache-Status).
    """
    said = request_directives(request)
    if request.method not in ("GET", "HEAD"):
        return _forward("method", rules)
    if request.content:
        return _forward("bypass", rules)
    if any(request.get(name) is not None for name in ORIGIN_ONLY):
        return _away("request", said, rules)
    chosen = matching(entries, request)
    stored = next((one for one in chosen if can_answer(request, one)), None)
    if stored is None:
        if chosen:
            resuming = _resume(request, chosen[0])
            return resuming if resuming is not None and not said.restricts("only-if-cached") else _away(
                "partial", said, rules)
        return _away("vary-miss" if entries else "uri-miss", said, rules)
    usable, background = _may_use(stored, said, now)
    if usable:
        ours = cache_status.member(rules.name, hit=not collapsed, fwd="miss" if collapsed else "", collapsed=collapsed,
                                   ttl=stored.freshness.lifetime - stored.age(now))
        served = answer(request, stored, ours, age=stored.age(now))
        return Decision("serve", served, background, stored if background else None, background,
                        set_fields=_own_conditions(stored) if background else (),
                        drop_fields=CONDITIONS | {"range", "if-range"} if background else frozenset(),
                        fwd="stale" if background else "")
    if said.restricts("only-if-cached"):
        return _refuse(rules)
    return _validate(request, stored, "request" if stored.fresh_until > now else "stale", rules)


def plain_forward(decision: Decision, rules: Rules = RULES) -> Decision:
    """Return the decision to send the client's own request as it came, after an `Outcome` "retry"."""
    plain = _forward(decision.fwd or "miss", rules, decision.selected)
    return replace(plain, background=True, drop_fields=decision.drop_fields) if decision.background else plain


def _forward(fwd: Fwd, rules: Rules, selected: Stored | None = None) -> Decision:
    return Decision("forward", fwd=fwd, selected=selected, cache_status=cache_status.member(rules.name, fwd=fwd))


def _refuse(rules: Rules) -> Decision:
    return Decision("refuse", status=504, cache_status=cache_status.member(rules.name, detail="only-if-cached"))


def _away(fwd: Fwd, said: Directives, rules: Rules) -> Decision:
    return _refuse(rules) if said.restricts("only-if-cached") else _forward(fwd, rules)


def _may_use(stored: Stored, said: Directives, now: float) -> tuple[bool, bool]:
    """Return whether a stored response may be used without validation, and whether to validate it in the background."""
    known = stored.freshness
    age = stored.age(now)
    staleness = age - known.lifetime
    if known.no_cache or said.restricts("no-cache"):
        return False, False
    max_age = said.seconds("max-age")
    min_fresh = said.most("min-fresh", GREATEST)
    if max_age is not None and (max_age == 0 or age > max_age):
        return False, False
    if staleness < 0:
        return (min_fresh is None or -staleness >= min_fresh), False
    if known.no_stale or min_fresh is not None:
        return False, False
    max_stale = _max_stale(said)
    if max_stale is not None and staleness <= max_stale:
        return True, False
    in_window = staleness < known.while_revalidate and max_age is None
    return in_window, in_window


def _max_stale(said: Directives) -> int | None:
    """Return how many seconds of staleness the client takes (5.2.1.2); without a value any, with a broken one none."""
    return GREATEST if said.permits("max-stale") else said.seconds("max-stale")


def _own_conditions(stored: Stored) -> Fields:
    known = stored.freshness
    found = []
    if known.etag is not None:
        found.append(("if-none-match", known.etag))
    if known.modified is not None:
        found.append(("if-modified-since", known.modified))
    return tuple(found)


def _validate(request: Request, stored: Stored, fwd: Fwd, rules: Rules) -> Decision:
    """Return the decision to send the request on with our validators, joined with the client's (section 4.3.2)."""
    plain = _forward(fwd, rules, stored)
    known = stored.freshness
    listed = request.get("if-none-match")
    if known.etag is None and known.modified is None:
        return plain
    if listed is not None and (known.etag is None or listed.strip(" \t") == "*"):
        return plain  # ours could not be told from the client's
    fields: list[tuple[str, str]] = []
    drop = {"if-none-match", "if-modified-since"}
    if known.etag is not None:
        theirs = [] if listed is None else tags(listed)
        union = theirs if opaque(known.etag) in map(opaque, theirs) else [*theirs, known.etag]
        fields.append(("if-none-match", ", ".join(union)))
    if request.get("range") is None or known.etag is None:
        drop |= {"range", "if-range"}  # with a date only, the whole is validated: a range has no such condition
        if known.modified is not None:
            fields.append(("if-modified-since", known.modified))
    return Decision("forward", selected=stored, validating=True, set_fields=tuple(fields), drop_fields=frozenset(drop),
                    fwd=fwd, cache_status=plain.cache_status)


def _resume(request: Request, stored: Stored) -> Decision | None:
    """Return the decision to ask for the missing end of an incomplete response (3.3 and 3.4), if that can be."""
    part = stored.part
    if (part is None or part.first != 0 or part.total is None or not 0 < part.stop < part.total
            or request.method != "GET" or not is_strong(stored.freshness.etag) or wanted(request, stored) is not None
            or any(request.get(name) is not None for name in (*CONDITIONS, "range", "if-range"))):
        return None
    fields = (("range", f"bytes={part.stop}-"), ("if-range", stored.freshness.etag or ""))
    return Decision("forward", resuming=stored, set_fields=fields, fwd="partial")
