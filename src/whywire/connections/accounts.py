"""`account`: from a decoded capture (and the calls of a run) to connections with a cause for every packet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from whywire.base.address import address, endpoint
from whywire.base.records import Call, WireEvent
from whywire.capture.run_meta import NOT_STARTED
from whywire.connections.build import Parts, build, lay_scene
from whywire.connections.flows import rows_of
from whywire.connections.model import Account, Connection, Program, RunFacts, Skipped
from whywire.connections.scene import SIDES
from whywire.connections.trace import Banks, Span, match
from whywire.connections.track import Tracker
from whywire.connections.vantage import UNKNOWN, agree
from whywire.packets.rows import first_time, last_time, mptcp_reset, sack_blocks, skipped, tcp_count
from whywire.packets.table import OTHER_OPTIONS, RST, SACK, Capture

if TYPE_CHECKING:
    from whywire.capture.run import RunFolder


def account(capture: Capture, run: RunFolder | None = None) -> Account:
    """Return everything that can be said about ``capture``; with ``run``, also by whose call each packet is there.

    Never raises for what a capture holds: what can't be decided is said to be so.
    """
    tracker = Tracker(capture.table)
    tracker.track()
    hosts = {} if run is None else {host.address: host.name for host in run.meta.hosts}
    spans = [_span(tracker, number, hosts) for number in range(tracker.count)]
    calls: tuple[Call, ...] = () if run is None else run.calls()
    banks, rest = match(calls, spans) if run is not None else ([{} for _ in spans], [])
    rows: list[list[int]] = [[] for _ in spans]
    for row, number in enumerate(tracker.rows.connection):
        if number >= 0:
            rows[number].append(row)
    parts = _parts(capture, dict(enumerate(rows)), spans, banks, run)
    return _account(capture, _connections(tracker, parts), run, tuple(rest))


def account_of(capture: Capture, tracker: Tracker, number: int) -> Account:
    """Return the account of one connection (``number`` from 1) of a capture that ``tracker`` has followed.

    What other connections show of the capture's vantage point is not looked at. Without connection ``number`` the
    account has none.
    """
    if not 1 <= number <= tracker.count:
        return replace(_account(capture, (), None, ()), others=tracker.count)
    return next(accounts_of(capture, tracker, {number: True}))


def accounts_of(capture: Capture, tracker: Tracker, numbers: Mapping[int, bool]) -> Iterator[Account]:
    """Yield the accounts of single connections, laid out one after the other.

    ``numbers``: from 1; True where what the connection shows of the capture's vantage point is to be believed.
    """
    whole = replace(_account(capture, (), None, ()), others=tracker.count - 1)
    for number, believed in numbers.items():
        index = number - 1
        first, last = tracker.connections.first_row[index], tracker.connections.last_row[index]
        rows = {index: rows_of(tracker.rows, index, first, last)}
        parts = _parts(capture, rows, {index: _span(tracker, index, {})}, {index: {}}, None)
        yield replace(whole, connections=_connections(tracker, parts, believed))


def _account(
    capture: Capture, connections: tuple[Connection, ...], run: RunFolder | None, rest: tuple[Call, ...]
) -> Account:
    table = capture.table
    first = first_time(table)
    return Account(
        name=capture.name, view=capture.view, packets=len(table), tcp_packets=tcp_count(table),
        skipped=tuple(Skipped(reason, count) for reason, count in skipped(table)),
        problems=(*capture.problems, *(run.problems if run is not None else ())), connections=connections,
        run=None if run is None else _facts(run), first_ns=None if first < 0 else first,
        last_ns=None if first < 0 else last_time(table), other_calls=rest,
    )


def _parts(
    capture: Capture, rows: Mapping[int, list[int]], spans: Mapping[int, Span] | Sequence[Span],
    banks: Mapping[int, Banks] | Sequence[Banks], run: RunFolder | None,
) -> list[Parts]:
    """Gather what each connection in ``rows`` is built from."""
    table = capture.table
    frames: dict[int, WireEvent] = {} if run is None else {event.frame: event for event in run.wire_events()}
    wire = {row + 1: frames[table.packet_id[row]] for row in range(len(table)) if table.packet_id[row] in frames} \
        if frames else {}
    every = [row for own in rows.values() for row in own]
    sacks = {row + 1: sack_blocks(capture, row) for row in every if table.present[row] & SACK}
    telling = {near for own in rows.values() for at, row in enumerate(own) if table.flags[row] & RST
               for near in own[max(0, at - 1):at + 1]}  # a reset, or what it may answer
    resets = ((row, mptcp_reset(capture, row)) for row in sorted(telling) if table.present[row] & OTHER_OPTIONS)
    mptcp = {row + 1: found for row, found in resets if found is not None}
    return [Parts(number, own, spans[number], banks[number], capture.view, run is not None, wire, sacks, mptcp)
            for number, own in rows.items()]


def _connections(tracker: Tracker, parts: list[Parts], believed: bool = True) -> tuple[Connection, ...]:
    scenes = [lay_scene(tracker, part) for part in parts]
    vantages = agree([scene.vantage for scene in scenes], [part.span.addresses for part in parts])
    if not believed:
        vantages = [UNKNOWN for _ in scenes]
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
