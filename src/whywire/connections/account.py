"""`account`: from a decoded capture (and the calls of a run) to connections with a cause for every packet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from whywire.base.address import address, endpoint
from whywire.base.records import Call, WireEvent
from whywire.capture.run_meta import NOT_STARTED
from whywire.connections.build import Parts, build, lay_scene
from whywire.connections.model import Account, Connection, Program, RunFacts, Skipped
from whywire.connections.scene import SIDES
from whywire.connections.trace import Banks, Span, match
from whywire.connections.track import Tracker
from whywire.connections.vantage import agree
from whywire.packets.rows import mptcp_reset, sack_blocks, skipped
from whywire.packets.table import OTHER_OPTIONS, RST, SACK, TCP, TIME, Capture

if TYPE_CHECKING:
    from whywire.capture.run import RunFolder


def account(capture: Capture, run: RunFolder | None = None) -> Account:
    """Return everything that can be said about ``capture``; with ``run``, also by whose call each packet is there.

    Never raises for what a capture holds: what can't be decided is said to be so.
    """
    table = capture.table
    tracker = Tracker(table)
    tracker.track()
    hosts = {} if run is None else {host.address: host.name for host in run.meta.hosts}
    spans = [_span(tracker, number, hosts) for number in range(tracker.count)]
    calls: tuple[Call, ...] = () if run is None else run.calls()
    banks, rest = match(calls, spans) if run is not None else ([{} for _ in spans], [])
    times = [table.time_ns[row] for row in range(len(table)) if table.present[row] & TIME]
    problems = (*capture.problems, *(run.problems if run is not None else ()))
    return Account(
        name=capture.name, view=capture.view, packets=len(table),
        tcp_packets=sum(1 for present in table.present if present & TCP),
        skipped=tuple(Skipped(reason, count) for reason, count in skipped(table)),
        problems=problems, connections=_connections(capture, tracker, spans, banks, run),
        run=None if run is None else _facts(run), first_ns=min(times, default=None),
        last_ns=max(times, default=None), other_calls=tuple(rest),
    )


def _connections(
    capture: Capture, tracker: Tracker, spans: Sequence[Span], banks: Sequence[Banks], run: RunFolder | None
) -> tuple[Connection, ...]:
    table = capture.table
    rows: list[list[int]] = [[] for _ in spans]
    for row, number in enumerate(tracker.rows.connection):
        if number >= 0:
            rows[number].append(row)
    frames: dict[int, WireEvent] = {} if run is None else {event.frame: event for event in run.wire_events()}
    wire = {row + 1: frames[table.packet_id[row]] for row in range(len(table)) if table.packet_id[row] in frames} \
        if frames else {}
    sacks = {row + 1: sack_blocks(capture, row) for row in range(len(table)) if table.present[row] & SACK}
    resets = ((row, mptcp_reset(capture, row)) for row in range(len(table))
              if table.flags[row] & RST and table.present[row] & OTHER_OPTIONS)
    mptcp = {row + 1: found for row, found in resets if found is not None}
    parts = [Parts(number, rows[number], span, banks[number], capture.view, run is not None, wire, sacks, mptcp)
             for number, span in enumerate(spans)]
    scenes = [lay_scene(tracker, part) for part in parts]
    vantages = agree([scene.vantage for scene in scenes], [span.addresses for span in spans])
    for scene, vantage in zip(scenes, vantages, strict=True):
        scene.vantage = vantage
    return tuple(build(tracker, part, scene) for part, scene in zip(parts, scenes, strict=True))


def _span(tracker: Tracker, number: int, hosts: dict[str, str]) -> Span:
    """Return the ends of a connection (as text) and the hosts of the lab behind them."""
    table = tracker.table
    first, last = tracker.connections.first_row[number], tracker.connections.last_row[number]
    client = tracker.client(number)
    source = (table.source[first], table.source_port[first])
    destination = (table.destination[first], table.destination_port[first])
    server = destination if source == client else source
    ends = [(table.addresses[where], port) for where, port in (client, server)]
    names = {side: hosts.get(address(end[0])) for side, end in zip(SIDES, ends, strict=True)}
    return Span(endpoint(*ends[0]), endpoint(*ends[1]), names, table.time_ns[first], table.time_ns[last],
                (ends[0][0], ends[1][0]))


def _facts(run: RunFolder) -> RunFacts:
    meta = run.meta
    addresses = {host.name: host.address for host in meta.hosts}
    programs = tuple(
        Program(each.host, addresses.get(each.host, ""), each.command, each.name, each.exit_code, each.signal,
                run.output(each), each.how != NOT_STARTED)
        for each in meta.programs
    )
    return RunFacts(meta.name, meta.title, programs, meta.delay_ns, meta.rate_bits, meta.ended, meta.tier, meta.notes)
