"""What the tracer wrote, followed while the programs run and turned into `Call`s at the end.

A line is one JSON object. ``t`` says which: ``p`` a process began, ``s`` a call that may block started, ``e`` a call
ended (with all its fields where there was no ``s``), ``x`` the process is about to end. ``inject/`` writes them.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

Line = dict[str, Any]
Key = tuple[int, int]
"""Process and the number of the call in it."""

_WAITS = ("select", "poll", "epoll")


class TraceFile:
    """One program's trace: follows it, knows which calls have not returned."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.touch(0o600)
        self._descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        self._rest = b""
        self.lines: list[Line] = []
        self.pending: dict[Key, Line] = {}
        self.moves = 0
        """Counts lines that mean something happened: all but a wait that timed out and its repetition."""
        self._idle_sites: dict[tuple[int, int], object] = {}

    def close(self, keep: bool = False) -> None:
        """Close and remove the file."""
        os.close(self._descriptor)
        if not keep:
            self.path.unlink(missing_ok=True)

    def follow(self) -> int:
        """Read what is new; return how many lines that were."""
        data = self._rest
        while part := os.read(self._descriptor, 1 << 16):
            data += part
        if not data or data == self._rest:
            return 0
        whole, _, self._rest = data.rpartition(b"\n")
        if not whole:
            return 0
        import json

        before = len(self.lines)
        for text in whole.split(b"\n"):
            try:
                line = json.loads(text)
            except ValueError:  # a write that was cut by the end of a process or a full disk
                continue
            self.lines.append(line)
            self._note(line)
        return len(self.lines) - before

    @property
    def processes(self) -> set[int]:
        """The processes that the tracer was loaded in."""
        return {line["pid"] for line in self.lines if line["t"] == "p"}

    def waits_until(self, now_ns: int, least_ns: int) -> bool:
        """Tell whether a sleep, or a wait with a time limit of at least ``least_ns``, is still going on.

        A wait that a thread repeats at the same place after a time-out, with nothing between, does not count.
        """
        for line in self.pending.values():
            until = line.get("u")
            if until is None or now_ns > until + 250_000_000:
                continue
            if line["n"] == "sleep":
                return True
            if until - line["ns"] >= least_ns and not line.get("again"):
                return True
        return False

    def _note(self, line: Line) -> None:
        if line["t"] not in "se":
            self.moves += 1
            return
        key = (line["pid"], line["i"])
        if line["t"] == "s":
            self.pending[key] = line
            thread = (line["pid"], line["tid"])
            site = (line["n"], line.get("f"), line.get("l"))
            before = self._idle_sites.pop(thread, None)
            line["again"] = line["n"] in _WAITS and before == site
            self.moves += not line["again"]
            return
        started = self.pending.pop(key, None)
        if started is not None and started["n"] in _WAITS and line.get("r") == "time-out":
            self._idle_sites[started["pid"], started["tid"]] = (started["n"], started.get("f"), started.get("l"))
            self.moves += not started["again"]
        else:
            self._idle_sites.pop((line["pid"], line.get("tid", 0)), None)
            self.moves += 1


def joined(lines: Iterable[Line], stop_ns: int) -> Iterator[Line]:
    """Yield one line for each call (start and end together) that started before ``stop_ns``, in no order.

    A call that had not returned by then has no ``end``.
    """
    started: dict[Key, Line] = {}
    for line in lines:
        if line["t"] == "x":
            yield {**line, "n": "exit", "end": None}
        if line["t"] not in "se" or line["ns"] > stop_ns:
            continue
        key = (line["pid"], line["i"])
        if line["t"] == "s":
            started[key] = line
            continue
        whole = {**started.pop(key, {}), **line}
        yield whole if whole["end"] <= stop_ns else _unfinished(whole)
    for line in started.values():
        yield _unfinished(line)


def _unfinished(line: Line) -> Line:
    return {**{name: value for name, value in line.items() if name not in ("r", "x", "b", "ai")}, "end": None}
