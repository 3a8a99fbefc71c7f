"""Why a segment that carries nothing but an acknowledgment is there. It is always the kernel's (RFC 9293 3.8.6.3).

At once, on the delayed-ACK timer, or when recv() frees the buffer: which of them it was shows in the time since the
segment that it acknowledges arrived, at the end that sent it.
"""

from __future__ import annotations

from whywire.connections import kinds as k
from whywire.connections.causes.say import c, inferred, likely, p, reason, unknown
from whywire.connections.model import Cause, CauseKind, Certainty
from whywire.connections.scene import Line, Scene
from whywire.connections.why import Why
from whywire.packets.rows import MP_FASTCLOSE

AT_ONCE_NS = 2_000_000
"""A kernel that answers at once is done within this time, on a busy machine too."""
AT_ONCE_HERE_NS = 500_000
"""The same on one host, where an ACK is made while the segment is still being delivered."""
DELAYED_NS = 35_000_000
"""The shortest delayed-ACK timer in use is Linux's 40 ms (TCP_DELACK_MIN; a jiffy or two early)."""
READ_NS = 2_000_000
"""recv() sends its ACK or window update before it returns, or just after the trace saw it return."""
CLOCK_NS = 1_000_000
"""Resolution of TCP timestamps on the systems met (1 kHz)."""


def cause(line: Line, scene: Scene) -> Cause:
    """Return why a pure ACK was sent."""
    option = scene.mptcp.get(line.packet)
    if option is not None and option.subtype == MP_FASTCLOSE:
        return inferred(CauseKind.CALL, None, Why.ACK_MPTCP_FAST_CLOSE, side=line.sender.value)
    if line.kinds & k.KEEP_ALIVE_ACK:
        return _answer(line, Why.KEEP_ALIVE_ANSWER)
    if line.kinds & k.ZERO_WINDOW_PROBE_ACK:
        return _answer(line, Why.ZERO_WINDOW_PROBE_ANSWER)
    if line.step is not None and line.newest is not None:
        return _of_segment(line, line.newest, scene)
    if _brought_nothing(line) and line.sack and line.ack is not None and line.sack[0][1] <= line.ack:
        return _answer(line, Why.ACK_AGAIN)  # its D-SACK says what it answers, whatever room there is by now
    if line.kinds & k.WINDOW_UPDATE and line.window_before is not None and line.window > line.window_before:
        return _window_update(line, scene, line.window_before)
    if line.kinds & k.DUPLICATE_ACK and not _brought_nothing(line):
        return _answer(line, Why.ACK_REPEATED, count=_repeats(line, scene))
    asked = k.RETRANSMISSION | k.KEEP_ALIVE | k.ZERO_WINDOW_PROBE
    if _brought_nothing(line) or (line.last_heard is not None and line.last_heard.kinds & asked):
        return _answer(line, Why.ACK_AGAIN)
    return unknown(reason(Why.DECIDE_BOTH_ENDS))


def _brought_nothing(line: Line) -> bool:
    """Tell whether what came last was a copy of what this side had acknowledged, so that nothing lies behind a gap."""
    heard = line.last_heard
    return (heard is not None and heard.first_copy is not None and line.ack is not None and heard.end <= line.ack)


def _answer(line: Line, why: Why, count: int | None = None) -> Cause:
    number = line.last_heard.packet if line.last_heard else None
    params = {} if count is None else {"count": count}
    return inferred(CauseKind.ANSWERS, p(number), why, packet=number, **params)


def _repeats(line: Line, scene: Scene) -> int:
    return 1 + scene.past.duplicates(line, line.sender, line.ack).times


def _of_segment(line: Line, newest: Line, scene: Scene) -> Cause:
    assert line.step is not None
    delay = scene.delay_at_sender(line, newest)
    local = scene.is_local(line.sender)
    ref, number, side = p(newest.packet), newest.packet, line.sender.value
    shown = delay if local else None
    if line.step.fin and not line.step.data:
        if delay >= DELAYED_NS and local:
            return inferred(CauseKind.TIMER, ref, Why.ACK_FIN_DELAYED, packet=number, side=side, delay_ns=delay)
        why = Why.ACK_LAST if _is_last(line, scene) else Why.ACK_FIN
        return inferred(CauseKind.ANSWERS, ref, why, packet=number, side=side)
    if newest.end > line.step.after:
        return inferred(CauseKind.ANSWERS, ref, Why.ACK_PART, packet=number, side=side,
                        bytes=line.step.after - line.step.before, of=newest.length)
    if delay < (AT_ONCE_HERE_NS if scene.vantage.place == "one host" else AT_ONCE_NS):
        return inferred(CauseKind.ANSWERS, ref, Why.ACK_AT_ONCE, packet=number, side=side, delay_ns=shown)
    clock = _clock_since(line, newest, scene)
    if clock is not None and clock <= CLOCK_NS < delay - CLOCK_NS:
        return inferred(CauseKind.ANSWERS, ref, Why.ACK_CAPTURED_LATE,
                        packet=number, side=side, delay_ns=delay, clock_ns=clock)
    delayed = reason(Why.ACK_DELAYED, ref, packet=number, side=side, delay_ns=delay)
    late = reason(Why.ACK_LATE, ref, packet=number, side=side, delay_ns=delay)
    read = _read_before(line, scene)
    if read is not None:
        flushed = reason(Why.ACK_READ_FLUSHED, c(read), ref, call=read, packet=number)
        return likely(CauseKind.KERNEL, c(read), flushed, (delayed if delay >= DELAYED_NS else late,))
    timer = delay >= DELAYED_NS
    if local:
        kind = CauseKind.TIMER if timer else CauseKind.ANSWERS
        return Cause(kind, Certainty.INFERRED, delayed if timer else late, ref)
    longer = reason(Why.ACK_WAY_LONGER, ref, packet=number)
    if timer:
        return likely(CauseKind.TIMER, ref, delayed, (longer, late), reason(Why.DECIDE_BOTH_ENDS))
    return likely(CauseKind.ANSWERS, ref, longer, (late,), reason(Why.DECIDE_BOTH_ENDS))


def _is_last(line: Line, scene: Scene) -> bool:
    """Tell whether both sides have sent their FIN, so that this ACK ends the conversation."""
    own = scene.fin.get(line.sender)
    return line.sender.other in scene.fin and own is not None and own.index < line.index


def _clock_since(line: Line, newest: Line, scene: Scene) -> int | None:
    """Return how far the sender's timestamp clock says it is behind the arrival; only where both share one clock."""
    if scene.vantage.place != "one host" or line.ts_value is None or newest.ts_value is None:
        return None
    ticks = (line.ts_value - newest.ts_value) & 0xFFFFFFFF
    return ticks * CLOCK_NS if ticks < 1 << 31 else None


def _read_before(line: Line, scene: Scene) -> int | None:
    """Return the recv() of the same side during or just after which this packet left."""
    bank = scene.banks.get(line.sender)
    if bank is None or not scene.is_local(line.sender):
        return None
    call = bank.last_receive(line.time_ns - READ_NS, line.time_ns)
    if call is None or not call.byte_count:
        return None
    return call.number


def _window_update(line: Line, scene: Scene, before: int) -> Cause:
    read = _read_before(line, scene)
    params = {"before": before, "after": line.window, "side": line.sender.value}
    if read is not None:
        return inferred(CauseKind.KERNEL, c(read), Why.WINDOW_UPDATE_READ, call=read, **params)
    return inferred(CauseKind.KERNEL, None, Why.WINDOW_UPDATE, **params)
