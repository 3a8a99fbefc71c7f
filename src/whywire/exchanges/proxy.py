"""A proxy between a client and an origin: its two legs by their bytes, answers from its store, its own errors.

A leg belongs to another when the host that was asked then asks another server the same, and answers after it was
answered. Bytes are compared as captured; a proxy that changes heads is known by method, path, status and body size.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field

from whywire.base.ref import Ref
from whywire.connections.model import Certainty, OpenKind
from whywire.exchanges.model import Exchange, Link
from whywire.exchanges.spoken import Spoken, host
from whywire.exchanges.stream import Payload
from whywire.exchanges.turns import Span, Turn, turns

SMALLEST = 8
"""A question of fewer bytes says too little to be known again."""
_MOST = 200
BYTES, MESSAGE = "bytes", "message"


@dataclass(slots=True)
class _Known:
    """What was seen of one proxy: its origins, and the turns it forwarded."""

    origins: set[str] = field(default_factory=set)
    forwarded: list[Turn] = field(default_factory=list)


def find_proxies(spoken: list[Spoken], payload: Payload) -> list[Link]:
    """Return the links between clients' turns and upstream turns, hits, and upstream failures."""
    servers = {host(each.connection.server.endpoint) for each in spoken}
    if not any(host(each.connection.client.endpoint) in servers for each in spoken):
        return []
    every = sorted((turn for each in spoken for turn in turns(each)), key=lambda turn: turn.question.first_packet)
    upstream: dict[str, list[Turn]] = {}
    for turn in every:
        upstream.setdefault(host(turn.spoken.connection.client.endpoint), []).append(turn)
    failed = _failed(spoken)
    known: dict[str, _Known] = {}
    found: list[Link] = []
    used: set[tuple[int, int]] = set()
    for turn in every:
        link = _forwarded(turn, upstream, used, known, payload) or _failure(turn, failed, known) \
            or _hit(turn, upstream, known, payload)
        if link is not None:
            found.append(link)
    return found


# ---- forwarded ----

def _forwarded(turn: Turn, upstream: dict[str, list[Turn]], used: set[tuple[int, int]], known: dict[str, _Known],
               payload: Payload) -> Link | None:
    if turn.answer is None or turn.question.end - turn.question.start < SMALLEST:
        return None
    front = turn.spoken.connection.server.endpoint
    candidates = upstream.get(host(front), [])
    first = bisect_right(candidates, turn.question.first_packet, key=lambda one: one.question.first_packet)
    for one in candidates[first:first + _MOST]:
        if one.question.first_packet >= turn.answer.first_packet:
            break
        key = one.spoken.number, one.question.start
        if key in used or not _nested(one, turn):
            continue
        how = _same(turn, one, payload)
        if how is None:
            continue
        used.add(key)
        seen = known.setdefault(front, _Known())
        seen.origins.add(one.spoken.connection.server.endpoint)
        seen.forwarded.append(turn)
        return _link("proxy-forward", turn, one, how)
    return None


def _nested(inner: Turn, outer: Turn) -> bool:
    """Tell whether one turn lies within the other, at another server."""
    if inner.answer is None or outer.answer is None:
        return False
    return (inner.spoken.connection.server.endpoint != outer.spoken.connection.server.endpoint
            and inner.answer.first_packet < outer.answer.first_packet
            and inner.answer.last_packet <= outer.answer.last_packet)


def _link(kind: str, turn: Turn, other: Turn, how: str) -> Link:
    assert turn.answer is not None
    front = turn.spoken.connection.server
    traced = _is_same_program(turn.spoken, other.spoken)
    packets = {turn.question.first_packet, other.question.first_packet, turn.answer.first_packet}
    if other.answer is not None:
        packets.add(other.answer.first_packet)
    return Link(kind, turn.ref, other.ref, Certainty.KNOWN if traced else Certainty.LIKELY, tuple(sorted(packets)),
                () if traced else ("another-program",),
                {"same": how, "proxy": front.endpoint, "origin": other.spoken.connection.server.endpoint,
                 "answer_ns": turn.answer.first_ns - turn.question.last_ns,
                 "upstream_ns": None if other.answer is None else other.answer.first_ns - other.question.last_ns})


def _is_same_program(front: Spoken, back: Spoken) -> bool:
    """Tell whether the trace shows that the program that was asked on ``front`` opened ``back``."""
    one, other = front.connection.server, back.connection.client
    return one.program is not None and (one.host, one.program) == (other.host, other.program)


# ---- the same ----

def _same(one: Turn, other: Turn, payload: Payload) -> str | None:
    """Tell how two turns agree: byte by byte (BYTES), as messages (MESSAGE), or not at all."""
    if one.answer is None or other.answer is None:
        return None
    if one.exchange is not None and other.exchange is not None and _differ(one.exchange, other.exchange):
        return None
    if (_agree(one, one.question, other, other.question, payload, asked=True)
            and _agree(one, one.answer, other, other.answer, payload, asked=False)):
        return BYTES
    if one.exchange is not None and other.exchange is not None:
        return MESSAGE if _same_message(one.exchange, other.exchange) else None
    return None


def _agree(one: Turn, here: Span, other: Turn, there: Span, payload: Payload, *, asked: bool) -> bool:
    if here.end - here.start != there.end - there.start:
        return False
    sides = ((one, here), (other, there))
    streams = [turn.spoken.streams[turn.asker if asked else turn.asker.other] for turn, _ in sides]
    walks = [_Walk(stream.bytes(span.start, span.end, payload))
             for stream, (_, span) in zip(streams, sides, strict=True)]
    return _equal(*walks)


_Part = tuple[bytes, int]
"""Captured bytes, or none and how many are not there."""


class _Walk:
    """Goes along bytes and holes in steps of any size."""

    def __init__(self, parts: Iterator[bytes | int]) -> None:
        self._parts = parts
        self._part: _Part | None = None

    def part(self) -> _Part | None:
        """Return what comes next; None at the end."""
        if self._part is None:
            found = next(self._parts, None)
            self._part = (b"", found) if isinstance(found, int) else None if found is None else (found, len(found))
        return self._part

    def go(self, length: int) -> None:
        """Leave ``length`` bytes behind, at most those of the part."""
        data, rest = self._part or (b"", 0)
        self._part = (data[length:], rest - length) if rest > length else None


def _equal(one: _Walk, other: _Walk) -> bool:
    """Tell whether two walks agree wherever both have bytes, and have some in common."""
    compared = 0
    while (here := one.part()) is not None and (there := other.part()) is not None:
        size = min(here[1], there[1])
        if here[0] and there[0]:
            if here[0][:size] != there[0][:size]:
                return False
            compared += size
        one.go(size)
        other.go(size)
    return compared > 0


def _differ(one: Exchange, other: Exchange) -> bool:
    """Tell, without reading their bytes again, that two exchanges agree in no way: their first lines show it."""
    if one.request is None or other.request is None or one.response is None or other.response is None:
        return False
    return ((one.request.method, _path(one.request.target), one.response.status)
            != (other.request.method, _path(other.request.target), other.response.status))


def _same_message(one: Exchange, other: Exchange) -> bool:
    if one.request is None or other.request is None or one.response is None or other.response is None:
        return False
    return ((one.request.method, _path(one.request.target), one.request.body_bytes)
            == (other.request.method, _path(other.request.target), other.request.body_bytes)
            and (one.response.status, one.response.body_bytes) == (other.response.status, other.response.body_bytes))


def _path(target: str | None) -> str | None:
    """Return the path of a target: a proxy is asked in absolute-form and asks in origin-form (RFC 9112 3.2.2)."""
    if target is None or not target.lower().startswith("http://"):
        return target
    return "/" + target[7:].partition("/")[2]


# ---- answered alone ----

def _hit(turn: Turn, upstream: dict[str, list[Turn]], known: dict[str, _Known], payload: Payload) -> Link | None:
    """Return the earlier turn whose answer was given again. Known where the proxy's calls are traced."""
    front = turn.spoken.connection.server
    seen = known.get(front.endpoint)
    if seen is None or turn.answer is None:
        return None
    meanwhile = _meanwhile(turn, upstream.get(host(front.endpoint), []))
    if any(_asks_again(one, turn) for one in meanwhile):
        return None
    traced = front.program is not None and not meanwhile
    for earlier in seen.forwarded[-_MOST:]:
        how = _same(turn, earlier, payload)
        if how is not None:
            return Link("proxy-hit", turn.ref, earlier.ref, Certainty.KNOWN if traced else Certainty.LIKELY,
                        (earlier.question.first_packet, turn.question.first_packet, turn.answer.first_packet),
                        () if traced else ("not-captured",),
                        {"same": how, "proxy": front.endpoint,
                         "answer_ns": turn.answer.first_ns - turn.question.last_ns})
    return None


def _meanwhile(turn: Turn, asked: list[Turn]) -> list[Turn]:
    """Return what the host that was asked asked others between the question and its answer."""
    assert turn.answer is not None
    first = bisect_right(asked, turn.question.first_packet, key=lambda one: one.question.first_packet)
    found = []
    for one in asked[first:first + _MOST]:
        if one.question.first_packet >= turn.answer.first_packet:
            break
        if one.spoken is not turn.spoken:
            found.append(one)
    return found


def _asks_again(one: Turn, turn: Turn) -> bool:
    """Tell whether a turn upstream asks whether the stored answer to the same is still good (RFC 9111 4.3)."""
    asked, here = one.exchange, turn.exchange
    if asked is None or here is None or asked.request is None or here.request is None or asked.response is None:
        return False
    return (asked.response.status == 304 and asked.request.method == here.request.method
            and _path(asked.request.target) == _path(here.request.target))


def _failed(spoken: list[Spoken]) -> dict[str, list[Spoken]]:
    """Return client host -> connections that came to nothing: refused, or never answered."""
    found: dict[str, list[Spoken]] = {}
    for each in spoken:
        if each.connection.opening.kind in (OpenKind.REFUSED, OpenKind.UNANSWERED):
            found.setdefault(host(each.connection.client.endpoint), []).append(each)
    return found


def _failure(turn: Turn, failed: dict[str, list[Spoken]], known: dict[str, _Known]) -> Link | None:
    """Return the upstream connection that failed between a question and its answer."""
    if turn.answer is None:
        return None
    front = turn.spoken.connection.server.endpoint
    tried = failed.get(host(front), [])
    first = bisect_right(tried, turn.question.first_packet, key=lambda each: each.connection.first_packet)
    for each in tried[first:first + _MOST]:
        origin = each.connection.server.endpoint
        begun = each.connection.first_packet
        if begun >= turn.answer.first_packet:
            break
        if origin == front:
            continue
        if each.connection.opening.kind is OpenKind.REFUSED and (each.ended is None
                                                                 or each.ended.packet > turn.answer.first_packet):
            continue
        sure = front in known and origin in known[front].origins
        traced = _is_same_program(turn.spoken, each)
        return Link("proxy-error", turn.ref, Ref("c", each.number), Certainty.KNOWN if traced else Certainty.LIKELY,
                    (turn.question.first_packet, begun, turn.answer.first_packet),
                    () if traced else ("another-program",),
                    {"proxy": front, "origin": origin, "failed": each.connection.opening.kind.value,
                     "known_origin": sure})
    return None
