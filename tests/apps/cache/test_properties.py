"""What holds whatever the fields say: random directives, hostile values, random conversations."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from whywire.apps.cache import Request, Response, completed, lookup, on_failure, on_response, plain_forward
from whywire.apps.cache.model import Decision, Stored

URI = "http://h/a"
NOW = 1_800_000_000.0
# each with what it means at the most restrictive reading: seconds it may live, whether it may be stored
PIECES = {
    "max-age=3600": 3600, "s-maxage=3600": 3600, "max-age=0": 0, "max-age=-1": 0, "max-age=x": 0, "max-age": 0, "s-maxage=": 0, 'max-age="5': 0,
    "max-age=9999999999999": 2 ** 31, "public": None, "x=y": None, 'x="no-store"': None, "immutable": None, "must-understand": None,
    'x="a, max-age=7200"': None, "stale-while-revalidate=60": None,
}
FORBID = ("no-store", "private", "NO-STORE", "no-store=1", "private=", 'private=""', "x no-store", "no-store;q", 'private="a b"', "no-store\t")
VALUES = st.one_of(st.text(st.characters(max_codepoint=255), max_size=24), st.sampled_from(
    [*PIECES, *FORBID, "*", '"a"', 'W/"a"', "bytes=0-", "bytes 0-1/2", "0", "Thu, 01 Jan 2099 00:00:00 GMT", "no-cache", "max-stale", "only-if-cached"]))
NAMES = st.sampled_from(["cache-control", "pragma", "range", "if-range", "if-none-match", "if-modified-since", "if-match", "vary", "authorization", "cookie",
                         "etag", "last-modified", "date", "expires", "age", "content-range", "cdn-cache-control", "connection", "cache-status",
                         "content-length", "location", "content-location", "set-cookie", "x"])
FIELDS = st.lists(st.tuples(NAMES, VALUES), max_size=6).map(tuple)
METHODS = st.sampled_from(["GET", "GET", "GET", "HEAD", "POST", "PUT", "BREW"])
STATUSES = st.sampled_from([200, 200, 200, 206, 304, 301, 404, 412, 416, 500, 503, 599, 999])


def keep(request: Request, response: Response, entries: list[Stored], decision: Decision, now: float) -> list[Stored]:
    """Return what is stored after a response."""
    outcome = on_response(request, response, now, now, decision, entries)
    if outcome.do == "retry":
        outcome = on_response(request, response, now, now, plain_forward(decision), entries)
        assert outcome.do != "retry", "asking again ends"
    left = [dict(outcome.updates).get(one, one) for one in entries if one not in outcome.remove]
    if outcome.invalidate:
        left = []
    new = None if outcome.store is None else completed(outcome.store, 2 if outcome.store.part is None else
                                                       outcome.store.part.stop - outcome.store.part.first)
    return left if new is None else [new, *(one for one in left if one.variant != new.variant)]


@given(st.lists(st.sampled_from(sorted(PIECES)), min_size=1, max_size=5), st.floats(0, 2.0 ** 31))
def test_never_fresh_when_a_reading_says_stale(pieces: list[str], later: float) -> None:
    response = Response(200, (("cache-control", ", ".join(pieces)), ("etag", '"a"')))
    request = Request("GET", URI)
    stored = keep(request, response, [], lookup(request, [], NOW), NOW)
    decision = lookup(request, stored, NOW + later)
    known = [PIECES[piece] for piece in pieces]
    # s-maxage= goes before max-age=: the one that counts is the smallest of its name
    shared = [PIECES[piece] for piece in pieces if piece.startswith("s-maxage")]
    limit = min((seconds for seconds in shared or known if seconds is not None), default=0)
    if decision.do == "serve" and not decision.background:
        assert later < limit, pieces


@given(st.permutations([*list(PIECES)[:3], "x"]), st.sampled_from(FORBID), st.integers(0, 4), STATUSES, FIELDS)
def test_what_must_not_be_stored_is_not(others: list[str], forbids: str, at: int, status: int, asked: tuple[tuple[str, str], ...]) -> None:
    said = ", ".join([*others[:at], forbids, *others[at:]])
    request = Request("GET", URI, tuple(pair for pair in asked if pair[0] != "range"))
    assert keep(request, Response(status, (("cache-control", said), ("etag", '"a"'))), [], Decision("forward"), NOW) == []


@given(st.lists(st.sampled_from(sorted(PIECES)), max_size=4), FIELDS)
def test_an_answer_for_one_user_is_not_stored(pieces: list[str], more: tuple[tuple[str, str], ...]) -> None:
    said = ", ".join(piece for piece in pieces if not re.match("public|s-maxage", piece))
    headers = (("cache-control", said), *(pair for pair in more if pair[0] not in ("cache-control", "cdn-cache-control")))
    request = Request("GET", URI, (("authorization", "Basic eDp5"),))
    assert keep(request, Response(200, headers), [], Decision("forward"), NOW) == []


@given(st.lists(st.tuples(METHODS, FIELDS, st.booleans(), STATUSES, FIELDS, st.floats(-50, 500)), min_size=1, max_size=5))
def test_no_conversation_raises_or_serves_what_it_must_not(
        turns: list[tuple[str, tuple[tuple[str, str], ...], bool, int, tuple[tuple[str, str], ...], float]]) -> None:
    entries: list[Stored] = []
    now = NOW
    for method, asked, content, status, came, wait in turns:
        now += wait
        request, response = Request(method, URI, asked, content), Response(status, came)
        decision = lookup(request, entries, now)
        answers = [decision.answer, on_failure(request, decision, now)]
        for answer in answers:
            if answer is None:
                continue
            assert method in ("GET", "HEAD") and answer.stored in entries
            fields = dict(answer.headers)
            assert int(fields["age"]) >= 0 and "cache-status" in fields and "date" in fields
            assert answer.span is None or 0 <= answer.span[0] <= answer.span[1] <= (answer.stored.length or 0)
            assert answer.stored.part is None or answer.status in (206, 304), "incomplete is never served as whole"
        if decision.do != "serve" or decision.background:
            entries = keep(request, response, entries, decision, now)
        assert all(one.length is not None and one.status != 304 for one in entries)
        assert not any(name in ("connection", "age", "proxy-authenticate") for one in entries for name, _ in one.headers)
