"""A client, a cache and an origin without sockets and with a virtual clock: runs conversations through the engine."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase

from tests.apps.cache.conversations import Case, Fields, Reply, Turn, body_of
from whywire.apps.cache import (
    RULES,
    Answer,
    Decision,
    Outcome,
    Piece,
    Request,
    Response,
    Rules,
    Stored,
    broken_off,
    completed,
    dates,
    failure_status,
    key,
    lookup,
    on_failure,
    on_response,
    pack,
    plain_forward,
    unpack,
)

START = 1_800_000_000.25
HOST = "http://origin.example"


@dataclass
class Got:
    """What the client got, and what the origin was sent for it."""

    status: int
    headers: Fields
    body: str
    sent: list[Fields] = field(default_factory=list)
    complete: bool = True

    def get(self, name: str) -> str | None:
        found = [value for key_, value in self.headers if key_ == name]
        return ", ".join(found) if found else None


class World:
    """One cache in front of one origin."""

    def __init__(self, rules: Rules = RULES) -> None:
        self.rules = rules
        self.now = START
        self.store: dict[str, list[tuple[Stored, str]]] = {}

    def dated(self, headers: Fields) -> Fields:
        """Put dates in place of ``@+60``."""
        return expand(headers, self.now)

    def entries(self, name: str) -> list[Stored]:
        """Return what is stored below a key, as a store that keeps bytes would give it."""
        again = [unpack(pack(one), len(body), self.rules) for one, body in self.store.get(name, [])]
        assert [one for one, _ in self.store.get(name, [])] == again
        return [one for one, _ in self.store.get(name, [])]

    def body(self, name: str, stored: Stored) -> str:
        """Return the body that belongs to metadata."""
        return next(body for one, body in self.store[name] if one.vary == stored.vary)

    def ask(self, request: Request, replies: list[Reply], texts: list[str]) -> Got:
        """Send a request; the origin says ``replies``, one a request that reaches it."""
        name = key(request.uri)
        decision = lookup(request, self.entries(name), self.now, self.rules)
        if decision.do == "refuse":
            return Got(decision.status, (("cache-status", decision.cache_status),), "")
        if decision.do == "serve":
            assert decision.answer is not None
            got = self.serve(name, request, decision.answer)
            if decision.background:
                reply, text = replies.pop(0), texts.pop(0)
                behind = Request("GET", request.uri, request.headers)
                got.sent += self.forward(behind, decision, [reply], [text]).sent
            return got
        return self.forward(request, decision, replies, texts)

    def forward(self, request: Request, decision: Decision, replies: list[Reply], texts: list[str]) -> Got:
        name = key(request.uri)
        sent = rewritten(request.headers, decision)
        assert replies, f"the origin is asked: {request.method} {request.uri} {sent} ({decision.fwd})"
        reply, text = replies.pop(0), texts.pop(0)
        asked_at, self.now = self.now, self.now + reply.delay
        if reply.status == 0:
            answer = on_failure(request, decision, self.now, self.rules)
            got = Got(failure_status(decision, 502), (("cache-status", decision.cache_status),), "") if answer is None else self.serve(
                name, request, answer)
        else:
            response = Response(reply.status, self.dated(reply.headers))
            if not any(field_ == "content-length" for field_, _ in response.headers) and reply.status != 304:
                response = Response(reply.status, (*response.headers, ("content-length", str(len(text)))))
            outcome = on_response(request, response, asked_at, self.now, decision, self.entries(name), self.rules)
            got = self.take(request, decision, outcome, reply, text, replies, texts)
        got.sent.insert(0, sent)
        return got

    def take(self, request: Request, decision: Decision, outcome: Outcome, reply: Reply, text: str,
             replies: list[Reply], texts: list[str]) -> Got:
        """Do what the engine says."""
        name = key(request.uri)
        base = "" if outcome.base is None else self.body(name, outcome.base)
        served = None if outcome.answer is None else self.serve(name, request, outcome.answer)
        known = self.store.get(name, [])
        for old, new in outcome.updates:
            known = [(new if one == old else one, body) for one, body in known]
        known = [(one, body) for one, body in known if one not in outcome.remove]
        self.store[name] = known
        for gone in outcome.invalidate:
            self.store.pop(gone, None)
        if outcome.do == "retry":
            return self.forward(request, plain_forward(decision, self.rules), replies, texts)
        if served is not None:
            return served
        arrived = text if reply.cut is None else text[:reply.cut]
        if request.method == "HEAD" or reply.status in (204, 304):
            arrived = ""
        made = assembled(outcome.pieces, base, arrived) if outcome.pieces else arrived
        if outcome.store is not None:
            new = (completed(outcome.store, len(made)) if reply.cut is None
                   else broken_off(outcome.store, len(made), len(text)))
            self.keep(name, new, made)
        body = made if outcome.do == "combine" else arrived
        return Got(outcome.status, outcome.headers, body, complete=reply.cut is None)

    def keep(self, name: str, new: Stored | None, body: str) -> None:
        """Commit a body in place of its predecessor."""
        if new is not None:
            others = [pair for pair in self.store.get(name, []) if pair[0].variant != new.variant]
            self.store[name] = [(new, body), *others]
            assert len(self.store[name]) <= self.rules.variants

    def serve(self, name: str, request: Request, answer: Answer) -> Got:
        """Send an answer from the store."""
        body = self.body(name, answer.stored)
        assert answer.stored.length == len(body)
        part = "" if answer.span is None or request.method == "HEAD" else body[slice(*answer.span)]
        if answer.span is not None:
            assert answer.length == answer.span[1] - answer.span[0] and answer.span[1] <= len(body)
        return Got(answer.status, answer.headers, part)


def expand(headers: Fields, now: float) -> Fields:
    """Put dates in place of ``@+60``."""
    return tuple((name, dates.write(int(now) + int(value[1:]))) if re.fullmatch(r"@[+-]\d+", value) else (name, value)
                 for name, value in headers)


def rewritten(headers: Fields, decision: Decision) -> Fields:
    """Return the fields of the request that goes forward."""
    gone = decision.drop_fields | {name for name, _ in decision.set_fields}
    return (*(pair for pair in headers if pair[0] not in gone), *decision.set_fields)


def assembled(pieces: tuple[Piece, ...], old: str, new: str) -> str:
    """Return the body that pieces make."""
    return "".join((old if piece.old else new)[slice(*piece.span)] for piece in pieces)


def run(case: Case, rules: Rules = RULES) -> None:
    """Run a conversation through the engine and check each turn."""
    world = World(rules)
    for index, one in enumerate(case.turns):
        world.now += one.wait
        request = Request(one.method, HOST + one.path, world.dated(one.headers), one.content)
        replies = [reply for reply in (one.origin, one.again, one.later) if reply is not None]
        texts = [body_of(case, index) if reply is one.origin and reply.body is None
                 else reply.body or f"other body of turn {index}" for reply in replies]
        got = world.ask(request, replies, texts)
        assert replies == [], f"turn {index}: the origin was not asked; {got.get('cache-status')}"
        check(case, index, got, expand_with(one, world.now))


def expand_with(one: Turn, now: float) -> Turn:
    """Return the turn with dates in what is expected."""
    return replace(one, has=expand(one.has, now), sent=expand(one.sent, now))


def check(case: Case, index: int, got: Got, one: Turn) -> None:
    """Compare what a client got with what a turn expects."""
    where = f"{case.section} {case.claim}, turn {index}"
    assert got.get("cache-status") is not None, f"{where}: no Cache-Status"
    status = one.status or (one.origin.status if one.origin is not None and one.use is None else 200)
    assert got.status == status, f"{where}: status; {got.get('cache-status')}"
    expected = expected_body(case, index, one)
    assert got.body == expected, f"{where}: body; {got.get('cache-status')}"
    if one.hit is not None:
        assert "hit" in (got.get("cache-status") or ""), where
    for name, value in one.has:
        found = got.get(name)
        assert found is not None and fits(found, value), f"{where}: {name}: {found}, not {value}"
    for name in one.lacks:
        assert got.get(name) is None, f"{where}: {name}: {got.get(name)}"
    if one.sent or one.unsent:
        check_sent(where, got.sent[0], one)


def check_sent(where: str, sent: Fields, one: Turn) -> None:
    """Compare what the origin was sent with what a turn expects."""
    for name, value in one.sent:
        assert (name, value) in sent, f"{where}: sent {sent}"
    for name in one.unsent:
        assert name not in {found for found, _ in sent}, f"{where}: sent {sent}"


def fits(found: str, value: str) -> bool:
    """Compare a field with ``has``."""
    if "*" in value:
        return fnmatchcase(found, value)
    return int(found) < int(value[1:]) if value.startswith("<") else found == value


def expected_body(case: Case, index: int, one: Turn) -> str:
    """Return the body that a turn's answer has to have."""
    if one.body is not None:
        return one.body
    if one.method == "HEAD" or (one.status in (304, 416, 502, 504) and one.hit is None):
        return ""
    source = one.hit if one.hit is not None else one.use
    if source is None and one.origin is not None:
        return "" if one.origin.status in (0, 204, 304) else body_of(case, index)[:one.origin.cut]
    assert source is not None, "a turn says hit=, use=, origin= or body="
    return body_of(case, source)
