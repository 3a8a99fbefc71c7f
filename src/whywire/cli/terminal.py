"""Where the output goes: is it a terminal, how wide is it, does it show colours."""

from __future__ import annotations

import os

TYPE_CHECKING = False  # typing's own constant would cost the import of typing
if TYPE_CHECKING:
    from typing import TextIO

PIPED_WIDTH = 100
"""Columns when nobody says how wide the reader's window is."""
NARROWEST = 40


def columns(stream: TextIO, wanted: int | None) -> int:
    """Return the width to lay out for: what was asked for, COLUMNS, the terminal's own, or `PIPED_WIDTH`."""
    if wanted is not None:
        return wanted
    asked = os.environ.get("COLUMNS", "")
    if asked.isdigit() and int(asked) >= NARROWEST:
        return int(asked)
    try:
        return max(os.get_terminal_size(stream.fileno()).columns, NARROWEST) or PIPED_WIDTH
    except (OSError, ValueError, AttributeError):
        return PIPED_WIDTH


def colours(stream: TextIO, wanted: str) -> bool:
    """Tell whether to colour: ``always``, ``never``, or ``auto`` (a terminal that can, and NO_COLOR not set)."""
    if wanted != "auto":
        return wanted == "always"
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    return stream.isatty()
