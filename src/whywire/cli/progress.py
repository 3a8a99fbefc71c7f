"""How far reading has come, on a terminal, and the first Ctrl-C that ends it in good order."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path
from types import FrameType, TracebackType

EVERY_S = 0.2
LEAST_S = 0.5
"""A capture that is read sooner shows nothing."""


class Progress:
    """A line that is written over itself: share, packets, packets a second, time left.

    Used as a context. `step` is what `decode_into` asks: it answers False once SIGINT came; a second one raises
    KeyboardInterrupt as always. Nothing is printed where standard error is no terminal.
    """

    def __init__(self, path: str) -> None:
        self.interrupted = False
        self.bytes = 0
        self._total = _size(path)
        self._shows = sys.stderr.isatty()
        self._begin = self._next = time.monotonic()
        self._next += LEAST_S
        self._width = 0
        self._before: object = None

    @property
    def share(self) -> float | None:
        """How much of the file was read, 0 to 1; None where its size is not known (a pipe, a compressed file)."""
        return min(self.bytes / self._total, 1.0) if self._total else None

    def step(self, at: int, packets: int) -> bool:
        """Note how far reading has come; return whether it goes on."""
        self.bytes = at
        now = time.monotonic()
        if self._shows and now >= self._next:
            self._next = now + EVERY_S
            self._print(packets, now - self._begin)
        return not self.interrupted

    def _print(self, packets: int, seconds: float) -> None:
        words = [f"{self.bytes / 1e6:,.0f} MB", f"{packets:,} packets", f"{packets / seconds:,.0f} packets/s"]
        share = self.share
        if share:
            words = [f"{share:4.0%}", *words, f"{seconds / share - seconds:,.0f} s left"]
        line = "  ".join(words)
        sys.stderr.write("\r" + line.ljust(self._width))
        sys.stderr.flush()
        self._width = len(line)

    def __enter__(self) -> Progress:
        try:
            self._before = signal.signal(signal.SIGINT, self._interrupt)
        except ValueError:  # not in the main thread: whoever called us minds the signals
            self._before = None
        return self

    def _interrupt(self, _number: int, _frame: FrameType | None) -> None:
        if self.interrupted:
            raise KeyboardInterrupt
        self.interrupted = True

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        if self._before is not None:
            signal.signal(signal.SIGINT, self._before)  # type: ignore[arg-type]
        if self._width:
            sys.stderr.write("\r" + " " * self._width + "\r")
            sys.stderr.flush()


def _size(path: str) -> int:
    """Return the bytes of a plain capture; 0 for a pipe, and for a file whose size says nothing (compressed)."""
    try:
        with Path(path).open("rb") as file:
            packed = file.seekable() and file.read(2) in (b"\x1f\x8b", b"\x28\xb5")
            return os.fstat(file.fileno()).st_size if file.seekable() and not packed else 0
    except OSError:
        return 0
