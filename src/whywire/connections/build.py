"""From the tracker's columns to one `Connection`: the scene is laid out, asked, and written down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from whywire.base.records import WireEvent
from whywire.base.seq import unwrap
from whywire.connections import kinds as k
from whywire.connections.beliefs import find_beliefs
from whywire.connections.causes import cause_of, data, notes
from whywire.connections.closing import find_closing
from whywire.connections.flows import ASSUMED, SIMULTANEOUS
from whywire.connections.history import history
from whywire.connections.model import Connection, End, Segment, Side
from whywire.connections.pauses import find_pauses
from whywire.connections.scene import (
    SIDES,
    EndFacts,
    Line,
    Scene,
    find_opening,
    is_scaling,
    is_simultaneous,
    lay_out,
)
from whywire.connections.states import NAMES, State
from whywire.connections.trace import Banks, Span
from whywire.connections.track import Tracker
from whywire.connections.vantage import UNKNOWN, contradicted, find_vantage
from whywire.connections.waits import bank_calls, find_waits
from whywire.packets import table as t
from whywire.packets.rows import MptcpReset

TIMESTAMPS_BYTES = 12
"""Ten bytes of option and two of padding in every segment (RFC 7323 appendix A)."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What `build` needs beside the tracker."""

    number: int
    """Index of the connection, from 0."""
    rows: list[int]
    span: Span
    banks: Banks
    view: str
    is_run: bool
    wire: Mapping[int, WireEvent]
    sacks: Mapping[int, tuple[tuple[int, int], ...]]
    """Packet number -> its SACK blocks, raw edges."""
    mptcp: Mapping[int, MptcpReset] = field(default_factory=dict)
    """Packet number of a reset -> what its MPTCP option says."""


def build(tracker: Tracker, parts: Parts, scene: Scene) -> Connection:
    """Return connection ``parts.number`` with its segments, pauses and waits, each with its cause."""
    states = {side: State(tracker.flows.state[2 * parts.number + i]) for i, side in enumerate(SIDES)}
    closing = find_closing(scene, states)
    pauses = find_pauses(scene)
    roles = tracker.connections.roles[parts.number]
    ends = [_end(tracker, parts, scene, i, states[side]) for i, side in enumerate(SIDES)]
    return Connection(
        number=parts.number + 1, client=ends[0], server=ends[1],
        roles="assumed" if roles == ASSUMED else "simultaneous" if roles == SIMULTANEOUS else "handshake",
        first_packet=scene.lines[0].packet, last_packet=scene.lines[-1].packet, packets=len(scene.lines),
        opening=scene.opening, closing=closing, history=history(scene.lines), segment_size=scene.segment_size,
        scaling=scene.scaling, vantage=scene.vantage,
        segments=tuple(_segment(tracker, line, scene) for line in scene.lines),
        pauses=pauses, waits=find_waits(scene), calls=bank_calls(scene.banks, scene.lines[0].time_ns),
        beliefs=find_beliefs(scene, closing, pauses),
    )


def lay_scene(tracker: Tracker, parts: Parts) -> Scene:
    """Return the connection laid out; its vantage point is the one that it shows by itself (see `vantage.agree`)."""
    lines, ends = lay_out(tracker, parts.number, parts.rows)
    for line in lines:
        if line.packet in parts.sacks:
            line.sack = _positions(tracker, line, parts)
    simultaneous = is_simultaneous(tracker, parts.number)
    opening = find_opening(lines, simultaneous)
    ttls = {side: next((tracker.table.ttl[line.row] for line in lines if line.sender is side), None) for side in SIDES}
    vantage = find_vantage(parts.view, parts.span.addresses, parts.span.hosts, opening, ttls)
    if contradicted(vantage, lines):
        vantage = UNKNOWN
    scene = Scene(
        number=parts.number + 1, lines=lines, ends=ends, view=parts.view, scaling=is_scaling(tracker, parts.number),
        segment_size=_segment_size(ends), opening=opening, banks=parts.banks, vantage=vantage,
        simultaneous=simultaneous, is_run=parts.is_run, wire=parts.wire,
        mptcp=parts.mptcp,
    )
    by_packet = {line.packet: line for line in lines}
    scene.offers = {side: {line.offered for line in lines if line.sender is side} for side in SIDES}
    for line in lines:
        if line.packet in parts.wire:
            scene.wired.setdefault(parts.wire[line.packet].frame, line.packet)
        if line.kinds & k.FIN and not line.kinds & k.CAPTURED_TWICE:
            scene.fin.setdefault(line.sender, line)
            bank = parts.banks.get(line.sender)
            if bank is not None and scene.fin[line.sender] is line:
                bank.forget_late_ends(line.time_ns)
        if line.step is None:
            continue
        for packet in line.step.segments:
            if by_packet[packet].end <= line.step.after:  # not where only a part of it was acknowledged
                scene.acked_by.setdefault(packet, line)
    return scene


def _positions(tracker: Tracker, line: Line, parts: Parts) -> tuple[tuple[int, int], ...]:
    """Return a packet's SACK blocks as positions of the peer's stream."""
    flow = 2 * parts.number + SIDES.index(line.sender.other)
    base = tracker.flows.base[flow]
    near = base + (line.ack or 0)
    return tuple((unwrap(left, near) - base, unwrap(right, near) - base) for left, right in parts.sacks[line.packet])


def _segment_size(ends: dict[Side, EndFacts]) -> int | None:
    """Return the payload of a full segment: the smaller MSS less the options that every segment carries."""
    sizes = [end.mss for end in ends.values() if end.mss is not None]
    if len(sizes) < 2:
        return None
    return min(sizes) - (TIMESTAMPS_BYTES if all(end.timestamps for end in ends.values()) else 0)


def _end(tracker: Tracker, parts: Parts, scene: Scene, index: int, state: State) -> End:
    side, flow, flows = SIDES[index], 2 * parts.number + index, tracker.flows
    facts, bank = scene.ends[side], scene.banks.get(side)
    hidden = not any(line.sender is side for line in scene.lines) and any(line.ack is not None for line in scene.lines)
    unseen = facts.isn is None and state in (State.ESTABLISHED, State.LISTEN)
    return End(
        endpoint=parts.span.client if index == 0 else parts.span.server, host=parts.span.hosts[side],
        program=bank.program if bank else None, isn=facts.isn, mss=facts.mss, window_scale=facts.window_scale,
        sack_permitted=facts.sack_permitted, timestamps=facts.timestamps, bytes=None if hidden else flows.bytes[flow],
        data_segments=None if hidden else flows.data_segments[flow], state="unknown" if unseen else NAMES[state],
    )


def _segment(tracker: Tracker, line: Line, scene: Scene) -> Segment:
    table, row = tracker.table, line.row
    present = table.present[row]
    carried = data.shares(line, scene)
    return Segment(
        packet=line.packet, sender=line.sender, time_ns=line.time_ns, arrival_ns=line.arrival_ns, lost=line.lost,
        flags=line.flags, seq=line.seq, ack=line.ack, length=line.length, raw_seq=table.seq[row],
        raw_ack=table.ack[row], window=line.window, window_scaled=line.scaled,
        mss=table.mss[row] if present & t.MSS else None,
        window_scale=table.window_scale[row] if present & t.WINDOW_SCALE else None,
        sack_permitted=bool(present & t.SACK_PERMITTED), ts_value=line.ts_value, ts_echo=line.ts_echo,
        kinds=k.words(line.kinds), cause=cause_of(line, scene, carried), ack_step=line.step, shares=carried,
        rtt_ns=line.rtt_ns, in_flight=line.in_flight, sack=line.sack, travelling=line.travelling,
        notes=notes(line, scene, carried),
    )
