"""Why a SYN, a SYN-ACK or the third packet of the handshake is there (RFC 9293 section 3.5)."""

from __future__ import annotations

from whywire.connections import kinds as k
from whywire.connections.causes.acks import AT_ONCE_NS
from whywire.connections.causes.say import c, inferred, known, p, reason
from whywire.connections.model import Cause, CauseKind, Certainty, OpenKind, Reason
from whywire.connections.scene import Line, Scene
from whywire.connections.why import Why

IGNORED_NS = 500_000_000
"""A kernel that answers a SYN does so sooner; the shortest timer for a SYN is a second (RFC 6298 2.1)."""


def syn(line: Line, scene: Scene) -> Cause:
    """A program called connect(), or the kernel asks again (RFC 6298 section 5)."""
    count, first, last = scene.past.of_kind(line, k.SYN)
    if first is not None and last is not None:
        return inferred(CauseKind.TIMER, p(first.packet), Why.SYN_AGAIN, packet=first.packet,
                        after_ns=line.time_ns - last.time_ns, attempt=count + 1)
    why = Why.SYN_CONNECT
    if scene.simultaneous and line.index > 0:
        split = any(x.sender is line.sender and x.step is not None and x.step.syn for x in scene.back(line))
        why = Why.SYN_SPLIT if split else Why.SYN_CROSSING
    bank = scene.banks.get(line.sender)
    connects = bank.named("connect", "connect_ex") if bank else []
    if connects:
        return known(CauseKind.CALL, c(connects[0].number), why, call=connects[0].number, side=line.sender.value)
    return inferred(CauseKind.CALL, None, why, side=line.sender.value)


def ignored(line: Line, scene: Scene) -> Reason | None:
    """Return that a SYN reached its receiver, which did not answer before it was sent again.

    Where nobody listens a kernel answers with a reset; a listening socket whose accept queue is full drops the SYN
    (Linux: tcp_conn_request()). Only of a SYN that is known to have arrived whole, and time enough before.
    """
    event = scene.wire.get(line.packet)
    if line.lost or line.travelling or (event is not None and event.kind == "corrupted"):
        return None
    if not (scene.vantage.certainty is Certainty.KNOWN or scene.vantage.place == "one host") \
            or not scene.is_local(line.sender.other):
        return None
    following = scene.lines[line.index + 1] if line.index + 1 < len(scene.lines) else None
    if following is None or following.sender is not line.sender or not following.kinds & k.SYN \
            or following.kinds & k.CAPTURED_TWICE or following.time_ns - line.arrived_ns < IGNORED_NS:
        return None
    return reason(Why.SYN_IGNORED, certainty=Certainty.LIKELY)


def syn_ack(line: Line, scene: Scene) -> Cause:
    """The kernel answers the SYN for a listening socket; no program is asked."""
    _, first, last = scene.past.of_kind(line, k.SYN_ACK)
    if first is not None and last is not None:
        heard = line.last_heard
        if (heard is not None and heard.kinds & k.SYN and heard.first_copy is not None
                and heard.arrived_ns > last.time_ns and scene.delay_at_sender(line, heard) < AT_ONCE_NS):
            return inferred(CauseKind.ANSWERS, p(heard.packet), Why.SYN_ACK_REPEATED, packet=heard.packet,
                            side=line.sender.value)
        return inferred(CauseKind.TIMER, p(first.packet), Why.SYN_ACK_AGAIN,
                        packet=first.packet, after_ns=line.time_ns - last.time_ns)
    answered = next((x for x in scene.back(line) if x.kinds & k.SYN and x.sender is not line.sender), None)
    number = answered.packet if answered else None
    why = Why.SYN_ACK_CROSSING if scene.simultaneous else Why.SYN_ACK_LISTEN
    return inferred(CauseKind.ANSWERS, p(number), why, packet=number, side=line.sender.value)


def is_third(line: Line, scene: Scene) -> bool:
    """Tell whether this pure ACK completes the handshake."""
    return scene.opening.kind is OpenKind.HANDSHAKE and scene.opening.third == line.packet and line.is_pure_ack()


def third(line: Line, scene: Scene) -> Cause:
    """The client's kernel acknowledges the SYN-ACK at once; its connect() returns, if it had waited."""
    number = scene.opening.syn_ack
    bank = scene.banks.get(line.sender)
    for call in bank.named("connect", "connect_ex") if bank else []:
        if call.error is not None and call.end_ns is not None and call.end_ns < line.time_ns:
            return inferred(CauseKind.ANSWERS, p(number), Why.HANDSHAKE_READY, packet=number, call=call.number,
                            side=line.sender.value)
    return inferred(CauseKind.ANSWERS, p(number), Why.HANDSHAKE_DONE, packet=number, side=line.sender.value)
