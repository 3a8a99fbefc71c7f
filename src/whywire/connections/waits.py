"""Calls that blocked, and what ended their waiting: the packet that brought what they waited for."""

from __future__ import annotations

from collections.abc import Iterator

from whywire.base.records import Call
from whywire.connections.causes.say import c, inferred, known, p
from whywire.connections.model import Cause, CauseKind, OpenKind, Side, Value, Wait
from whywire.connections.scene import Line, Scene
from whywire.connections.trace import FOREVER, RECEIVES, SENDS, Bank
from whywire.connections.why import Why

BLOCKED_NS = 1_000_000
"""A call that takes longer than this waited for something, or the machine was busy: only a packet can tell."""
SEND_BUFFER = 16_384
"""A send buffer holds at least this much (tcp_wmem's default); with less outstanding, send() had room."""


def find_waits(scene: Scene) -> tuple[Wait, ...]:
    """Return the calls of both sides that blocked, by start."""
    found = []
    for side, bank in scene.banks.items():
        read = 0
        for call in bank.calls:
            if call.end_ns is None or call.end_ns - call.start_ns >= BLOCKED_NS:
                blocked = None if call.end_ns is None else call.end_ns - call.start_ns
                cause = _cause(call, side, scene, read)
                if cause is not None:
                    found.append((call.start_ns, Wait(call.number, side, blocked, cause)))
            if call.name in RECEIVES and "MSG_PEEK" not in call.args:
                read += call.byte_count or 0
    return tuple(wait for _, wait in sorted(found, key=lambda each: each[0]))


def _cause(call: Call, side: Side, scene: Scene, read: int) -> Cause | None:
    if call.end_ns is None:
        if call.name in RECEIVES | SENDS | {"connect", "accept"}:
            return known(CauseKind.CALL, c(call.number), Why.WAIT_FOREVER, side=side.other.value, call=call.number)
        return None
    if call.name in RECEIVES:
        return _receive(call, call.end_ns, side, scene, read)
    if call.name in SENDS:
        return _send(call, call.end_ns, side, scene)
    opening = scene.opening
    if call.name == "connect":
        if opening.kind is OpenKind.REFUSED:
            return _by(scene.arrivals(side).reset(call.start_ns, call.end_ns), Why.WAIT_REFUSED)
        return _by(_within(scene.line(opening.syn_ack), side, call), Why.WAIT_CONNECT)
    return _by(_within(scene.line(opening.third), side, call), Why.WAIT_ACCEPT) if call.name == "accept" else None


def _within(line: Line | None, side: Side, call: Call) -> Line | None:
    """Return ``line`` if it reached ``side`` while the call lasted."""
    if line is None or line.sender is side or line.lost or call.end_ns is None:
        return None
    return line if call.start_ns <= line.arrived_ns <= call.end_ns else None


def _by(ended: Line | None, why: Why, **params: Value) -> Cause | None:
    """The packet that came while the call waited ended the waiting; None: none did, so it was not waiting for one."""
    if ended is None:
        return None
    return known(CauseKind.ANSWERS, p(ended.packet), why, packet=ended.packet, **params)


def _receive(call: Call, end_ns: int, side: Side, scene: Scene, read: int) -> Cause | None:
    if call.error is not None:
        return _by(scene.arrivals(side).reset(call.start_ns, end_ns), Why.WAIT_RESET)
    if call.byte_count == 0:
        return _by(_within(scene.fin.get(side.other), side, call), Why.WAIT_END)
    return _by(scene.arrivals(side).brought(read + 1, call.start_ns, end_ns), Why.WAIT_DATA, side=side.other.value)


def _send(call: Call, end_ns: int, side: Side, scene: Scene) -> Cause | None:
    """send() blocks only while its buffer is full; an ACK makes room in it."""
    sent, arrivals = scene.banks[side].send(call.number), scene.arrivals(side)
    freed = arrivals.freed(call.start_ns, end_ns)
    if sent is None or sent[2] - arrivals.acked_by(call.start_ns) < SEND_BUFFER or freed is None:
        return None
    return inferred(CauseKind.ANSWERS, p(freed.packet), Why.WAIT_SPACE, packet=freed.packet)


def bank_calls(banks: dict[Side, Bank], first_ns: int) -> tuple[Call, ...]:
    """Return all calls of a connection in the order of the trace, each once; ``first_ns`` is its first packet's time.

    Sleeps and waits count in where they overlap with it: from its first call or packet to its close; the program's
    end does not where the program went on to other connections when it had closed this one.
    """
    calls = {call.number: call for bank in banks.values() for call in (*bank.calls, *_around(bank, first_ns))}
    return tuple(calls[number] for number in sorted(calls))


def _around(bank: Bank, first_ns: int) -> Iterator[Call]:
    start = min([first_ns, *(call.start_ns for call in bank.calls)])
    closed = [call.end_ns for call in bank.calls if call.name == "close"]
    end = None if not closed or None in closed else max(each for each in closed if each is not None)
    if end is None or not bank.went_on(end):
        yield from bank.exits.values()
    yield from bank.beside(start, FOREVER if end is None else end)
