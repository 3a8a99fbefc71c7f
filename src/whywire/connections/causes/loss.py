"""Why a segment was sent again, and what probes ask: the kernel's timers and its answer to duplicate ACKs."""

from __future__ import annotations

from whywire.connections import kinds as k
from whywire.connections.causes.acks import AT_ONCE_NS
from whywire.connections.causes.say import inferred, known, likely, p, reason, unknown
from whywire.connections.model import Cause, CauseKind
from whywire.connections.scene import Line, Scene
from whywire.connections.why import Why

SHORTEST_TIMER_NS = 190_000_000
"""Linux's retransmission timer runs for 200 ms at least (TCP_RTO_MIN); other systems' not much less."""
TICK_NS = 1_000_000
"""No retransmission timer and no probe's runs for less than a kernel's tick, 1 ms at least."""


def retransmission(line: Line, scene: Scene) -> Cause:
    """RFC 6298 (timer), RFC 5681 3.2 (fast); spurious when the first copy had been acknowledged already."""
    first = line.first_copy
    number = first.packet if first else None
    if line.kinds & k.SPURIOUS_RETRANSMISSION:
        acked = scene.acked_by.get(number) if number is not None else None
        return inferred(CauseKind.TIMER, p(number), Why.RETRANSMISSION_SPURIOUS, packet=number,
                        acked_by=acked.packet if acked else None)
    if line.kinds & k.FAST_RETRANSMISSION:
        repeats = scene.past.duplicates(line, line.sender.other, line.seq)
        ref = repeats.last.packet if repeats.last else None
        return inferred(CauseKind.ANSWERS, p(ref), Why.RETRANSMISSION_FAST, packet=number, duplicates=repeats.times)
    last = scene.past.copy(line)
    after = line.time_ns - last.time_ns if last else None
    if after is not None and after <= 0:
        after = None  # the clock stood still or went back
    onward = _goes_on(line, scene)
    if onward is not None:
        return inferred(CauseKind.ANSWERS, p(onward.packet), Why.RETRANSMISSION_GOES_ON, packet=number,
                        released=onward.packet)
    asked = scene.past.duplicates(line, line.sender.other, line.seq).last
    if asked is not None and after is not None and after < SHORTEST_TIMER_NS:
        return likely(CauseKind.ANSWERS, p(asked.packet),
                      reason(Why.RETRANSMISSION_EARLY, p(number), p(asked.packet), packet=number, after_ns=after,
                             asked=asked.packet),
                      (reason(Why.RETRANSMISSION_TIMEOUT, p(number), packet=number, after_ns=after),))
    if after is not None and after < TICK_NS:
        return unknown(reason(Why.DECIDE_BOTH_ENDS))
    if after is not None and after < SHORTEST_TIMER_NS and _is_tail_probe(line, last, scene):
        return likely(CauseKind.TIMER, p(number),
                      reason(Why.TAIL_LOSS_PROBE, p(number), packet=number, after_ns=after),
                      (reason(Why.RETRANSMISSION_TIMEOUT, p(number), packet=number, after_ns=after),))
    if line.sender.other not in scene.past.senders:  # duplicate ACKs would not be in the capture
        return likely(CauseKind.TIMER, p(number), reason(Why.RETRANSMISSION_TIMEOUT, p(number), packet=number,
                                                         after_ns=after),
                      (reason(Why.RETRANSMISSION_FAST, p(number), packet=number, duplicates=None),),
                      reason(Why.DECIDE_BOTH_ENDS))
    return inferred(CauseKind.TIMER, p(number), Why.RETRANSMISSION_TIMEOUT, packet=number, after_ns=after)


def _is_tail_probe(line: Line, last: Line | None, scene: Scene) -> bool:
    """Tell whether this may be RFC 8985's probe: the last segment that was sent, once more, a first time."""
    newest, fin = scene.past.data(line, line.sender), scene.past.fin(line, line.sender)
    return (newest is not None and newest.end == line.end and (fin is None or fin.end == line.end)
            and last is not None and not last.kinds & k.RETRANSMISSION)


def _goes_on(line: Line, scene: Scene) -> Line | None:
    """Return the ACK of an earlier copy that asks for this segment next and let it go at once, if one did.

    After a loss the sender takes what followed for lost as well and sends it as ACKs come in, not when a timer runs out
    (RFC 5681 3.1 after a time-out, RFC 6582 for a partial ACK).
    """
    release = line.last_heard
    if release is None or release.newest is None or release.ack != line.seq:
        return None
    again = release.newest.kinds & k.RETRANSMISSION
    return release if again and scene.delay_at_sender(line, release) < AT_ONCE_NS else None


def copy_by_the_wire(line: Line, scene: Scene) -> Cause | None:
    """Return the cause of a second copy of a frame that the lab's wire made; None for what its sender sent."""
    event = scene.wire.get(line.packet)
    if event is None or event.kind != "duplicated":
        return None
    first = scene.wired.get(event.frame, line.packet)
    if first >= line.packet:
        return None
    return known(CauseKind.WIRE, p(first), Why.COPIED_BY_WIRE, packet=first, rule=event.rule)


def keep_alive(line: Line, scene: Scene) -> Cause:
    """RFC 9293 3.8.4: a byte that was acknowledged long ago, to see whether the peer is still there."""
    before = next(scene.back(line), None)
    return inferred(CauseKind.TIMER, None, Why.KEEP_ALIVE, idle_ns=line.time_ns - before.time_ns if before else None)


def window_probe(line: Line, scene: Scene) -> Cause:
    """RFC 9293 3.8.6.1: the peer's window is 0; the persist timer asks whether it has opened."""
    closed, last = scene.past.closed(line), scene.past.probe(line)
    since = last or closed
    number = closed.packet if closed else None
    return inferred(CauseKind.TIMER, p(number), Why.ZERO_WINDOW_PROBE, packet=number,
                    probe=last.packet if last else None, after_ns=line.time_ns - since.time_ns if since else None)
