"""Times in which a connection was silent, and the reason: a sleep, a program that was busy, a timer."""

from __future__ import annotations

from itertools import pairwise

from whywire.base.records import Call
from whywire.connections import kinds as k
from whywire.connections.causes import acks
from whywire.connections.causes.acks import DELAYED_NS
from whywire.connections.causes.say import c, inferred, known, p, reason, unknown
from whywire.connections.model import Cause, CauseKind, Pause, Side
from whywire.connections.scene import Line, Scene
from whywire.connections.trace import RECEIVES, WAITS, Bank
from whywire.connections.why import Why

LONG_NS = 100_000_000
"""Silence of this length needs a reason."""
SLEEP_NS = 20_000_000
"""A shorter silence is told too when a traced sleep fills it."""
FILLED = 0.8
"""A sleep explains a silence of which it fills this share."""
TIMERS = k.RETRANSMISSION | k.KEEP_ALIVE | k.ZERO_WINDOW_PROBE


def find_pauses(scene: Scene) -> tuple[Pause, ...]:
    """Return the pauses of a connection in order, each with its reason."""
    found = []
    said: Line | None = None
    for before, line in pairwise(scene.lines):
        if before.length or before.kinds & k.FIN:
            said = before
        start = max(before.time_ns, before.arrived_ns if before.arrived_ns <= line.time_ns else before.time_ns)
        length = line.time_ns - start
        if length < SLEEP_NS:
            continue
        sleep = _sleep(line, scene, start)
        if length >= LONG_NS or sleep is not None:
            cause = _cause(line, scene, start, sleep, said)
            found.append(Pause(before.packet, line.packet, start, line.time_ns, cause))
    return tuple(found)


def _sleep(line: Line, scene: Scene, start: int) -> Call | None:
    """Return the sleep of the program that acts next, if it fills the silence."""
    bank = scene.bank_of(line)
    if bank is None or not line.kinds & (k.DATA | k.FIN | k.SYN | k.RST):
        return None
    longest: Call | None = None
    most = FILLED * (line.time_ns - start)
    for call in bank.around_by_time.lasting(*_most_of(start, line.time_ns)):
        filled = _overlap(call, start, line.time_ns)
        if call.name == "sleep" and filled and filled >= most and (longest is None or filled > most):
            longest, most = call, filled
            if filled == line.time_ns - start:
                break
    return longest


def _most_of(start: int, end: int) -> tuple[int, int]:
    """Return by when a call has begun, and until when it lasts, that may fill a silence (`FILLED`)."""
    less = int((1 - FILLED) * (end - start)) + 1
    return start + less, end - less


def _overlap(call: Call, start: int, end: int) -> int:
    return max(0, min(end, call.end_ns if call.end_ns is not None else end) - max(start, call.start_ns))


def _cause(line: Line, scene: Scene, start: int, sleep: Call | None, said: Line | None) -> Cause:
    """The next to act is the one who was waited for."""
    side = line.sender.value
    travelled = _on_the_way(line, start)
    if travelled is not None:
        return inferred(CauseKind.ANSWERS, p(travelled.packet), Why.PAUSE_ON_THE_WAY, packet=travelled.packet)
    if line.kinds & TIMERS or (line.kinds & (k.SYN | k.SYN_ACK) and line.first_copy is not None):
        return inferred(CauseKind.TIMER, p(line.packet), Why.PAUSE_TIMER, packet=line.packet)
    trip = _trip(line, scene, start)
    if trip is not None:
        return trip
    if line.is_pure_ack():
        if line.newest is not None and scene.delay_at_sender(line, line.newest) >= DELAYED_NS:
            made = acks.cause(line, scene)
            kept = reason(Why.PAUSE_DELAYED_ACK, p(line.packet), packet=line.packet)
            return Cause(CauseKind.TIMER, made.certainty, kept, p(line.packet), made.others, made.decides)
        if line.kinds & k.WINDOW_UPDATE:
            return inferred(CauseKind.CALL, p(line.packet), Why.PAUSE_NOT_READING, side=side, packet=line.packet)
        return unknown(None)
    if sleep is not None:
        return known(CauseKind.CALL, c(sleep.number), Why.PAUSE_SLEEP, call=sleep.number, side=side,
                     slept_ns=(sleep.end_ns or line.time_ns) - sleep.start_ns)
    bank = scene.bank_of(line)
    if bank is not None:
        return _program(line, bank, start)
    return _untraced(line, said)


def _on_the_way(line: Line, start: int) -> Line | None:
    """Return the peer's packet whose way filled the silence; only where both its times are known (merged view)."""
    heard = line.last_heard
    if heard is None or heard.arrival_ns is None or line.time_ns - heard.arrival_ns >= LONG_NS:
        return None
    share = heard.arrival_ns - max(start, heard.time_ns)
    return heard if share > FILLED * (line.time_ns - start) else None


def _trip(line: Line, scene: Scene, start: int) -> Cause | None:
    """Return that what passed here had to reach the other end first, and its answer to come back, if that took so long.

    A SYN-ACK is the kernel's answer, so that its way is what is left; what comes later is held against the handshake.
    """
    heard, side = line.last_heard, line.sender
    if heard is None or heard.index != line.index - 1 or scene.is_local(side):
        return None
    way = scene.opening.syn_to_synack_ns if side is Side.SERVER else scene.opening.synack_to_ack_ns
    if line.packet in (scene.opening.syn_ack, scene.opening.third):
        way = None
    elif way is None or way < FILLED * (line.time_ns - start):
        return None
    return inferred(CauseKind.ANSWERS, p(heard.packet), Why.PAUSE_TRIP, packet=heard.packet, side=side.value,
                    way_ns=way)


def _program(line: Line, bank: Bank, start: int) -> Cause:
    """With a trace and no sleep: it waited in a call, or did something that is no call."""
    own = {Why.PAUSE_BLOCKED: (bank.index.by_time, bank.around_by_time), Why.PAUSE_ELSEWHERE: bank.threads}
    for why, timelines in own.items():
        for timeline in timelines:
            waited = next((x for x in timeline.lasting(*_most_of(start, line.time_ns))
                           if x.name in RECEIVES | WAITS | {"accept", "connect"}
                           and _overlap(x, start, line.time_ns) > FILLED * (line.time_ns - start)), None)
            if waited is not None:
                return known(CauseKind.CALL, c(waited.number), why, call=waited.number, side=line.sender.value)
    after = bank.index.ended_by(line.time_ns)
    coming = bank.index.by_time.next(start)
    return known(CauseKind.CALL, c(after.number if after else None), Why.PAUSE_PROGRAM, side=line.sender.value,
                 after_call=after.number if after else None, before_call=coming.number if coming else None)


def _untraced(line: Line, last: Line | None) -> Cause:
    """Without a trace: the side that acts next had been given something, or nobody had anything outstanding.

    ``last`` is the last line before with data or a FIN.
    """
    if last is not None and last.sender is not line.sender:
        what = "data" if last.length else "fin"
        return inferred(CauseKind.CALL, p(last.packet), Why.PAUSE_AFTER_DATA,
                        side=line.sender.value, packet=last.packet, what=what)
    return inferred(CauseKind.CALL, None, Why.PAUSE_IDLE, side=line.sender.value)
