"""The time line on a terminal: two life lines with the reasons beside them, below them, or as a list, by width."""

from __future__ import annotations

from typing import NamedTuple

from whywire.report.layout import Pen, cells, marked, pad, tinted, wrap
from whywire.story.document import CallRow, Fold, Gap, PacketRow, Row, Statement, Timeline
from whywire.story.packet import is_loss_unsaid
from whywire.story.words import chapter
from whywire.story.words.language import fill

LEAST_TEXT = 42
"""With less room than this beside the life lines the reasons go below."""
LEAST_LINES = 72
"""Narrower than this there are no life lines."""
WITH_ARRIVAL = 112
"""Narrower than this the time line of a merged view leaves the arrivals out."""
LANES = (28, 18)
"""Columns of a life line: as many as its packets need up to the first, then up to the second; longer ones stick out."""
WIDEST_TITLE = 20
ARROW = 5


class Grid(NamedTuple):
    """The columns of a time line."""

    number: int
    time: int
    arrival: int
    """0: no such column."""
    left: int
    right: int
    text: int
    """Where the reasons begin."""
    beside: bool
    width: int

    @property
    def lanes(self) -> int:
        """Where the left life line begins."""
        return self.number + 2 + self.time + 2 + (self.arrival + 2 if self.arrival else 0)


def picture(line: Timeline, width: int, pen: Pen) -> list[str]:
    """Return the lines of a time line."""
    grid = _grid(line, width)
    out = [pen(text, "quiet") for text in wrap(line.legend, width)] if line.legend else []
    if out:
        out.append("")
    if width < LEAST_LINES:
        for row in line.rows:
            out += _listed(row, line, width, pen)
        return out
    head = pad("#", grid.number, "r") + "  " + pad(line.unit, grid.time, "r") + "  "
    if grid.arrival:
        head += pad(fill(chapter.ARRIVED, {}), grid.arrival, "r") + "  "
    left, right = (wrap(title, WIDEST_TITLE) for title in (line.left, line.right))
    for at in range(max(len(left), len(right))):
        titles = [title[at] if at < len(title) else "" for title in (left, right)]
        out.append((" " * cells(head) if at else head) + pen(pad(titles[0], grid.left + ARROW), "client")
                   + pen(titles[1], "server"))
    for row in line.rows:
        out += _drawn(row, line, grid, pen)
    return out


def _grid(line: Timeline, width: int) -> Grid:
    packets = [row for row in line.rows if isinstance(row, PacketRow | Fold)]
    number = max([2, *(len(_number(row)) for row in packets)])
    time = max([4, *(len(_time(row.time_ns, line)) for row in packets)])
    arrival = max([7, time]) if line.merged and width >= WITH_ARRIVAL else 0
    lanes = number + time + 4 + (arrival + 2 if arrival else 0)
    for widest in LANES:
        left = _lane_width(packets, "client", line.left, widest)
        right = _lane_width(packets, "server", line.right, widest)
        text = lanes + left + ARROW + right + 2
        if width - text >= LEAST_TEXT:
            return Grid(number, time, arrival, left, right, text, True, width)
    return Grid(number, time, arrival, left, right, lanes + 2, False, width)


def _lane_width(packets: list[PacketRow | Fold], side: str, title: str, widest: int) -> int:
    lanes = (min(cells(row.what), widest) for row in packets if row.side == side)
    return max([8, *(cells(part) for part in wrap(title, WIDEST_TITLE)), *lanes])


def _number(row: PacketRow | Fold) -> str:
    if isinstance(row, PacketRow):
        return str(row.segment.packet)
    return f"{row.packets[0]}-{row.packets[1]}"


def _time(ns: int, line: Timeline) -> str:
    scale = 1_000_000 if line.unit == "ms" else 1_000_000_000
    return f"{ns / scale:,.{line.digits}f}"


def _drawn(row: Row, line: Timeline, grid: Grid, pen: Pen) -> list[str]:
    if isinstance(row, Gap):
        return _gap(row, line, grid.lanes, grid.width, pen)
    if isinstance(row, CallRow):
        return _call(row, line, grid, pen)
    arrival = row.arrival_ns if isinstance(row, PacketRow) else None
    front = pad(_number(row), grid.number, "r") + "  " + pad(_time(row.time_ns, line), grid.time, "r") + "  "
    if grid.arrival:
        front += pad("" if arrival is None else _time(arrival, line), grid.arrival, "r") + "  "
    lost = isinstance(row, PacketRow) and row.segment.lost
    meaning = "reset" if row.what.startswith("RST") else str(row.side)
    if row.side == "client":
        arrow = " --x " if lost else " --> "
        lanes = pen(pad(row.what, grid.left), meaning) + arrow + " " * grid.right
        used = grid.lanes + max(cells(row.what), grid.left) + ARROW + grid.right
    else:
        arrow = " x-- " if lost else " <-- "
        lanes = " " * grid.left + arrow + pen(pad(row.what, grid.right), meaning)
        used = grid.lanes + grid.left + ARROW + max(cells(row.what), grid.right)
    return _with_text(front + lanes, used, _texts(row, line), grid, pen)


def _texts(row: PacketRow | Fold, line: Timeline) -> list[str]:
    numbers = row.numbers if isinstance(row, PacketRow) else row.text
    parts = [numbers] if numbers else []
    parts.append(_statement(row.why, line.unmarked))
    parts += [_statement(note, line.unmarked) for note in row.notes]
    if isinstance(row, PacketRow) and is_loss_unsaid(row.segment):
        parts.append(fill(chapter.LOST, {}))
    return [" ".join(parts)]


def _statement(statement: Statement, unmarked: str | None) -> str:
    parts = [marked(statement.text, statement.certainty, unmarked)]
    parts += [fill(chapter.OTHER_READING, {"text": other}) for other in statement.others]
    if statement.decides:
        parts.append(statement.decides)
    return " ".join(parts)


def _with_text(front: str, used: int, texts: list[str], grid: Grid, pen: Pen) -> list[str]:
    lines = [line for text in texts if text for line in wrap(text, grid.width - grid.text)]
    lines = [tinted(line, pen) for line in lines]
    indent = " " * grid.text
    if not lines:
        return [front.rstrip()]
    if grid.beside and used + 2 <= grid.text:
        return [front + " " * (grid.text - used) + lines[0], *(indent + line for line in lines[1:])]
    return [front.rstrip(), *(indent + line for line in lines)]


def _call(row: CallRow, line: Timeline, grid: Grid, pen: Pen) -> list[str]:
    at = grid.lanes + (0 if row.side == "client" else grid.left + ARROW)
    what = wrap(row.what, grid.width - at)
    front = " " * at + pen(what[0], "call")
    used = at + cells(what[0])
    if len(what) > 1:
        front = "\n".join([front, *(" " * at + pen(piece, "call") for piece in what[1:])])
        used = grid.width
    return "\n".join(_with_text(front, used, [_call_text(row, line)], grid, pen)).split("\n")


def _call_text(row: CallRow, line: Timeline) -> str:
    parts = [f"{row.place}  {row.source}".rstrip()] if row.source or ":" in row.place else []
    if row.text:
        parts.append(marked(row.text, row.certainty, line.unmarked))
    return "  ".join(parts)


def _gap(row: Gap, line: Timeline, at: int, width: int, pen: Pen) -> list[str]:
    lead = f"{row.length}  "
    text = wrap(_statement(row.why, line.unmarked), width - at - len(lead))
    dots = pad("...", at - 2, "r") + "  "
    return [dots + pen(lead, "quiet") + tinted(text[0], pen),
            *(" " * (at + len(lead)) + tinted(piece, pen) for piece in text[1:])]


def _listed(row: Row, line: Timeline, width: int, pen: Pen) -> list[str]:
    if isinstance(row, Gap):
        return _gap(row, line, 6, width, pen)
    if isinstance(row, CallRow):
        first = f"{row.side}: {row.what}"
        text = _call_text(row, line)
        return [*("    " + pen(piece, "call") for piece in wrap(first, width - 4)),
                *("      " + piece for piece in (wrap(text, width - 6) if text else []))]
    lost = isinstance(row, PacketRow) and row.segment.lost
    arrow = "--x" if lost else "->"
    receiver = "server" if row.side == "client" else "client"
    head = f"{_number(row)}  {_time(row.time_ns, line)} {line.unit}  {row.side} {arrow} {receiver}  {row.what}"
    return [*(pen(piece, str(row.side)) for piece in wrap(head, width)),
            *("    " + tinted(piece, pen) for text in _texts(row, line) if text for piece in wrap(text, width - 4))]
