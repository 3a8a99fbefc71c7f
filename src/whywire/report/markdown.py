"""A story as Markdown, for an issue or a lab report: CommonMark with the tables of GitHub.

Foreign text is text: nothing in it becomes markup, HTML, a link, a mention or a reference to an issue. What Markdown
or HTML would obey is escaped; what a site looks for behind Markdown's back (``@name``, ``#12``, ``http://``) is broken
up by a word joiner (U+2060), which nobody sees.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from whywire.report.escape import visible, visible_lines
from whywire.report.html.silence import names
from whywire.report.layout import Pen, marked
from whywire.report.picture import picture
from whywire.story.connection import title
from whywire.story.document import (
    CallRow,
    Facts,
    Fold,
    Gap,
    Heading,
    Hint,
    Node,
    Note,
    Output,
    PacketRow,
    Paragraph,
    Row,
    Statement,
    Story,
    Table,
    Timeline,
)
from whywire.story.packet import is_loss_unsaid, readings
from whywire.story.words import chapter
from whywire.story.words.language import fill

LADDER_WIDTH = 110
JOINER = "\u2060"
_HARMLESS = {**{char: f"\\{char}" for char in "\\`*_[]|~#$"}, "&": "&amp;", "<": "&lt;", ">": "&gt;"}
_SOUGHT = re.compile(r"(?<=@)(?=\w)|(?<=#)(?=\d)|(?<=gh-)(?=\d)|(?<=:)(?=//)|(?<=www)(?=\.)|(?<=mailto)(?=:)",
                     re.IGNORECASE)
_LIST = re.compile(r"(\d{1,9}(?=[.)](?:\s|$)))|(?=[-+=])")
"""What begins a list or underlines a title, where it begins a line."""

Picture = Callable[[int], str | None]
"""The number of a connection -> the name of its SVG file; None where it has none. `TOGETHER`: of all in one."""
TOGETHER = 0


def text(foreign: str) -> str:
    """Return any text as Markdown that shows just this text, inside a line."""
    found = _SOUGHT.sub(JOINER, visible(foreign)).strip(" ")
    return "".join(_HARMLESS.get(char, char) for char in found)


def line(foreign: str) -> str:
    """Return any text as Markdown that shows just this text, as a line of its own."""
    return _LIST.sub(r"\1\\", found, count=1) if _LIST.match(found := text(foreign)) else found


def placed(story: Story, drawn: Sequence[int]) -> Story:
    """Return the story with what a report says of its pictures, and a title for those whose connection has none.

    ``drawn``: the numbers of the connections that have a picture.
    """
    titled = {node.connection for node in story.nodes if isinstance(node, Heading)} - {None}
    short, said = (fill(words, {"drawn": names(drawn) if drawn else None}) for words in (
        (chapter.LEGEND_SHORT, chapter.REPORT_SHORT) if titled else (chapter.LEGEND_TABLE, chapter.REPORT_TABLE)))
    nodes: list[Node] = []
    for node in story.nodes:
        if isinstance(node, Paragraph) and short in node.text:
            nodes.append(replace(node, text=node.text.replace(short, said)))
            nodes += [title(each) for each in story.connections if each.number in drawn and each.number not in titled]
        else:
            nodes.append(node)
    return replace(story, nodes=tuple(nodes))


def render(story: Story, picture_of: Picture | None = None) -> str:
    """Return the story as Markdown. ``picture_of`` names the pictures beside it; None: text pictures inside.

    A picture stands at the time line of its connection, or below its title where it is told without one.
    """
    lines = {node.connection.number for node in story.nodes if isinstance(node, Timeline)}
    blocks: list[str] = []
    together = picture_of
    for node in story.nodes:
        number = node.connection if isinstance(node, Heading) else None
        if number is not None and together is not None:
            blocks += _image(TOGETHER, together)
            together = None
        blocks += _node(node, story, picture_of)
        if number is not None and number not in lines and picture_of:
            blocks += _image(number, picture_of)
    return "\n\n".join(blocks) + "\n"


def _node(node: Node, story: Story, picture_of: Picture | None) -> Iterator[str]:
    match node:
        case Heading():
            yield f"{'#' * min(node.level + 1, 6)} {text(node.text)}"
        case Paragraph():
            yield line(marked(node.text, node.certainty, story.unmarked, node.rest))
        case Note():
            yield f"> {'**Warning:** ' if node.level == 'warning' else ''}{line(node.text)}"
        case Facts():
            if node.title:
                yield f"**{text(node.title)}**"
            yield "\n".join(f"- {f'**{text(item.label)}** ' if item.label.strip() else ''}"
                            f"{text(marked(item.text, item.certainty, story.unmarked, item.rest))}"
                            for item in node.items)
        case Table():
            yield table(node.head, node.rows, node.align)
        case Output():
            yield f"**{text(node.title)}**"
            half = len(node.lines) // 2
            lines = list(node.lines)
            if node.left_out:
                lines.insert(half, f"... {node.left_out}")
            yield fenced("\n".join(lines))
        case Timeline():
            yield from _timeline(node, picture_of)
        case Hint():  # where to go on in a terminal is nothing for a report
            return


def table(head: Sequence[str], rows: Sequence[Sequence[str]], align: str) -> str:
    """Return a table; cells are foreign text."""
    lines = [[text(cell) for cell in head], ["---:" if letter == "r" else "---" for letter in align]]
    lines += [[text(cell) for cell in row] for row in rows]
    return "\n".join(f"| {' | '.join(cell or ' ' for cell in line)} |" for line in lines)


def fenced(content: str) -> str:
    """Return text as a block of code that nothing in it can end."""
    content = visible_lines(content)
    longest = max((len(run) for run in re.findall(r"`+", content)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}text\n{content}\n{fence}"


def _timeline(shown: Timeline, picture_of: Picture | None) -> Iterator[str]:
    if picture_of is None:
        yield fenced("\n".join(row.rstrip() for row in picture(shown, LADDER_WIDTH, Pen(False))))
        return
    yield from _image(shown.connection.number, picture_of, f": {text(shown.left)} and {text(shown.right)}")
    if shown.legend:
        yield line(shown.legend)
    yield table(("#", shown.unit, "from", "what", "why"), [_cells(row, shown) for row in shown.rows], "rrlll")


def _image(connection: int, picture_of: Picture, ends: str = "") -> Iterator[str]:
    name = picture_of(connection)
    if name is not None:
        what = "all connections" if connection == TOGETHER else f"c{connection}{ends}"
        yield f"![Sequence picture of {what}]({name})"


def _cells(row: Row, shown: Timeline) -> tuple[str, str, str, str, str]:
    """Return a row of the time line: number, time, who, what, why."""
    match row:
        case Gap():
            return "", "...", "", row.length, _said(row.why, shown)
        case CallRow():
            parts = [f"{row.place}  {row.source}".strip() if row.source or ":" in row.place else "",
                     marked(row.text, row.certainty, shown.unmarked) if row.text else ""]
            return "", _time(row.time_ns, shown), row.side, row.what, "  ".join(part for part in parts if part)
        case PacketRow():
            parts = [row.numbers, _said(row.why, shown), *(_said(note, shown) for note in row.notes)]
            if is_loss_unsaid(row.segment):
                parts.append(fill(chapter.LOST, {}))
            return (str(row.segment.packet), _time(row.time_ns, shown), row.side, row.what,
                    " ".join(part for part in parts if part))
        case Fold():
            parts = [row.text, _said(row.why, shown), *(_said(note, shown) for note in row.notes)]
            return (f"{row.packets[0]}-{row.packets[1]}", _time(row.time_ns, shown), row.side or "both", row.what,
                    " ".join(part for part in parts if part))


def _said(statement: Statement, shown: Timeline) -> str:
    return marked(statement.text, statement.certainty, shown.unmarked, readings(statement))


def _time(ns: int, shown: Timeline) -> str:
    return f"{ns / (1_000_000 if shown.unit == 'ms' else 1_000_000_000):,.{shown.digits}f}"
