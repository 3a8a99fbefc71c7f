"""When the client may start, and when a run is over. Looks, never asks a program."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from whywire.lab.shared import WireState
from whywire.lab.sockets import LISTEN, Row, read
from whywire.lab.trace import TraceFile

CLOSED, QUIET = "closed", "quiet"
_SETTLED_S = 0.004
_UNTRACED_SETTLED_S = 0.04
_CLOCK_TICKS = slice(11, 15)  # utime, stime, cutime, cstime of /proc/PID/stat, counted behind the name


@dataclass(slots=True)
class Running:
    """A program as the watcher sees it."""

    number: int
    host: str
    tables: tuple[int, ...]
    trace: TraceFile | None
    is_client: bool
    pid: int | None = None
    """As this process knows it."""
    gone: bool = False
    printed: int = 0
    rows: list[Row] = field(default_factory=list)

    def listens(self) -> bool:
        """Tell whether any TCP socket of the host listens."""
        self.rows = read(self.tables)
        return any(row.state == LISTEN for row in self.rows)


class Watch:
    """Decides from tables, traces and the wire whether something still moves."""

    def __init__(self, programs: list[Running], wire: WireState, quiet_s: float) -> None:
        self._programs = programs
        self._wire = wire
        self._quiet_s = quiet_s
        self._before: object = None
        self._moved = self._changed = time.monotonic()
        self._all_before: object = None

    def look(self) -> str | None:
        """Return why the run is over: `CLOSED`, `QUIET`; None while it is not."""
        now = time.monotonic()
        taken, delivered, on_the_way, _ = self._wire.get()
        lines = 0
        for program in self._programs:
            program.rows = read(program.tables)
            if program.trace is not None:
                lines += program.trace.follow()
        state = (taken, delivered, [program.rows for program in self._programs],
                 [program.printed for program in self._programs], [program.gone for program in self._programs])
        moves = (state, [program.trace.moves if program.trace else 0 for program in self._programs],
                 [_cpu_ticks(program.pid) for program in self._programs if not program.gone])
        if moves != self._before or on_the_way or self._queued() or self._waits():
            self._moved = now
        if state != self._all_before or lines or on_the_way:
            self._changed = now
        self._before, self._all_before = moves, state
        if self._connections_over() and now - self._changed >= self._settling():
            return CLOSED
        return QUIET if now - self._moved >= self._quiet_s else None

    def _connections_over(self) -> bool:
        clients = [program for program in self._programs if program.is_client]
        return (bool(clients) and all(program.gone for program in clients)
                and all(row.over for program in self._programs for row in program.rows))

    def _settling(self) -> float:
        """Return how long nothing may have changed: short when every program is known to wait in a call."""
        known = all(program.gone or (program.trace is not None and program.trace.pending)
                    for program in self._programs)
        return _SETTLED_S if known else _UNTRACED_SETTLED_S

    def _queued(self) -> bool:
        return any(row.queued for program in self._programs for row in program.rows)

    def _waits(self) -> bool:
        now, least = time.time_ns(), int(self._quiet_s * 1e9)
        return any(program.trace is not None and not program.gone and program.trace.waits_until(now, least)
                   for program in self._programs)


def _cpu_ticks(pid: int | None) -> int:
    """Return the processor time of a process and of its children that ended, in clock ticks (proc_pid_stat(5))."""
    if pid is None:
        return 0
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:  # noqa: PTH123
            words = file.read().rpartition(b")")[2].split()
    except OSError:
        return 0
    return sum(int(word) for word in words[_CLOCK_TICKS])
