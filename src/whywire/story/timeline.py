"""The picture of a connection: packets, calls and pauses in the order of time."""

from __future__ import annotations

from itertools import pairwise

from whywire.base.times import duration
from whywire.connections.model import Connection, Side
from whywire.connections.why import Why
from whywire.story.calls import call_rows
from whywire.story.document import CallRow, Gap, PacketRow, Row, Timeline
from whywire.story.folding import fold
from whywire.story.packet import packet_row
from whywire.story.roles import Roles
from whywire.story.teller import Teller
from whywire.story.words import chapter
from whywire.story.words.language import fill

FINE_NS = 50_000
"""Two packets closer than this need microseconds in the time column."""
SECONDS_NS = 100_000_000_000


def timeline(teller: Teller, connection: Connection, *, all_packets: bool) -> Timeline:
    """Return a connection's picture; runs of like packets are folded unless ``all_packets``."""
    start = connection.segments[0].time_ns if connection.segments else 0
    unit, digits = _scale(connection, teller.merged)
    rows = _merge(teller, connection, start)
    if not all_packets:
        rows = fold(teller, connection, rows)
    legend = [fill(chapter.LEGEND_KNOWN if teller.traced else chapter.LEGEND_INFERRED, {})]
    if teller.first_time("legend"):
        legend.append(fill(chapter.LEGEND_MERGED if teller.merged else chapter.LEGEND_TIMES, {"unit": unit}))
        legend.append(fill(chapter.LEGEND_RELATIVE, {}))
    else:
        legend = []
    left, right = (_lane(connection, side, teller.roles) for side in Side)
    return Timeline(connection, left, right, unit, digits, teller.merged, teller.unmarked, " ".join(legend),
                    tuple(rows))


def _lane(connection: Connection, side: Side, roles: Roles | None) -> str:
    """Return the title of a life line: its side, and its program or its role."""
    program = connection.end(side).program
    role = roles.title(connection.number, side) if roles and not program else None
    return fill(chapter.LANE, {"side": side.value, "program": program, "role": role})


def _scale(connection: Connection, merged: bool) -> tuple[str, int]:
    times = [segment.time_ns for segment in connection.segments]
    fine = any(later - earlier < FINE_NS for earlier, later in pairwise(times))
    if times and times[-1] - times[0] >= SECONDS_NS:
        return "s", 3
    return "ms", 3 if fine and not merged else 1


def _merge(teller: Teller, connection: Connection, start: int) -> list[Row]:
    senders = {segment.packet: segment.sender for segment in connection.segments}
    gaps = {pause.before: Gap(pause, duration(pause.length_ns), teller.cause(pause.cause, senders[pause.before]))
            for pause in connection.pauses if pause.before in senders}
    told = frozenset(
        gap.pause.cause.ref.number for gap in gaps.values()
        if gap.pause.cause.reason.why is Why.PAUSE_SLEEP and gap.pause.cause.ref is not None
    )
    calls = sorted(call_rows(teller, connection, start, told), key=lambda row: row.time_ns)
    rows: list[Row] = []
    at = 0
    for segment in connection.segments:
        gap = gaps.get(segment.packet)
        row = packet_row(teller, segment, start, brief=True)
        gap_at = None if gap is None else gap.pause.start_ns - start
        while at < len(calls) and calls[at].time_ns <= row.time_ns:
            if gap is not None and gap_at is not None and calls[at].time_ns > gap_at:
                rows.append(gap)
                gap = None
            rows.append(calls[at])
            at += 1
        if gap is not None:
            rows.append(gap)
        rows.append(row)
    rows.extend(calls[at:])
    return rows


def packets_of(rows: tuple[Row, ...]) -> list[PacketRow]:
    """Return every packet row, also those inside folds."""
    found: list[PacketRow] = []
    for row in rows:
        if isinstance(row, PacketRow):
            found.append(row)
        elif not isinstance(row, CallRow | Gap):
            found.extend(inner for inner in row.rows if isinstance(inner, PacketRow))
    return found
