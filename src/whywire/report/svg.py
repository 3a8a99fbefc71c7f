"""The sequence picture as an SVG file that stands alone: no script, no style sheet, nothing from a network.

It is drawn from the same data as the page's picture (`whywire.report.html.scene`); only the places across are chosen
here. Every colour has its letter or word beside it. A tooltip (title) on each arrow names what is cut off.
"""

from __future__ import annotations

from typing import Any

from whywire.report.escape import visible
from whywire.report.html.scene import LETTERS
from whywire.report.layout import cells, wrap

Object = dict[str, Any]

COLOURS = {"syn": "#6d2fa3", "data": "#0b57b0", "ack": "#525a66", "fin": "#6d2fa3", "rst": "#a8181f",
           "again": "#8a4500", "probe": "#00636b"}
"""Of each kind of arrow; all have a contrast of at least 4.5 on white."""
TIME, PLAIN, WITH_CALLS, BETWEEN, HEAD, FOOT = 84, 30, 300, 430, 58, 14
"""Widths in pixels: the time column, the sides, what lies between two life lines; heights: titles, the end."""
LETTER = 6.7
"""Pixels of a letter."""
ELLIPSIS = "\u2026"
TEXT, QUIET, LINE = "#16191d", "#525a66", "#8a93a0"


def render(scene: Object) -> str:
    """Return the SVG of a scene, as `html.scene.scene` makes them."""
    picture = _Picture(scene)
    picture.titles()
    for gap in scene["gaps"]:
        picture.gap(gap)
    for arrow in scene["arrows"]:
        picture.arrow(arrow)
    for call in scene["calls"]:
        picture.call(call)
    for arrow in scene["arrows"]:
        picture.label(arrow)
    return picture.text()


def _safe(text: str) -> str:
    """Return foreign text for XML: what no XML file may hold is spelled out."""
    for char, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;")):
        text = text.replace(char, entity)
    return "".join(char if char not in "\ufffe\uffff" else "?" for char in text)


def _fit(text: str, width: float) -> str:
    """Return a text cut to a width in pixels, with an ellipsis."""
    text = visible(text)
    if cells(text) * LETTER <= width:
        return text
    while text and (cells(text) + 1) * LETTER > width:
        text = text[:-1]
    return f"{text}{ELLIPSIS}" if text else ""


def lines_of(text: str, width: float, most: int) -> list[str]:
    """Return a text as so many lines of a width; where that is not enough, without its last sentences."""
    text, room = visible(text), max(8, int(width / LETTER))
    while len(lines := wrap(text, room)) > most:
        shorter = text.removesuffix(ELLIPSIS).rstrip().rstrip(".").rpartition(". ")[0]
        if not shorter:
            return [*lines[:most - 1], _fit(" ".join(lines[most - 1:]), width)]
        text = f"{shorter}. {ELLIPSIS}"
    return lines


def call_label(place: str, text: str, name: str, width: float) -> str:
    """Return what fits of a call: without its arguments, then without its result unless that is an error."""
    result = text.rpartition(") = ")[2] if ") = " in text else ""
    bare = name if "(" not in text else f"{name}()" if text.startswith(f"{name}()") else f"{name}({ELLIPSIS})"
    returned = f"{bare} = {result}" if result else bare
    alone = (returned, f"{place} {bare}") if result and not result[0].isdigit() else (f"{place} {bare}", returned)
    texts = [visible(one).strip() for one in (f"{place} {text}", f"{place} {returned}", *alone, bare)]
    return next((one for one in texts if cells(one) * LETTER <= width), _fit(texts[-1], width))


class _Picture:
    def __init__(self, scene: Object) -> None:
        self._scene = scene
        count = len(scene["lanes"])
        sides = [WITH_CALLS if any(call["lane"] == lane for call in scene["calls"]) else PLAIN
                 for lane in (0, count - 1)]
        self._x = [TIME + sides[0] + BETWEEN * at for at in range(count)]
        self._width = self._x[-1] + max(sides[1], 120)
        self._height = round(scene["height"] + HEAD + FOOT)
        self._out: list[str] = []

    def text(self) -> str:
        """Return the whole file."""
        title = _safe(visible(f"Sequence picture of {self._scene['title']}"))
        head = (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self._width} {self._height}" '
                f'width="{self._width}" height="{self._height}" role="img" '
                f'font-family="ui-monospace, DejaVu Sans Mono, Menlo, Consolas, monospace" font-size="11">')
        return "\n".join([head, f"<title>{title}</title>", '<rect width="100%" height="100%" fill="#ffffff"/>',
                          *self._out, "</svg>", ""])

    def _line(self, x1: float, y1: float, x2: float, y2: float, colour: str, more: str = "") -> str:
        return (f'<line x1="{x1:g}" y1="{y1 + HEAD:g}" x2="{x2:g}" y2="{y2 + HEAD:g}" stroke="{colour}"{more}/>')

    def _words(self, x: float, y: float, text: str, colour: str = TEXT, more: str = "") -> str:
        return f'<text x="{x:g}" y="{y + HEAD:g}" fill="{colour}"{more}>{_safe(text)}</text>' if text else ""

    def titles(self) -> None:
        """Draw the life lines and what they are."""
        self._out.append(self._words(TIME - 12, -10, "ms", QUIET, ' text-anchor="end"'))
        for x, lane in zip(self._x, self._scene["lanes"], strict=True):
            self._out.append(self._line(x, 0, x, self._scene["height"], LINE, ' stroke-width="1.5"'))
            for row, text in enumerate(dict.fromkeys((lane["title"], lane["address"]))):
                bold = "" if row else ' font-weight="bold"'
                self._out.append(self._words(x, 14 * row - 34, _fit(text, BETWEEN - 30), TEXT if not row else QUIET,
                                             f' text-anchor="middle"{bold}'))

    def gap(self, gap: Object) -> None:
        """Draw compressed time, with its length and reason."""
        left, right = self._x[0] - 12, self._x[-1] + 12
        top, bottom = gap["y"] + 5, gap["end"] - 5
        self._out.append(f'<rect x="{left}" y="{top + HEAD:g}" width="{right - left}" height="{bottom - top:g}" '
                         f'fill="#f2f4f7" stroke="{LINE}" stroke-dasharray="3 3"/>')
        text = f"{gap['text']}: {gap['why']}" if gap["why"] else gap["text"]
        lines = lines_of(text, right - left - 12, 2)
        middle = (left + right) / 2
        if len(self._x) % 2 and cells(lines[0]) * LETTER < BETWEEN / 2:  # a life line with its calls is in the middle
            middle = (self._x[0] + self._x[1]) / 2
        words = [self._words(middle, (top + bottom) / 2 + 11 - 7 * len(lines) + 14 * at, line, QUIET,
                             ' text-anchor="middle"') for at, line in enumerate(lines)]
        self._out.append(f"<g><title>{_safe(visible(text))}</title>{''.join(words)}</g>")

    def _ends(self, arrow: Object) -> tuple[float, float]:
        start, end = self._x[arrow["from"]], self._x[arrow["to"]]
        return start, start + (end - start) * (0.55 if arrow.get("lost") or arrow.get("travelling") else 1)

    def arrow(self, arrow: Object) -> None:
        """Draw a packet's way, and how it ended."""
        start, end = self._ends(arrow)
        colour, way = COLOURS[arrow["kind"]], 1 if end > start else -1
        dashed = ' stroke-dasharray="5 3"' if arrow["kind"] == "again" else ""
        self._out.append(self._line(start, arrow["y"], end, arrow["end"], colour, f' stroke-width="1.4"{dashed}'))
        x, y = end, arrow["end"] + HEAD
        if arrow.get("lost"):
            path = f"M{x - 5:g} {y - 5:g}l10 10m0 -10l-10 10"
            self._out.append(f'<path d="{path}" stroke="#a8181f" stroke-width="2" fill="none"/>')
        else:
            back = (arrow["end"] - arrow["y"]) / abs(end - start) * 9
            path = f"M{x:g} {y:g}L{x - 9 * way:g} {y - back - 4:g}L{x - 9 * way:g} {y - back + 4:g}z"
            self._out.append(f'<path d="{path}" fill="{colour}"/>')

    def label(self, arrow: Object) -> None:
        """Write a packet's number and time, its kind's letter, what it is, and its numbers."""
        start, end = self._x[arrow["from"]], self._x[arrow["to"]]
        right, y = end > start, arrow["y"] - 4
        self._out.append(self._words(TIME - 12, y + 8, f"{arrow['time'] / 1e6:,.3f}", QUIET, ' text-anchor="end"'))
        room = abs(end - start) - 70
        several = f" c{arrow['c']}" if len(self._scene["connections"]) > 1 else ""
        badge = f"{arrow['p']} {LETTERS[arrow['kind']]}{several}"
        what = _fit(arrow["what"], room - len(badge) * LETTER)
        fate = "lost" if arrow.get("lost") else "still travelling" if arrow.get("travelling") else ""
        rest = ", ".join(part for part in (arrow["more"], fate) if part)
        more = _fit(rest, room - (len(badge) + cells(what) + 2) * LETTER)
        side = "start" if right else "end"
        parts = [f'<tspan fill="{QUIET}">{badge}</tspan>', f'<tspan font-weight="bold">{_safe(what)}</tspan>',
                 f'<tspan fill="{QUIET}">{_safe(more)}</tspan>' if more else ""]
        title = _safe(visible("; ".join([f"packet {arrow['p']}: {arrow['what']}", arrow["more"], *arrow["deeds"]])))
        wide = (len(badge) + cells(what) + cells(more) + 2) * LETTER + 4
        left = start + 8 if right else start - 8 - wide
        self._out.append(
            f'<g><title>{title}</title>'
            f'<rect x="{left:g}" y="{y + HEAD - 10:g}" width="{wide:g}" height="13" fill="#ffffff" opacity="0.85"/>'
            f'<text x="{start + (10 if right else -10)}" y="{y + HEAD:g}" fill="{COLOURS[arrow["kind"]]}" '
            f'text-anchor="{side}" xml:space="preserve">{" ".join(part for part in parts if part)}</text></g>')

    def call(self, call: Object) -> None:
        """Draw a call as a box from its start to its return, with its text outside of the life lines."""
        outward = -1 if call["lane"] == 0 else 1
        x = self._x[call["lane"]] + outward * (5 + call["depth"] * 11)
        height = max(6.0, call["end"] - call["y"])
        self._out.append(f'<rect x="{x - 8 if outward < 0 else x:g}" y="{call["y"] + HEAD:g}" width="8" '
                         f'height="{height:g}" fill="#d8dee8" stroke="#5b6675"/>')
        text = f"{call['place']} {call['text']}".strip()
        anchor = "end" if outward < 0 else "start"
        room = WITH_CALLS - 40 if call["lane"] in (0, len(self._x) - 1) else BETWEEN / 3
        label = call_label(call["place"], call["text"], call["name"], room)
        words = self._words(x + outward * 13, call["y"] + 8, label, TEXT, f' text-anchor="{anchor}"')
        self._out.append(f"<g><title>{_safe(visible(text))}</title>{words}</g>")
