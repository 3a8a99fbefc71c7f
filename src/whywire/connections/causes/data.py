"""Why a segment with data is there: whose bytes it carries, and why they left when they did.

Whose bytes: certain from the trace by stream positions. Why then: Nagle as Linux does it (tcp_nagle_check, Minshall's
rule): a segment shorter than the segment size waits only while an earlier *short* one is unacknowledged.
"""

from __future__ import annotations

from bisect import bisect_left

from whywire.connections import kinds as k
from whywire.connections.causes.say import c, inferred, known, likely, p, reason
from whywire.connections.model import CallShare, Cause, CauseKind, Certainty, Reason
from whywire.connections.scene import Line, Scene
from whywire.connections.why import Why

HELD_NS = 500_000
"""Bytes that leave later than this after their call was made were held back."""
RELEASE_NS = 2_000_000
"""Held bytes leave within this time after the ACK that lets them go arrives (a busy machine included)."""
AT_ONCE_NS = 30_000
"""Without a trace: a held write leaves within microseconds after the ACK; a later write needs the program."""
ROOM_NS = 50_000
"""A program needs this long for its next write; an ACK that came sooner can't have found bytes waiting."""
SOONER_NS = 1_000_000
"""Seen from elsewhere, an ACK needs its way and the answer too; a handshake may have been slower by this much."""


def shares(line: Line, scene: Scene) -> tuple[CallShare, ...]:
    """Return which calls' bytes the segment carries; empty when the trace does not account for all of them."""
    bank = scene.banks.get(line.sender)
    if bank is None or not line.length or not bank.complete:
        return ()
    found = tuple(
        CallShare(call.number, max(start, line.data_start), min(end, line.data_end),
                  start >= line.data_start, end <= line.data_end)
        for call, start, end in bank.carried(line.data_start, line.data_end)
    )
    covered = sum(share.end - share.start for share in found)
    return found if covered == line.length else ()


def cause(line: Line, scene: Scene, carried: tuple[CallShare, ...]) -> Cause:
    """A program wrote these bytes; with a trace: which call."""
    if carried:
        return _traced(line, scene, carried)
    if line.kinds & k.OUT_OF_ORDER:
        return inferred(CauseKind.CALL, None, Why.DATA_WRITTEN, side=line.sender.value, bytes=line.length)
    release = _released_by(line, scene)
    if release is not None:
        delay = line.time_ns - release.arrived_ns
        return likely(
            CauseKind.CALL, None,
            reason(Why.MAYBE_NAGLE, p(release.packet), released=release.packet, delay_ns=delay),
            (reason(Why.MAYBE_LATER_WRITE, p(release.packet), released=release.packet),),
            reason(Why.DECIDE_CALLS, side=line.sender.value),
        )
    before = _previous_data(line, scene)
    if before is not None and _is_cut(before, scene):
        return inferred(CauseKind.CALL, None, Why.DATA_TAIL, side=line.sender.value, bytes=line.length)
    if _is_cut(line, scene) and not line.kinds & k.SUPER_SEGMENT:
        return inferred(CauseKind.CALL, None, Why.DATA_PIECE, side=line.sender.value, bytes=line.length)
    return inferred(CauseKind.CALL, None, Why.DATA_WRITTEN, side=line.sender.value, bytes=line.length)


def _traced(line: Line, scene: Scene, carried: tuple[CallShare, ...]) -> Cause:
    first = carried[0]
    if len(carried) > 1:
        calls = tuple(share.call for share in carried)
        return known(CauseKind.CALL, c(first.call), Why.DATA_MERGED, calls=calls, bytes=line.length)
    if first.first and first.last:
        return known(CauseKind.CALL, c(first.call), Why.DATA_CALL, call=first.call, bytes=line.length)
    sent = scene.banks[line.sender].send(first.call)
    assert sent is not None
    call, start, end = sent
    parts = scene.carriers(line.sender).parts(start, end)
    return known(
        CauseKind.CALL, c(first.call), Why.DATA_SPLIT, call=first.call, bytes=line.length,
        part=parts.get(line.packet), parts=len(parts),
        total=None if call.byte_count is None else end - start, segment_size=scene.segment_size,
    )


def _previous_data(line: Line, scene: Scene) -> Line | None:
    return scene.past.data_ending(line)


def _is_short(line: Line, scene: Scene) -> bool:
    """Tell whether a segment is shorter than a full one: the segment size, or half of the largest window the peer has
    offered by then, to which Linux cuts segments (tcp_bound_to_half_wnd())."""
    if scene.segment_size is None or not line.length:
        return False
    return line.length < min(scene.segment_size, max(line.offered // 2, 1))


def _is_cut(line: Line, scene: Scene) -> bool:
    """Tell whether a kernel cut this segment out of a longer stream: it is full (the segment size, or half of the
    largest window that was offered until some time before: tcp_bound_to_half_wnd()), or fills the peer's window."""
    if line.kinds & k.WINDOW_FULL or (scene.segment_size is not None and line.length >= scene.segment_size):
        return True
    return line.length > 0 and 2 * line.length in scene.offers[line.sender]


def _released_by(line: Line, scene: Scene) -> Line | None:
    """Without a trace: the ACK of an earlier short segment after which this short one left at once, if so."""
    before, release = _previous_data(line, scene), line.last_heard
    if before is None or release is None or release.step is None or not release.is_pure_ack():
        return None
    if not release.step.names(before.packet) or _beyond_window(line, scene, release):
        return None
    if not (_is_short(line, scene) and _is_short(before, scene)):
        return None
    earlier = _previous_data(before, scene)
    if earlier is not None and earlier.length == before.length:
        return None  # pieces of one size: a kernel cuts so, and nothing says that the last of them was short
    if scene.is_local(line.sender):
        at_once = line.time_ns - release.arrived_ns <= AT_ONCE_NS
        return release if at_once and release.arrived_ns - before.time_ns >= ROOM_NS else None
    trip = scene.round_trip_ns()  # seen from the other end, a held write follows its ACK after one round trip
    after = line.time_ns - release.arrived_ns
    return release if scene.way_ns(line.sender) - SOONER_NS <= after <= trip * 3 // 2 and trip else None


# ---- why it left only then ----


def held(line: Line, scene: Scene, carried: tuple[CallShare, ...]) -> Reason | None:
    """Return why the bytes left later than their call was made; None when they left at once, or nothing shows why."""
    bank = scene.banks.get(line.sender)
    if bank is None:
        return _held_untraced(line, scene)
    if not carried or not scene.is_local(line.sender) or line.first_copy is not None:
        return None
    sent = bank.send(carried[0].call)
    assert sent is not None
    made = sent[0]
    held_ns = line.time_ns - made.start_ns
    release = line.last_heard
    if held_ns < HELD_NS or release is None or release.ack is None or release.arrived_ns < made.start_ns:
        return None
    delay = line.time_ns - release.arrived_ns
    if delay > RELEASE_NS:
        return None
    waiting = _short_unacknowledged(line, scene, made.start_ns)
    if waiting is not None and _is_short(line, scene) and not bank.no_delay(made.start_ns):
        if release.step is None or not release.step.names(waiting.packet):
            return None
        return reason(Why.HELD_NAGLE, p(waiting.packet), p(release.packet), certainty=Certainty.INFERRED,
                      held_ns=held_ns, unacked=waiting.packet, released=release.packet, delay_ns=delay)
    return _held_by_window(line, scene, release)


def _held_untraced(line: Line, scene: Scene) -> Reason | None:
    """Return, without a trace, that a window which opened let these bytes go: it had no room for them before.

    A kernel probes a closed window only when it has something to send: after a probe they had been written before.
    """
    release, before = line.last_heard, _previous_data(line, scene)
    if not line.length or line.first_copy is not None or line.kinds & k.ZERO_WINDOW_PROBE or before is None \
            or release is None or not release.kinds & k.WINDOW_UPDATE or not _beyond_window(line, scene, release):
        return None
    soon = RELEASE_NS if scene.is_local(line.sender) else scene.round_trip_ns() * 3 // 2
    if line.time_ns - release.arrived_ns > soon:
        return None
    probe = scene.past.probed(line)
    probed = probe is not None and before.index < probe.index < release.index
    return reason(Why.HELD_WINDOW, p(release.packet), certainty=Certainty.INFERRED if probed else Certainty.LIKELY,
                  released=release.packet)


def _short_unacknowledged(line: Line, scene: Scene, time_ns: int) -> Line | None:
    """Return the newest short segment of the same side that was sent and not yet acknowledged at ``time_ns``."""
    shorts = scene.shorts.get(line.sender)
    if shorts is None:
        shorts = scene.shorts[line.sender] = [x for x in scene.lines if x.sender is line.sender and _is_short(x, scene)]
    at = bisect_left(shorts, line.index, key=lambda x: x.index) - 1
    if at < 0:
        return None
    acked = scene.acked_by.get(shorts[at].packet)
    return shorts[at] if acked is None or acked.arrived_ns > time_ns else None


def _held_by_window(line: Line, scene: Scene, release: Line) -> Reason | None:
    """Return which limit the ACK lifted: the peer's window, or else the sender's own (congestion window, buffer)."""
    beyond = _beyond_window(line, scene, release)
    if beyond:
        return reason(Why.HELD_WINDOW, p(release.packet), certainty=Certainty.INFERRED, released=release.packet)
    if release.step is None or beyond is None:
        return None
    return reason(Why.HELD_CONGESTION, p(release.packet), certainty=Certainty.LIKELY, released=release.packet)


def _beyond_window(line: Line, scene: Scene, release: Line) -> bool | None:
    """Tell whether the segment had no room in the window that was announced before ``release``; None: not known."""
    previous = scene.past.scaled(release)
    if previous is None or previous.ack is None:
        return None
    return line.data_end > previous.ack + previous.window
