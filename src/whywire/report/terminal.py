"""A story on a terminal: plain text at any width, coloured by meaning when that is wanted."""

from __future__ import annotations

from whywire.report.layout import Pen, cells, marked, pad, tinted, wrap
from whywire.story.nodes import Facts, Heading, Hint, Note, Output, Paragraph, Table

TYPE_CHECKING = False
if TYPE_CHECKING:
    from whywire.story.document import Node, Story
    from whywire.story.summary import Summary

NARROWEST = 24
WIDEST = 140
LEAST_LAST = 16


def render(story: Story | Summary, width: int = 80, colour: bool = False) -> str:
    """Return the story as text, no line wider than ``width`` columns (from 24 to 140), ending with a line break."""
    width = min(max(width, NARROWEST), WIDEST)
    pen = Pen(colour)
    out: list[str] = []
    previous: Node | None = None
    for node in story.nodes:
        if out and not _close_to(previous, node):
            out.append("")
        out += _node(node, width, pen, story.unmarked)
        previous = node
    return "\n".join(line.rstrip(" ") for line in out) + "\n"


def _close_to(previous: Node | None, node: Node) -> bool:
    """Tell whether two nodes stand without an empty line between them."""
    return isinstance(previous, Heading) and not isinstance(node, Heading)


def _node(node: Node, width: int, pen: Pen, unmarked: str | None) -> list[str]:
    match node:
        case Heading():
            return [pen(line, "title") for line in wrap(node.text, width)]
        case Paragraph():
            return _prose(marked(node.text, node.certainty, unmarked, node.rest), width, pen)
        case Note():
            return [pen(line, "warning" if node.level == "warning" else "quiet") for line in wrap(node.text, width)]
        case Hint():
            return [pen(line, "quiet") for line in wrap(node.text, width)]
        case Facts():
            return _facts(node, width, pen, unmarked)
        case Table():
            return _table(node, width, pen)
        case Output():
            return _output(node, width, pen)
    from whywire.report.picture import picture  # not for a summary

    return picture(node, width, pen)


def _prose(text: str, width: int, pen: Pen) -> list[str]:
    return [tinted(line, pen) for line in wrap(text, width)]


def _facts(node: Facts, width: int, pen: Pen, unmarked: str | None) -> list[str]:
    out = [pen(line, "title") for line in wrap(node.title, width)] if node.title else []
    labels = [cells(item.label) for item in node.items]
    indent = min(max([1, *labels]), max(width // 3, 8))
    for item in node.items:
        text = wrap(marked(item.text, item.certainty, unmarked, item.rest), width - indent - 4)
        label = wrap(item.label, indent) if item.label else ["-"]
        for at in range(max(len(text), len(label))):
            left = pad(label[at] if at < len(label) else "", indent)
            out.append("  " + pen(left, "quiet") + "  " + (tinted(text[at], pen) if at < len(text) else ""))
    return out


def _table(node: Table, width: int, pen: Pen) -> list[str]:
    shown = [tuple(wrap(cell, 10_000)[0] for cell in row) for row in (node.head, *node.rows)]
    widths = [max(cells(row[at]) for row in shown) for at in range(len(node.head))]
    fixed = sum(widths[:-1]) + 2 * (len(widths) - 1) + 2
    if width - fixed < min(LEAST_LAST, widths[-1]):
        return _records(node, width, pen)
    widths[-1] = min(widths[-1], width - fixed)
    out: list[str] = []
    for index, row in enumerate(shown):
        last = wrap(row[-1], max(widths[-1], 2))
        front = "  ".join(map(pad, row[:-1], widths[:-1], node.align[:-1]))
        line = "  " + front + "  " + pad(last[0], widths[-1], node.align[-1])
        out.append(pen(line.rstrip(), "quiet") if index == 0 else line)
        out += [" " * fixed + more for more in last[1:]]
    return out


def _records(node: Table, width: int, pen: Pen) -> list[str]:
    """Return a table that is too wide as one paragraph a row."""
    out: list[str] = []
    for row in node.rows:
        text = ", ".join(f"{head} {cell}" for head, cell in zip(node.head[1:], row[1:], strict=True) if cell)
        lines = wrap(text, width - 6)
        out.append("  " + pen(wrap(row[0], width - 2)[0], "title"))
        out += ["      " + line for line in lines]
    return out


def _output(node: Output, width: int, pen: Pen) -> list[str]:
    out = [pen(line, "quiet") for line in wrap(node.title, width)]
    half = len(node.lines) // 2
    for index, line in enumerate(node.lines):
        if node.left_out and index == half:
            out.append("  " + pen(f"... {node.left_out}", "quiet"))
        indent = " " * min(len(line) - len(line.lstrip(" ")), width // 3)  # a traceback is read by its shape
        out += ["  | " + indent + piece for piece in wrap(line.lstrip(" "), width - 4 - len(indent))]
    return out
