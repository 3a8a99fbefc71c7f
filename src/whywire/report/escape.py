"""The one place where foreign text is made harmless for a terminal.

Payloads, program output, host names, file names and source lines are other people's bytes. A terminal obeys some of
them: escape sequences move the cursor, rename the window or, on some, type for the user; bidirectional marks show text
in another order than it has. Whatever a paper prints goes through `visible` first.
"""

from __future__ import annotations

_BIDI = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_INVISIBLE = "\u00ad\u180e\u200b\u200c\u200d\u2028\u2029\u2060\ufeff\ufff9\ufffa\ufffb"
_TABLE = {
    **{code: f"\\x{code:02x}" for code in (*range(0x20), *range(0x7F, 0xA0))},
    **{ord(mark): f"\\u{ord(mark):04x}" for mark in _BIDI + _INVISIBLE},
    **{code: f"\\U{code:08x}" for code in range(0xE0000, 0xE0080)},
    ord("\n"): "\\n", ord("\r"): "\\r", ord("\t"): "\\t",
}


def visible(text: str) -> str:
    """Return ``text`` on one line, with all that a terminal would obey or not show spelled out: ``\\x1b[31m``."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(f"\\u{ord(c):04x}" if "\ud800" <= c <= "\udfff" else c for c in text.translate(_TABLE))


def visible_lines(text: str) -> str:
    """Return text of several lines, each made harmless; line breaks stay."""
    return "\n".join(visible(line) for line in text.split("\n"))
