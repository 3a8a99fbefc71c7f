"""What the page shows beside the words: single packets with their bytes, calls, the programs' files, rules.

`choose` says which packets are worth that; whoever has the files fetches their `Frame`s and the `SourceFile`s,
and `detailed` joins them with what the account knows. Bytes and text come in as arguments.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from whywire.connections.model import Account, Connection, Segment, Side
from whywire.findings.registry import rules
from whywire.findings.rule import Finding, Rule
from whywire.packets.fields import Layer
from whywire.story.calls import call_rows
from whywire.story.document import CallRow, Item, PacketRow, Statement, Story
from whywire.story.packet import packet_row
from whywire.story.page import further, raw_text, reasons, window_text
from whywire.story.teller import Teller

MOST = 2_500
"""Packets that a page tells in full, unless its reader asks for another number."""
FIRST, LAST, AROUND = 300, 100, 4
"""Of a connection that is too long: its beginning, its end, and so many packets around each finding."""
MOST_CALLS = 3_000
"""Of one connection."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A packet's bytes, as far as they are shown, and its headers."""

    data: bytes
    captured: int
    """Bytes in the file; ``data`` may hold fewer."""
    original: int
    """Bytes on the wire."""
    layers: tuple[Layer, ...]


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A program's file as it was when it ran, or the parts of it that matter."""

    host: str
    file: str
    lines: tuple[tuple[int, str], ...]
    """Line number and text."""


@dataclass(frozen=True, slots=True)
class Book:
    """The bookkeeping of one side: the next number it will send, and the next that its peer expects. None: unknown."""

    sent: int | None
    acknowledged: int | None


@dataclass(frozen=True, slots=True)
class PacketDetail:
    """One packet in full."""

    row: PacketRow
    reasons: tuple[Item, ...]
    """The reason at length, the other readings, how sure it is, the calls, what else is to be seen."""
    before: Mapping[Side, Book]
    after: Mapping[Side, Book]
    raw: str
    window: str
    frame: Frame | None


@dataclass(frozen=True, slots=True)
class PauseDetail:
    """A silence, with its reason in words."""

    start_ns: int
    """Since the connection's first packet."""
    end_ns: int
    why: Statement


@dataclass(frozen=True, slots=True)
class ConnectionDetail:
    """A connection whose packets are told one by one, all of them or those that were chosen."""

    connection: Connection
    packets: tuple[PacketDetail, ...]
    left_out: int
    calls: tuple[CallRow, ...]
    """By start, each call once."""
    pauses: tuple[PauseDetail, ...]


@dataclass(frozen=True, slots=True)
class Detail:
    """All of it."""

    connections: tuple[ConnectionDetail, ...]
    sources: tuple[SourceFile, ...]
    rules: tuple[Rule, ...]
    """Those that fired, by code."""


def choose(
    account: Account, findings: Iterable[Finding] = (), most: int = MOST, only: int | None = None
) -> dict[int, tuple[int, ...]]:
    """Return which packets are told in full: connection number -> packet numbers, by connection.

    All, where they are not more than ``most``; else the connections with the worst findings first, then those with
    the most packets, as many as fit; of one that is too long its beginning, its end and what is around its findings.
    ``only``: the number of the one connection that is wanted.
    """
    wanted = [each for each in account.connections if only is None or each.number == only]
    seen: dict[int, list[Finding]] = {}
    for finding in findings:
        if finding.connection is not None:
            seen.setdefault(finding.connection, []).append(finding)
    worst = {number: max(finding.level for finding in found) for number, found in seen.items()}
    wanted.sort(key=lambda each: (-worst.get(each.number, 0), -len(each.segments), each.number))
    chosen: dict[int, tuple[int, ...]] = {}
    left = most
    everything = sum(len(each.segments) for each in wanted) <= most
    for each in wanted:
        share = left if everything or len(wanted) == 1 else max(most // 2, FIRST + LAST)
        numbers = _part(each, seen.get(each.number, ()), min(left, share))
        if numbers:
            chosen[each.number] = numbers
            left -= len(numbers)
    return dict(sorted(chosen.items()))


def _part(connection: Connection, findings: Iterable[Finding], most: int) -> tuple[int, ...]:
    """Return the packets of a connection that are told; none where there is no room for a part that says something."""
    numbers = [segment.packet for segment in connection.segments]
    if len(numbers) <= most:
        return tuple(numbers)
    if most < FIRST + LAST:
        return ()
    chosen = {*range(FIRST), *range(len(numbers) - LAST, len(numbers))}
    place = {number: at for at, number in enumerate(numbers)}
    for finding in sorted(findings, key=lambda finding: -finding.level):
        at = place.get(finding.packet or 0)
        around = set() if at is None else set(range(max(0, at - AROUND), min(len(numbers), at + AROUND + 1)))
        if len(chosen | around) <= most:
            chosen |= around
    return tuple(numbers[at] for at in sorted(chosen))


def detailed(
    story: Story, chosen: Mapping[int, Iterable[int]], frames: Mapping[int, Frame] | None = None,
    sources: Iterable[SourceFile] = (),
) -> Detail:
    """Return the details of the chosen packets. ``frames``: by packet number; a packet without one has no bytes."""
    teller = Teller(story.account, story.calls)
    by_number = {connection.number: connection for connection in story.account.connections}
    fired = {finding.code for finding in story.findings or ()}
    return Detail(
        tuple(_connection(teller, by_number[number], frozenset(packets), frames or {})
              for number, packets in chosen.items()),
        tuple(sources), tuple(rule for rule in rules() if rule.code in fired) if fired else ())


def _connection(
    teller: Teller, connection: Connection, chosen: frozenset[int], frames: Mapping[int, Frame]
) -> ConnectionDetail:
    start = connection.segments[0].time_ns if connection.segments else 0
    packets = tuple(_packets(teller, connection, chosen, frames, start))
    senders = {segment.packet: segment.sender for segment in connection.segments}
    rows = {row.call.number: row for row in call_rows(teller, connection, start, frozenset())}
    pauses = tuple(PauseDetail(pause.start_ns - start, pause.end_ns - start,
                               teller.cause(pause.cause, senders[pause.before]))
                   for pause in connection.pauses if pause.before in senders)
    calls = _calls(sorted(rows.values(), key=lambda row: (row.call.start_ns, row.call.number)), connection, packets)
    return ConnectionDetail(connection, packets, len(connection.segments) - len(packets), tuple(calls), pauses)


def _calls(rows: list[CallRow], connection: Connection, packets: tuple[PacketDetail, ...]) -> list[CallRow]:
    """Return the calls that are shown: those that packets name and, where there are not too many, those around them."""
    if len(packets) == len(connection.segments) and len(rows) <= MOST_CALLS:
        return rows
    told = [packet.row.segment for packet in packets]
    numbers = {segment.packet for segment in told}
    named = {share.call for segment in told for share in segment.shares}
    named |= {ref.number for segment in told for ref in (segment.cause.ref, *segment.cause.reason.refs)
              if ref is not None and ref.kind == "k"}
    named |= {wait.call for wait in connection.waits
              if any(ref.kind == "p" and ref.number in numbers for ref in wait.cause.reason.refs)}
    spans = _spans(connection, numbers)
    starts = [first for first, _ in spans]

    def near(time_ns: int) -> bool:
        at = bisect_right(starts, time_ns) - 1
        return at >= 0 and time_ns <= spans[at][1]

    return [row for row in rows if row.call.number in named or near(row.call.start_ns)][:MOST_CALLS]


def _spans(connection: Connection, numbers: set[int]) -> list[tuple[int, int]]:
    """Return from when to when packets are told without one left out."""
    found: list[tuple[int, int]] = []
    follows = False
    for segment in connection.segments:
        if segment.packet in numbers:
            found.append((found.pop()[0] if follows else segment.time_ns, segment.time_ns))
        follows = segment.packet in numbers
    return found


def _packets(
    teller: Teller, connection: Connection, chosen: frozenset[int], frames: Mapping[int, Frame], start: int
) -> Iterator[PacketDetail]:
    book = {side: Book(None, None) for side in Side}
    for segment in connection.segments:
        before, book = book, _booked(book, segment)
        if segment.packet in chosen:
            yield PacketDetail(
                packet_row(teller, segment, start, brief=True), reasons(teller, segment).items, before, book,
                raw_text(connection, segment), window_text(connection, segment), frames.get(segment.packet))


def _booked(book: dict[Side, Book], segment: Segment) -> dict[Side, Book]:
    """Return the bookkeeping after a segment; one that is not acceptable changes nothing (RFC 9293 3.10.7.4)."""
    if "not-acceptable" in segment.kinds:
        return book
    own, peer = book[segment.sender], book[segment.sender.other]
    own = Book(further(own.sent, segment.next_seq), own.acknowledged)
    if segment.ack is not None:
        peer = Book(peer.sent, further(peer.acknowledged, segment.ack))
    return {segment.sender: own, segment.sender.other: peer}
