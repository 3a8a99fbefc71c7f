"""The progress bar: for bodies that take long, on a terminal, and gone when they are there."""

from __future__ import annotations

import time
from collections.abc import Callable

AFTER_S, EVERY_S = 0.5, 0.1
_UNITS = ("bytes", "kB", "MB", "GB", "TB")


def size(count: float) -> str:
    """Return bytes for people: 950 bytes, 13.0 kB, 5.2 MB (powers of 1000)."""
    unit = 0
    while count >= 1000 and unit < len(_UNITS) - 1:
        count, unit = count / 1000, unit + 1
    return f"{count:.0f} {_UNITS[0]}" if unit == 0 else f"{count:.1f} {_UNITS[unit]}"


def bar(name: str, done: int, whole: int | None, seconds: float, columns: int) -> str:
    """Return a line of at most ``columns``: name, bar and share where the whole is known, bytes, rate."""
    rate = f"{size(done / seconds)}/s" if seconds > 0 else ""
    if whole is None:
        return f"{name}  {size(done)}  {rate}"[:columns]
    share = min(done / whole, 1.0) if whole else 1.0
    tail = f" {share:4.0%}  {size(done)} of {size(whole)}  {rate}"
    room = columns - len(tail) - 4
    shown = name if len(name) <= room - 10 else name[:max(room - 13, 0)] + "..."
    width = room - len(shown)
    if width < 5:
        return (shown + tail)[:columns]
    return f"{shown}  [{'=' * round(share * width):<{width}}]{tail}"


class Progress:
    """Writes the bar of one body with ``write``, over and over on the same line."""

    def __init__(self, write: Callable[[str], object], columns: int, clock: Callable[[], float] = time.monotonic,
                 ) -> None:
        self._write = write
        self._columns = columns
        self._clock = clock
        self._began = self._shown = 0.0
        self._first = 0
        self._is_shown = False

    def begin(self, done: int = 0) -> None:
        """Start to count; ``done`` bytes were there already."""
        self._began = self._shown = self._clock()
        self._first = done

    def show(self, name: str, done: int, whole: int | None) -> None:
        """Show how far it is, when it takes long and not too often."""
        now = self._clock()
        if now - self._began < AFTER_S or now - self._shown < EVERY_S:
            return
        self._shown = now
        self._is_shown = True
        rate_s = (now - self._began) * (done / (done - self._first)) if done > self._first else 0.0
        self._write("\r\x1b[K" + bar(name, done, whole, rate_s, self._columns - 1))

    def clear(self) -> None:
        """Take the line away."""
        if self._is_shown:
            self._write("\r\x1b[K")
            self._is_shown = False
