"""The two views of a run: merged (one row a frame, from its sender) and one host's file as it stands.

Each host's file holds the frames it sent (outbound) and those that reached it (inbound). The wire gave each frame a
number that both copies carry, the pcapng packet id; so a frame's two copies are one packet with two times.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from whywire.base.errors import WhywireError
from whywire.capture.block import INBOUND, NO_PACKETS, OUTBOUND, FrameSource
from whywire.packets.decode import decode_capture, decode_into
from whywire.packets.table import ARRIVAL, LOST, PACKET_ID, TRAVELLING, Capture, PacketTable

if TYPE_CHECKING:
    from whywire.capture.run import RunFolder


def open_view(run: RunFolder, at: str | None = None) -> Capture:
    """Open a run folder's merged view, or the one of host ``at``.

    Raises WhywireError for a host that the run has not, or when none of its captures can be read; one of
    several that can't be is a problem of the view.
    """
    from whywire.capture.opening import open_capture

    if at is not None:
        path = run.capture_paths.get(at)
        if path is None:
            hosts = ", ".join(run.capture_paths)
            raise WhywireError(f"the run {run.name} has no capture of host {at!r}", f"it has: {hosts}")
        return decode_capture(open_capture(path, host=at), run.name, f"at {at}")
    sources: dict[str, FrameSource] = {}
    unread: list[WhywireError] = []
    for host, path in run.capture_paths.items():
        try:
            sources[host] = open_capture(path, host=host)
        except WhywireError as error:
            unread.append(error)
    if not sources:
        raise unread[0]
    gone = {event.frame for event in run.wire_events() if event.kind in ("dropped", "overflow")}
    capture = merge_run(run.name, sources, gone, wire_tells=run.meta.delay_ns is not None)
    return capture._replace(problems=(*(error.what for error in unread), *capture.problems))


def merge_run(
    name: str, sources: Mapping[str, FrameSource], gone: Collection[int] = (), *, wire_tells: bool = False
) -> Capture:
    """Return the merged view of a run's hosts: one row a frame, by the time it was sent (ties: packet id).

    ``gone`` holds the numbers of frames that the wire is known to have dropped: they are LOST. ``wire_tells``: the
    lab's own wire recorded the run, and it names every frame that it drops; so any other one that did not arrive was
    TRAVELLING when the recording stopped (a long delay, or a queue in front of a slow link). Without that a frame
    counts as LOST when it was sent long enough before the last one was seen, else as TRAVELLING.
    A frame of which only the receiver's copy is there keeps a row of its own, at the time it arrived.
    """
    table = PacketTable()
    problems: list[str] = []
    for file, (host, source) in enumerate(sources.items()):
        decode_into(table, source, file)
        problems += [f"{host}: {problem.what}" for problem in source.problems if problem.what != NO_PACKETS]
    kept = _match(table)
    if len(sources) > 1:
        _mark_missing(table, kept, gone, wire_tells)
    kept.sort(key=lambda row: (table.time_ns[row], table.packet_id[row], row))
    return Capture(name, "merged", table.take(kept), tuple(problems), tuple(sources.values()))


def _match(table: PacketTable) -> list[int]:
    """Give each sent row its arrival; return the rows that stay: all but the receivers' copies of sent ones."""
    sent: dict[int, int] = {}
    for row in range(len(table)):
        if table.direction[row] == OUTBOUND and table.present[row] & PACKET_ID:
            sent.setdefault(table.packet_id[row], row)
    kept: list[int] = []
    receivers: dict[int, int] = {}
    for row in range(len(table)):
        if table.direction[row] != INBOUND or not table.present[row] & PACKET_ID:
            kept.append(row)
            continue
        sender = sent.get(table.packet_id[row], -1)
        if sender >= 0 and receivers.setdefault(sender, table.file[row]) != table.file[row]:
            continue  # a broadcast that reached a second host
        if sender < 0 or table.file[sender] == table.file[row] or table.present[sender] & ARRIVAL:
            sender = row
            kept.append(row)
        table.arrival_ns[sender] = table.time_ns[row]
        table.present[sender] |= ARRIVAL
    return kept


def _mark_missing(table: PacketTable, kept: list[int], gone: Collection[int], wire_tells: bool) -> None:
    """Set LOST or TRAVELLING where a sent frame has no arrival."""
    arrived = [row for row in kept if table.present[row] & ARRIVAL]
    longest = max((table.arrival_ns[row] - table.time_ns[row] for row in arrived), default=0)
    last = max(table.time_ns, default=0)
    for row in kept:
        if table.direction[row] != OUTBOUND or not table.present[row] & PACKET_ID or table.present[row] & ARRIVAL:
            continue
        lost = table.packet_id[row] in gone or (not wire_tells and table.time_ns[row] + longest < last)
        table.present[row] |= LOST if lost else TRAVELLING
