"""Why a FIN is there. A kernel never ends a connection by itself: close(), shutdown() or the end of the process did."""

from __future__ import annotations

from bisect import bisect_left

from whywire.base.records import Call
from whywire.connections.causes.say import c, inferred, known, likely, p, reason
from whywire.connections.model import Cause, CauseKind, Certainty, Reason
from whywire.connections.scene import Line, Scene
from whywire.connections.trace import CLOCK_SLACK_NS, Bank
from whywire.connections.why import Why


def ending_call(bank: Bank, time_ns: int) -> Call | None:
    """Return the call that ended sending by ``time_ns``: a shutdown of the sending half, or else the last close.

    A shutdown sends the FIN whoever else holds the socket; of several closes (a forked child, a dup) the last one.
    """
    limit = bank.first_to_come(time_ns)
    shutdown = next((x for x in bank.named("shutdown") if x.how in ("write", "both") and x.error is None), None)
    if shutdown is not None and shutdown.number < limit:
        return shutdown
    closes = bank.named("close")
    begun = bisect_left(closes, limit, key=lambda x: x.number)
    return closes[begun - 1] if begun else None


def cause(line: Line, scene: Scene) -> Cause:
    """Return which call sent the FIN, or that some call must have."""
    bank = scene.bank_of(line)
    call = ending_call(bank, line.time_ns) if bank else None
    if call is None and bank is not None:
        return inferred(CauseKind.CALL, None, Why.FIN_UNSEEN, side=line.sender.value)
    if call is None or bank is None:
        half = scene.past.told_after(line) >= line.end
        return inferred(CauseKind.CALL, None, Why.FIN_HALF if half else Why.FIN_PROGRAM, side=line.sender.value)
    if call.name == "shutdown":
        return known(CauseKind.CALL, c(call.number), Why.FIN_SHUTDOWN, call=call.number)
    if call.how == "exit" and not (scene.is_local(line.sender) and bank.was_ending(call, line.time_ns)):
        return likely(CauseKind.CALL, c(call.number),
                      reason(Why.FIN_CLOSE, c(call.number), call=call.number, how=call.how),
                      (reason(Why.CLOSED_UNSEEN, side=line.sender.value),))
    return known(CauseKind.CALL, c(call.number), Why.FIN_CLOSE, call=call.number, how=call.how or "call")


def notes(line: Line, scene: Scene) -> list[Reason]:
    """Return what else a FIN tells: that data rode with it, that the peer had ended before, that FINs crossed."""
    found: list[Reason] = []
    other = scene.fin.get(line.sender.other)
    bank = scene.bank_of(line)
    if line.length:
        found.append(_second_cause(line, scene))
        found.append(reason(Why.FIN_WITH_DATA, bytes=line.length))
    if other is not None and crossed(line, other):
        found.append(reason(Why.FIN_CROSSED, p(other.packet), packet=other.packet))
    elif other is not None and line.ack is not None and line.ack >= other.end:
        other = _last_copy(other, line, scene)
        end = _saw_end(bank, line.time_ns)
        found.append(reason(Why.FIN_AFTER_END, p(other.packet), c(end),
                            packet=other.packet, call=end,
                            certainty=Certainty.KNOWN if end else Certainty.INFERRED))
        if line.step is not None and line.step.fin:
            found.append(reason(Why.FIN_WITH_ACK, p(other.packet), packet=other.packet))
    found += _queue_empty(line, scene, bank)
    return found


def _last_copy(fin: Line, line: Line, scene: Scene) -> Line:
    """Return the copy of the peer's FIN that came last before ``line``: the one that its kernel acknowledged."""
    return scene.past.fin(line, fin.sender) or fin


def crossed(one: Line, other: Line) -> bool:
    """Tell whether neither FIN acknowledges the other (simultaneous close, RFC 9293 figure 13)."""
    return (one.ack is None or one.ack < other.end) and (other.ack is None or other.ack < one.end)


def _second_cause(line: Line, scene: Scene) -> Reason:
    """The segment's cause is the call whose bytes it carries; this says what added the FIN."""
    made = cause(line, scene)
    return reason(made.reason.why, *made.reason.refs, certainty=made.certainty, **made.reason.params)


def _saw_end(bank: Bank | None, time_ns: int) -> int | None:
    """Return the recv() that returned b"" before the FIN, if the trace has it."""
    if bank is None:
        return None
    ended = (x.number for x in reversed(bank.index.stream_ends) if (x.end_ns or 0) <= time_ns + CLOCK_SLACK_NS)
    return next(ended, None)


def _queue_empty(line: Line, scene: Scene, bank: Bank | None) -> list[Reason]:
    """FIN and not RST: at close() the receive queue was empty (RFC 9293 3.6.1, Linux tcp_close())."""
    other = scene.fin.get(line.sender.other)
    heard = 0 if line.ack is None else line.ack - 1 - int(other is not None and line.ack >= other.end)
    if heard <= 0:
        return []
    call = ending_call(bank, line.time_ns) if bank else None
    if call is not None and call.name == "shutdown":
        return []
    certainty = Certainty.KNOWN if call else Certainty.INFERRED
    return [reason(Why.FIN_QUEUE_EMPTY, c(call.number if call else None), certainty=certainty, bytes=heard)]
