"""Why a reset is there. The one question packets alone often can't decide; then both readings are named.

With a trace it is known: the call that threw bytes away, the option that asked for it, or the close() after which
bytes arrived. Without, what remains rests on how stacks write their resets: on Linux an abort (tcp_send_active_reset)
has ACK set, an answer to a segment for a socket that is gone (tcp_v4_send_reset) has not; other stacks set it always.
"""

from __future__ import annotations

from typing import NamedTuple

from whywire.base.records import Call
from whywire.connections import kinds as k
from whywire.connections.causes.say import c, inferred, known, likely, p, reason, unknown
from whywire.connections.model import Cause, CauseKind, Certainty, OpenKind, Reason
from whywire.connections.past import Repeats
from whywire.connections.scene import Line, Scene
from whywire.connections.trace import CLOCK_SLACK_NS, Bank
from whywire.connections.why import Why
from whywire.packets.rows import MP_FASTCLOSE
from whywire.packets.table import ACK


class Verdict(NamedTuple):
    """The cause of a reset: as spec JSON.md's word, its other readings, and in full."""

    kind: str
    others: tuple[str, ...]
    cause: Cause


def judge(line: Line, scene: Scene) -> Verdict:
    """Return why this reset was sent; also of one that its receiver ignores."""
    waiting, at = [line], line
    while (earlier := scene.past.reset(at)) is not None and earlier.packet not in scene.reset_kinds:
        waiting.append(earlier)
        at = earlier
    for at in reversed(waiting):  # in order and not by recursion: a capture may hold a hundred thousand
        verdict = _judge(at, scene)
        scene.reset_kinds[at.packet] = verdict.kind
    return verdict


def _judge(line: Line, scene: Scene) -> Verdict:
    side = line.sender.value
    if scene.opening.kind is OpenKind.REFUSED and not line.kinds & k.NOT_ACCEPTABLE:
        return _refused(scene)
    offender = scene.past.offender(line)
    answers = offender is not None and not line.flags & ACK and offender.ack == line.seq
    if line.kinds & k.NOT_ACCEPTABLE and not answers:
        return Verdict("unknown", (), unknown(reason(Why.DECIDE_BOTH_ENDS), Why.RST_UNKNOWN, side=side))
    earlier = scene.past.reset(line)
    if earlier is not None and offender is not None:
        return Verdict(scene.reset_kinds[earlier.packet], (), _gone(offender))
    if line.packet in scene.mptcp:
        return _mptcp(line, scene)
    heard = line.last_heard
    option = None if heard is None or heard.kinds & k.RST else scene.mptcp.get(heard.packet)
    if heard is not None and option is not None and option.subtype == MP_FASTCLOSE:
        return Verdict("mptcp-fast-close", (), inferred(CauseKind.ANSWERS, p(heard.packet), Why.RST_MPTCP_ANSWER,
                                                        packet=heard.packet, side=side))
    bank = scene.bank_of(line)
    if bank is not None:
        traced = _traced(line, scene, bank, offender)
        if traced is not None:
            return traced
    if line.sender in scene.fin and scene.fin[line.sender].index < line.index:
        return _after_fin(line, scene, offender)
    if not line.flags & ACK:
        number = offender.packet if offender else None
        others: tuple[Reason, ...] = (reason(Why.RST_MIDDLEBOX, side=side),)
        queue = scene.past.only_opened(line)  # its program may never have seen the connection
        if queue:
            others = (reason(Why.RST_QUEUE_FULL, side=side), *others)
        cause = likely(CauseKind.ANSWERS, p(number), reason(Why.RST_PEER_GONE, p(number), side=side, packet=number),
                       others, reason(Why.DECIDE_BOTH_ENDS))
        return Verdict("peer-gone", ("queue-full", "unknown") if queue else ("unknown",), cause)
    return _aborted(line, scene)


def _mptcp(line: Line, scene: Scene) -> Verdict:
    """RFC 8684: the reset says itself why it was sent. A fast close ends all subflows, a subflow reset this one."""
    side = line.sender.value
    option = scene.mptcp[line.packet]
    if option.subtype == MP_FASTCLOSE:
        return Verdict("mptcp-fast-close", (), inferred(CauseKind.CALL, None, Why.RST_MPTCP_FAST_CLOSE, side=side))
    return Verdict("mptcp-subflow-reset", (), inferred(CauseKind.KERNEL, None, Why.RST_MPTCP_SUBFLOW, side=side,
                                                       code=option.reason))


def root(line: Line, scene: Scene) -> Verdict:
    """Return the cause behind a reset: that of the first one of its side, also if the peer had ignored that one."""
    while (earlier := scene.past.reset(line)) is not None:
        line = earlier
    return judge(line, scene)


def ignored(line: Line, scene: Scene) -> Reason:
    """Return what makes a reset not acceptable: its number, and the one that would count (RFC 5961 3.2)."""
    peer = scene.past.acked(line)
    return reason(Why.RST_IGNORED, certainty=Certainty.INFERRED, seq=line.seq, low=peer.ack if peer else None,
                  side=line.sender.value)


def _refused(scene: Scene) -> Verdict:
    """RFC 9293 3.5.2: a SYN to a port nobody listens on is answered by RST+ACK."""
    number = scene.opening.syn
    if scene.is_run:
        return Verdict("nobody-listens", (), known(CauseKind.ANSWERS, p(number), Why.RST_REFUSED, packet=number))
    cause = likely(CauseKind.ANSWERS, p(number), reason(Why.RST_REFUSED, p(number), packet=number),
                   (reason(Why.RST_FIREWALL),), reason(Why.DECIDE_BOTH_ENDS))
    return Verdict("nobody-listens", ("firewall",), cause)


def _gone(offender: Line) -> Cause:
    """An answer to a segment for a socket that is gone: each such segment gets one."""
    if offender.length:
        return inferred(CauseKind.ANSWERS, p(offender.packet), Why.RST_LATE_DATA,
                        packet=offender.packet, bytes=offender.length, call=None, since_ns=None)
    return inferred(CauseKind.ANSWERS, p(offender.packet), Why.RST_CONNECTION_GONE, packet=offender.packet)


# ---- known from the trace ----


def _closing(bank: Bank, time_ns: int) -> Call | None:
    closes = [x for x in bank.named("close") if bank.had_begun(x, time_ns)]
    return closes[-1] if closes else None


def _traced(line: Line, scene: Scene, bank: Bank, offender: Line | None) -> Verdict | None:
    """Return the reason that the calls show; None when they show none."""
    close = _closing(bank, line.time_ns)
    if close is None:
        return None
    if not line.flags & ACK:
        if offender is None:
            return None
        since = offender.arrived_ns - close.start_ns if scene.is_local(line.sender) else None
        if not offender.length:
            return Verdict("peer-gone", (), known(
                CauseKind.ANSWERS, p(offender.packet), Why.RST_CONNECTION_GONE, packet=offender.packet))
        cause = known(CauseKind.ANSWERS, p(offender.packet), Why.RST_LATE_DATA, packet=offender.packet,
                      bytes=offender.length, call=close.number, since_ns=since)
        return Verdict("late-data", (), cause)
    unread = _unread(line, scene, bank)
    if unread is not None and unread > 0:
        how = close.how or "call"
        why = Why.RST_KILLED if how == "exit" else Why.RST_UNREAD
        if how == "exit" and not (scene.is_local(line.sender) and bank.was_ending(close, line.time_ns)):
            first = reason(why, c(close.number), call=close.number, bytes=unread, how=how)
            return Verdict("unread-data", (), likely(CauseKind.CALL, c(close.number), first,
                                                     (reason(Why.CLOSED_UNSEEN, side=line.sender.value),)))
        return Verdict("unread-data", (), known(
            CauseKind.CALL, c(close.number), why, call=close.number, bytes=unread, how=how))
    linger = bank.linger_zero(close.start_ns)
    if linger is not None:
        return Verdict("linger-zero", (), known(CauseKind.CALL, c(close.number), Why.RST_LINGER,
                                                call=close.number, option_call=linger.number))
    return None


def _unread(line: Line, scene: Scene, bank: Bank) -> int | None:
    """Return the bytes that had arrived in order and were never read: the reset's own ACK less what recv() took."""
    if line.ack is None:
        return None
    fin = scene.fin.get(line.sender.other)
    arrived = line.ack - 1 - int(fin is not None and line.ack >= fin.end)
    return arrived - bank.received_before(line.time_ns + CLOCK_SLACK_NS)


# ---- from the packets ----


def _after_fin(line: Line, scene: Scene, offender: Line | None) -> Verdict:
    """The side had closed already; something came for the closed socket."""
    fin = scene.fin[line.sender]
    if offender is None or offender.index < fin.index:
        return Verdict("unknown", (), unknown(reason(Why.DECIDE_CALLS, side=line.sender.value), Why.RST_UNKNOWN,
                                              side=line.sender.value))
    late = _late_data(line, scene, fin) or offender
    if not late.length:
        gone = reason(Why.RST_CONNECTION_GONE, p(late.packet), packet=late.packet)
        if not line.flags & ACK:
            return Verdict("peer-gone", (), Cause(CauseKind.ANSWERS, Certainty.INFERRED, gone, p(late.packet)))
        others = (reason(Why.RST_SHUT_THEN_UNREAD, side=line.sender.value),
                  reason(Why.RST_ABORTED_OTHERWISE, side=line.sender.value))
        return Verdict("peer-gone", ("unread-data", "unknown"), likely(
            CauseKind.ANSWERS, p(late.packet), gone, others, reason(Why.DECIDE_CALLS, side=line.sender.value)))
    if not line.flags & ACK:
        return Verdict("late-data", (), _gone(late))
    cause = likely(CauseKind.ANSWERS, p(late.packet), _gone(late).reason,
                   (reason(Why.RST_SHUT_THEN_UNREAD, side=line.sender.value),),
                   reason(Why.DECIDE_CALLS, side=line.sender.value))
    return Verdict("late-data", ("unread-data",), cause)


def _late_data(line: Line, scene: Scene, fin: Line) -> Line | None:
    """Return the peer's first data after the FIN that had not been acknowledged before the reset."""
    late = None
    for x in scene.back(line):
        if x.index <= fin.index:
            break
        if x.sender is not line.sender and x.length and not x.lost and x.arrived_ns <= line.time_ns:
            by = scene.acked_by.get(x.packet)
            late = x if by is None or by.index >= line.index else late
    return late


def _aborted(line: Line, scene: Scene) -> Verdict:
    """RST with ACK, no FIN before: this side aborted. The packets show what it had received, not what was read."""
    side = line.sender.value
    probes = scene.past.keep_alives(line)
    if probes.last is not None and (_in_step(probes, line) or scene.bank_of(line) is not None):
        return Verdict("keep-alive-gave-up", (), inferred(
            CauseKind.TIMER, p(probes.last.packet), Why.RST_KEEP_ALIVE_GAVE_UP, side=side, probes=probes.times))
    newest = scene.past.data(line, line.sender.other)
    fin = scene.fin.get(line.sender.other)
    ended = int(fin is not None and line.ack is not None and line.ack >= fin.end)  # its number is no byte
    received = max(0, line.ack - 1 - ended) if line.ack is not None and newest is not None else 0
    decides = reason(Why.DECIDE_CALLS, side=side)
    linger = reason(Why.RST_LINGER_POSSIBLE, side=side)
    otherwise = reason(Why.RST_ABORTED_OTHERWISE, side=side)
    if probes.last is not None:
        gave_up = reason(Why.RST_KEEP_ALIVE_GAVE_UP, p(probes.last.packet), side=side, probes=probes.times)
        return Verdict("keep-alive-gave-up", ("linger-zero", "unknown"), likely(
            CauseKind.TIMER, p(probes.last.packet), gave_up, (linger, otherwise), decides))
    if line.length or (not received and scene.ends[line.sender.other].isn is None):
        # bytes in a reset fit none of the readings; nor is it known what came before the capture began
        return Verdict("unknown", ("unread-data", "linger-zero"), unknown(
            decides, Why.RST_UNKNOWN, (reason(Why.RST_UNREAD_LIKELY, side=side), linger, otherwise), side=side))
    if not received or newest is None:
        return Verdict("linger-zero", ("unknown",), likely(CauseKind.CALL, None, linger, (otherwise,), decides))
    first = reason(Why.RST_UNREAD_LIKELY, p(newest.packet), side=side, received=received, packet=newest.packet,
                   delay_ns=max(0, line.time_ns - newest.arrived_ns))
    return Verdict("unread-data", ("linger-zero", "unknown"),
                   likely(CauseKind.CALL, None, first, (linger, otherwise), decides))


def _in_step(probes: Repeats, line: Line) -> bool:
    """Tell whether the reset came when the next probe was due, give or take a fifth (timers of minutes are coarse)."""
    if probes.first is None or probes.last is None or probes.times < 2:
        return False
    step = (probes.last.time_ns - probes.first.time_ns) // (probes.times - 1)
    return abs(line.time_ns - probes.last.time_ns - step) <= step // 5
