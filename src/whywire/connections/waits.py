"""Calls that blocked, and what ended their waiting: the packet that brought what they waited for."""

from __future__ import annotations

from whywire.base.records import Call
from whywire.connections import kinds as k
from whywire.connections.causes.say import c, inferred, known, p, unknown
from whywire.connections.model import Cause, CauseKind, OpenKind, Side, Wait
from whywire.connections.scene import Line, Scene
from whywire.connections.trace import RECEIVES, SENDS, Bank
from whywire.connections.why import Why

BLOCKED_NS = 1_000_000
"""A call that takes longer than this waited for something."""


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
    if call.name == "connect":
        return _connect(scene)
    if call.name == "accept":
        third = scene.opening.third
        return inferred(CauseKind.ANSWERS, p(third), Why.WAIT_ACCEPT, packet=third)
    if call.name in RECEIVES:
        return _receive(call, side, scene, read)
    if call.name in SENDS:
        freed = [x for x in _arrived(scene, side, call) if x.step is not None]
        number = freed[-1].packet if freed else None
        return inferred(CauseKind.ANSWERS, p(number), Why.WAIT_SPACE, packet=number)
    return None


def _connect(scene: Scene) -> Cause:
    if scene.opening.kind is OpenKind.REFUSED:
        rst = next((x for x in scene.lines if x.kinds & k.RST), None)
        number = rst.packet if rst else None
        return known(CauseKind.ANSWERS, p(number), Why.WAIT_REFUSED, packet=number)
    number = scene.opening.syn_ack
    return known(CauseKind.ANSWERS, p(number), Why.WAIT_CONNECT, packet=number)


def _receive(call: Call, side: Side, scene: Scene, read: int) -> Cause:
    arrived = _arrived(scene, side, call)
    if call.error is not None:
        rst = next((x for x in arrived if x.kinds & k.RST), None)
        if rst is None:
            return unknown(None)
        return known(CauseKind.ANSWERS, p(rst.packet), Why.WAIT_RESET, packet=rst.packet)
    if call.byte_count == 0:
        fin = scene.fin.get(side.other)
        number = fin.packet if fin else None
        return known(CauseKind.ANSWERS, p(number), Why.WAIT_END, packet=number)
    bringing = next((x for x in arrived if x.length and x.data_start <= read + 1 < x.data_end), None)
    number = bringing.packet if bringing else None
    return known(CauseKind.ANSWERS, p(number), Why.WAIT_DATA, packet=number, side=side.other.value)


def _arrived(scene: Scene, side: Side, call: Call) -> list[Line]:
    """Return the peer's packets that reached ``side`` by the end of a call."""
    end = call.end_ns if call.end_ns is not None else 1 << 62
    return [x for x in scene.lines if x.sender is not side and not x.lost and x.arrived_ns <= end]


def bank_calls(banks: dict[Side, Bank]) -> tuple[Call, ...]:
    """Return all calls of a connection in the order of the trace, each once."""
    calls = {call.number: call for bank in banks.values() for call in (*bank.calls, *bank.around)}
    return tuple(calls[number] for number in sorted(calls))
