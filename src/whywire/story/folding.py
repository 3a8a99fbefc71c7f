"""Runs of like packets, told as one row: full segments in a row, ACKs in a row, a bulk transfer with its ACKs."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from whywire.connections.model import CauseKind, Certainty, Connection, Side
from whywire.connections.why import Why
from whywire.packets.table import FIN, RST, SYN
from whywire.story.calls import AT_RETURN, SENDING
from whywire.story.document import CallRow, Fold, PacketRow, Row, Statement
from whywire.story.packet import ack_sum
from whywire.story.teller import Teller, weakest
from whywire.story.values import byte_count, call_list, segment_count
from whywire.story.words import chapter
from whywire.story.words.language import fill, plural

LEAST = 3
"""So many like packets in a row are worth a fold."""
LEAST_BULK = 8
LARGE = 1000
"""Bytes a segment carries on average in what is called a bulk transfer."""
ORDINARY = frozenset(("data", "ack", "super-segment"))
WINDOWS = frozenset(("window-full", "window-update"))
TOLD = 4
"""So many packets that fill or move a window keep their own rows; a long transfer has thousands."""
QUIET = frozenset((Why.ACK_PIGGYBACK, Why.WINDOW_SHRANK, Why.WINDOW_REOPENED, Why.SUPER_SEGMENT, Why.WINDOW_FILLED))
KEPT = frozenset((Why.SUPER_SEGMENT, Why.WINDOW_FILLED))
HELD = frozenset(chapter.FOLD_HELD)
"""Waits that a long transfer has thousands of; the first `TOLD` keep their rows."""
ANSWERS = frozenset((Why.RST_LATE_DATA, Why.RST_CONNECTION_GONE))
"""Resets that a kernel sends one by one, an answer to each segment."""
OF_ONE_STREAM = frozenset((Why.DATA_SPLIT, Why.DATA_WRITTEN, Why.DATA_PIECE, Why.DATA_TAIL, Why.DATA_MERGED))


def fold(teller: Teller, connection: Connection, rows: list[Row]) -> list[Row]:
    """Return the rows with runs of like packets folded."""
    often = _often(rows)
    return _like(teller, connection, _bulk(teller, rows, often), often)


def _often(rows: list[Row]) -> frozenset[int]:
    """Return the packets that are ordinary by now: what they show has been told of several before them."""
    windows = [row.segment.packet for row in rows if isinstance(row, PacketRow) and WINDOWS & set(row.segment.kinds)]
    held = [row.segment.packet for row in rows if isinstance(row, PacketRow) and HELD & _notes(row)]
    return frozenset((*windows[TOLD:], *held[TOLD:])) - frozenset(windows[:TOLD])


def _notes(row: PacketRow) -> set[Why]:
    return {note.reason.why for note in row.notes if note.reason is not None}


def _foldable(row: Row, often: frozenset[int]) -> bool:
    if not isinstance(row, PacketRow):
        return False
    segment = row.segment
    if segment.flags & RST:
        return segment.cause.reason.why in ANSWERS and not row.why.others and not segment.lost
    step = segment.ack_step
    if step is not None and (step.syn or step.fin):
        return False
    return (not segment.flags & (SYN | FIN) and not segment.lost
            and (ORDINARY.issuperset(segment.kinds)
                 or (segment.packet in often and (ORDINARY | WINDOWS).issuperset(segment.kinds)))
            and segment.cause.certainty is not Certainty.ARTEFACT
            and not row.why.others and segment.cause.kind is not CauseKind.TIMER
            and all(note.reason is not None for note in row.notes)
            and _notes(row) <= (QUIET | HELD if segment.packet in often else QUIET))


def _like(teller: Teller, connection: Connection, rows: list[Row], often: frozenset[int]) -> list[Row]:
    out: list[Row] = []
    run: list[PacketRow] = []
    for row in [*rows, None]:
        if isinstance(row, PacketRow) and _foldable(row, often):
            if run and not _goes_on(run, row):
                out.extend(_close(teller, connection, run))
                run = []
            run.append(row)
            continue
        out.extend(_close(teller, connection, run))
        run = []
        if row is not None:
            out.append(row)
    return out


def _goes_on(run: list[PacketRow], row: PacketRow) -> bool:
    last, first = run[-1].segment, run[0].segment
    segment = row.segment
    if segment.sender is not last.sender or bool(segment.length) != bool(last.length):
        return False
    if (segment.flags | last.flags) & RST:
        same = segment.cause.reason.why is last.cause.reason.why and row.why.certainty == run[-1].why.certainty
        return same and bool(segment.flags & last.flags & RST)
    if not segment.length:
        return segment.ack_step is not None
    if {last.cause.reason.why, segment.cause.reason.why} - OF_ONE_STREAM:
        return False
    return last.length == first.length and segment.length <= first.length


def _close(teller: Teller, connection: Connection, run: list[PacketRow]) -> list[Row]:
    if len(run) < LEAST:
        return list(run)
    if run[0].segment.flags & RST:
        return [run[0], *_close_resets(run[1:])]
    if run[0].segment.length:
        return [_data_fold(teller, connection, run)]
    return [_ack_fold(run)]


def _close_resets(run: list[PacketRow]) -> list[Row]:
    """The first of several resets keeps its row; the others are told as the same again."""
    if len(run) < LEAST - 1:
        return list(run)
    answered = [row.segment.cause.ref.number for row in run if row.segment.cause.ref is not None]
    packets = f"{min(answered)} to {max(answered)}" if answered else None
    return [_fold(run, run[0].side, plural("{n} RST", "{n} RST", len(run)), "",
                  fill(chapter.FOLD_RESETS, {"packets": packets}))]


def _data_fold(teller: Teller, connection: Connection, run: list[PacketRow]) -> Fold:
    total = sum(row.segment.length for row in run)
    what = fill(chapter.FOLD_SEGMENTS, {"bytes": byte_count(total), "segments": segment_count(len(run))})
    parts = [_sizes(run)]
    parts += [ack_sum(row.segment.ack_step) for row in run if row.segment.ack_step is not None]
    full = run[0].segment.length
    if full == connection.segment_size and teller.first_time("full segment"):
        parts.append(fill(chapter.FOLD_SIZE_ONCE, {"size": byte_count(full)}))
    return _fold(run, run[0].side, what, " ".join(parts), _written(teller, run))


def _sizes(run: list[PacketRow]) -> str:
    groups: list[list[int]] = []
    for row in run:
        if groups and groups[-1][0] == row.segment.length:
            groups[-1][1] += 1
        else:
            groups.append([row.segment.length, 1])
    sizes = " + ".join(f"{size:,}" if count == 1 else f"{count} x {size:,}" for size, count in groups)
    return fill(chapter.FOLD_SIZES, {"sizes": sizes})


def _written(teller: Teller, run: list[PacketRow]) -> str:
    shares = [share for row in run for share in row.segment.shares]
    calls = {share.call: teller.calls[share.call] for share in shares if share.call in teller.calls}
    if calls:
        message = chapter.FOLD_ONE_CALL if len(calls) == 1 else chapter.FOLD_CALLS
        text = call_list(list(calls.values()))
        return fill(message, {"call": text, "calls": text})
    return fill(chapter.FOLD_PROGRAM, {"sender": run[0].side.value})


def _ack_fold(run: list[PacketRow]) -> Fold:
    what = plural("{n} ACK", "{n} ACKs", len(run))
    sender = run[0].side.value
    steps = [row.segment.ack_step for row in run]
    first, last = steps[0], steps[-1]
    if first is not None and last is not None:
        text = fill(chapter.FOLD_ACKS, {"sender": sender, "after": str(last.after), "before": str(first.before),
                                        "data": f"{last.after - first.before:,}"})
    else:
        text = fill(chapter.FOLD_ACKS_PLAIN, {"sender": sender})
    return _fold(run, run[0].side, what, "", text)


def _fold(run: list[PacketRow], side: Side, what: str, text: str, why: str) -> Fold:
    certainty = weakest(row.why.certainty for row in run if row.why.certainty is not None)
    return Fold(tuple(run), side, (run[0].segment.packet, run[-1].segment.packet), run[0].time_ns, what, text,
                Statement(why, certainty), _kept(run))


def _kept(run: Iterable[PacketRow]) -> tuple[Statement, ...]:
    kept: dict[Why, Statement] = {}
    for row in run:
        for note in row.notes:
            if note.reason is not None and note.reason.why in KEPT:
                kept.setdefault(note.reason.why, note)
    return (*kept.values(), *_held(run))


def _held(run: Iterable[PacketRow]) -> Iterable[Statement]:
    """Tell how many of the packets waited, for each kind of wait."""
    waits: dict[Why, list[tuple[PacketRow, Statement]]] = {}
    for row in run:
        for note in row.notes:
            if note.reason is not None and note.reason.why in HELD:
                waits.setdefault(note.reason.why, []).append((row, note))
    for why, found in waits.items():
        row, first = found[0]
        text = fill(chapter.FOLD_HELD[why], {"count": f"{len(found):,}", "receiver": row.side.other.value})
        sure = [note.certainty for _, note in found if note.certainty is not None]
        yield Statement(text, weakest(sure) if sure else None, first.reason)


class _Run:
    """Rows that go on as one transfer: data of one side, ACKs of the other, and the calls between them."""

    def __init__(self, often: frozenset[int]) -> None:
        self._often = often
        self.rows: list[PacketRow | CallRow] = []
        self._data: Side | None = None
        self._acks: Side | None = None

    def takes(self, row: Row) -> bool:
        """Add the row if it goes on with the run; tell whether it did."""
        if isinstance(row, CallRow):
            quiet = not row.call.error and row.call.name in AT_RETURN | SENDING and row.call.byte_count != 0
            if self.rows and quiet:
                self.rows.append(row)
            return bool(self.rows) and quiet
        if not isinstance(row, PacketRow) or not _foldable(row, self._often) or row.segment.flags & RST:
            return False
        data, acks = (row.side, row.side.other) if row.segment.length else (row.side.other, row.side)
        if self._data not in (None, data) or self._acks not in (None, acks):
            return False
        self._data, self._acks = data, acks
        self.rows.append(row)
        return True


def _bulk(teller: Teller, rows: list[Row], often: frozenset[int]) -> list[Row]:
    out: list[Row] = []
    run = _Run(often)
    for row in rows:
        if run.takes(row):
            continue
        out.extend(_close_bulk(teller, run.rows))
        run = _Run(often)
        if not run.takes(row):
            out.append(row)
    out.extend(_close_bulk(teller, run.rows))
    return out


def _close_bulk(teller: Teller, run: list[PacketRow | CallRow]) -> list[Row]:
    last = max((at for at, row in enumerate(run) if isinstance(row, PacketRow)), default=-1)
    tail: list[Row] = list(run[last + 1:])
    body = run[:last + 1]
    packets = [row for row in body if isinstance(row, PacketRow)]
    data = [row for row in packets if row.segment.length]
    acks = len(packets) - len(data)
    total = sum(row.segment.length for row in data)
    if len(packets) < LEAST_BULK or len(data) < 4 or acks < 2 or total < LARGE * len(data) or _turns(packets) < 4:
        return list(run)
    return [_bulk_fold(teller, body, packets, data), *tail]


def _turns(packets: list[PacketRow]) -> int:
    return sum(a.side is not b.side for a, b in pairwise(packets))


def _bulk_fold(
    teller: Teller, body: list[PacketRow | CallRow], packets: list[PacketRow], data: list[PacketRow]
) -> Fold:
    sender = data[0].side
    total = byte_count(sum(row.segment.length for row in data))
    segments, acks = segment_count(len(data)), plural("{n} ACK", "{n} ACKs", len(packets) - len(data))
    text = fill(chapter.FOLD_BULK, {"sender": sender.value, "receiver": sender.other.value, "acks": acks})
    calls = [row.call for row in body if isinstance(row, CallRow)]
    if calls:
        text = f"{text} {fill(chapter.FOLD_WITH_CALLS, {'calls': call_list(calls)})}"
    what = fill(chapter.FOLD_SEGMENTS, {"bytes": total, "segments": segments})
    certainty = weakest(row.why.certainty for row in packets if row.why.certainty is not None)
    return Fold(tuple(body), sender, (packets[0].segment.packet, packets[-1].segment.packet), packets[0].time_ns, what,
                text, Statement(_written(teller, data), certainty), _kept(packets))

