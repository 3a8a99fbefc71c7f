"""Text on a grid: how wide it is, where it wraps, how it is coloured. Everything is made harmless on its way in."""

from __future__ import annotations

from whywire.report.escape import visible

COLOURS = {
    "title": "1", "client": "36", "server": "32", "both": "0", "call": "34", "quiet": "2", "warning": "33",
    "likely": "33", "artefact": "35", "inferred": "2", "known": "2", "unknown": "33", "reset": "31",
}
"""SGR codes by meaning. Every meaning is also there in words, so nothing is lost without them."""


class Pen:
    """Colours text, or leaves it as it is."""

    def __init__(self, colour: bool) -> None:
        self._colour = colour

    def __call__(self, text: str, meaning: str) -> str:
        """Return ``text`` in the colour of its meaning."""
        code = COLOURS.get(meaning)
        if not self._colour or code is None or not text.strip():
            return text
        return f"\x1b[{code}m{text}\x1b[0m"


def cells(text: str) -> int:
    """Return how many columns a text takes on a terminal (wide characters two, combining ones none)."""
    if text.isascii():
        return len(text)
    import unicodedata
    return sum(0 if unicodedata.combining(c) or unicodedata.category(c) in ("Mn", "Me")
               else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def pad(text: str, width: int, align: str = "l") -> str:
    """Return a text filled with spaces to ``width`` columns; longer text stays as it is."""
    space = " " * max(0, width - cells(text))
    return space + text if align == "r" else text + space


def wrap(text: str, width: int) -> list[str]:
    """Return the lines of a text, harmless, none wider than ``width`` columns; at least one line.

    Runs of spaces inside a line stay (source text has them); a word wider than a line is cut.
    """
    width = max(width, 2)
    lines: list[str] = []
    line = ""
    for word in visible(text).split(" "):
        candidate = f"{line} {word}" if line else word
        if cells(candidate) <= width:
            line = candidate
            continue
        if line.strip(" "):
            lines.append(line.rstrip(" "))
        line = word
        while cells(line) > width:
            piece = _head(line, width)
            lines.append(piece)
            line = line[len(piece):]
    if line.strip(" ") or not lines:
        lines.append(line.rstrip(" "))
    return lines


def _head(text: str, width: int) -> str:
    if text.isascii():
        return text[:width]
    size = 1
    while size < len(text) and cells(text[:size + 1]) <= width:
        size += 1
    return text[:size]


def marked(text: str, certainty: str | None, unmarked: str | None, rest: str = "") -> str:
    """Return a statement with its certainty behind it, unless that goes without saying here, and then ``rest``."""
    if certainty is not None and certainty != unmarked:
        text = f"{text} [{certainty}]"
    return f"{text} {rest}" if rest else text


def tinted(line: str, pen: Pen) -> str:
    """Return a line with the marks of certainty in their colours."""
    for certainty in ("likely", "artefact", "inferred", "known", "unknown"):
        line = line.replace(f"[{certainty}]", pen(f"[{certainty}]", certainty))
    return line
