from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from whywire.lab import watch as watching
from whywire.lab.shared import WireState
from whywire.lab.trace import TraceFile
from whywire.lab.watch import CLOSED, QUIET, Running, Watch

HEAD = "  sl\n"
LISTENS = "0: 00000000:1F90 00000000:0000 0A 00000000:00000000 0 0 0 0 5 1\n"
OPEN = "1: 0100000A:1F91 0200000A:1F90 01 00000000:00000000 0 0 0 0 6 1\n"
UNREAD = "1: 0100000A:1F91 0200000A:1F90 01 00000000:00000005 0 0 0 0 6 1\n"
TIME_WAIT = "1: 0100000A:1F91 0200000A:1F90 06 00000000:00000000 0 0 0 0 0 1\n"
ORPHAN = "1: 0100000A:1F91 0200000A:1F90 05 00000000:00000000 0 0 0 0 0 1\n"


class Bench:
    """A watch over two made-up hosts, with a clock that stands still until it is told to go."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 100.0
        monkeypatch.setattr(watching.time, "monotonic", lambda: self.now)
        monkeypatch.setattr(watching.time, "time_ns", lambda: int(self.now * 1e9))
        self.wire = WireState()
        self.files = [folder / "client-table", folder / "server-table"]
        self.programs = []
        for number, path in enumerate(self.files):
            path.write_text(HEAD)
            trace = TraceFile(folder / f"trace-{number}")
            self.programs.append(Running(number, path.stem, (os.open(path, os.O_RDONLY),), trace, number == 0))
        self.watch = Watch(self.programs, self.wire, 1.0)

    def tables(self, client: str, server: str) -> None:
        """Say what the socket tables show."""
        for path, rows in zip(self.files, (client, server), strict=True):
            path.write_text(HEAD + rows)

    def trace(self, host: int, **line: object) -> None:
        """Append a line of the tracer."""
        trace = self.programs[host].trace
        assert trace is not None
        with trace.path.open("a") as file:
            file.write(json.dumps({"pid": 2, "tid": 2, "i": 1, "ns": int(self.now * 1e9), **line}) + "\n")

    def after(self, seconds: float) -> str | None:
        """Let time pass, then look."""
        self.watch.look()
        self.now += seconds
        return self.watch.look()


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    """Return a bench whose server waits in accept."""
    found = Bench(tmp_path, monkeypatch)
    found.tables("", LISTENS)
    found.trace(1, t="s", n="accept")
    return found


def test_a_server_listens_when_the_kernel_says_so(bench: Bench) -> None:
    assert not bench.programs[0].listens()
    assert bench.programs[1].listens()


def test_over_when_the_client_is_gone_and_its_connections_too(bench: Bench) -> None:
    bench.tables(TIME_WAIT, LISTENS)
    assert bench.after(0.1) is None
    bench.programs[0].gone = True
    assert bench.after(0.1) == CLOSED


@pytest.mark.parametrize(("client", "server"), [(OPEN, LISTENS), (TIME_WAIT, LISTENS + OPEN), (ORPHAN, LISTENS + OPEN)])
def test_not_over_while_either_end_is_open(bench: Bench, client: str, server: str) -> None:
    bench.programs[0].gone = True
    bench.tables(client, server)
    assert bench.after(0.5) is None


def test_over_with_an_orphan_whose_peer_is_gone(bench: Bench) -> None:
    bench.programs[0].gone = True
    bench.tables(ORPHAN, LISTENS)
    assert bench.after(0.1) == CLOSED


def test_not_over_while_a_frame_is_on_the_way(bench: Bench) -> None:
    bench.programs[0].gone = True
    bench.wire.put(5, 4, 1, 0)
    assert bench.after(5) is None
    bench.wire.put(5, 5, 0, 0)
    assert bench.after(0.1) == CLOSED


def test_a_server_that_is_not_known_to_wait_gets_a_moment(bench: Bench) -> None:
    bench.programs[0].gone = True
    bench.trace(1, t="e", end=5)
    assert bench.after(0.01) is None
    assert bench.after(0.05) == CLOSED


def test_quiet_when_nothing_moves(bench: Bench) -> None:
    bench.tables(OPEN, LISTENS + OPEN)
    assert bench.after(0.9) is None
    assert bench.after(0.2) == QUIET


@pytest.mark.parametrize("client", [UNREAD, OPEN])
def test_unread_bytes_are_not_quiet(bench: Bench, client: str) -> None:
    bench.tables(client, LISTENS + OPEN)
    assert bench.after(1.5) == (QUIET if client == OPEN else None)


def test_a_move_puts_quiet_off(bench: Bench) -> None:
    assert bench.after(0.9) is None
    bench.wire.put(1, 1, 0, 0)
    assert bench.after(0.9) is None
    bench.programs[1].printed += 5
    assert bench.after(0.9) is None
    bench.trace(1, t="e", end=5)
    assert bench.after(0.9) is None
    assert bench.after(0.2) == QUIET


def test_a_sleep_is_not_quiet_until_it_is_over(bench: Bench) -> None:
    bench.trace(0, t="s", n="sleep", i=7, u=int((bench.now + 3) * 1e9))
    assert bench.after(2.9) is None
    assert bench.after(0.5) is None
    assert bench.after(1.1) == QUIET


def test_a_program_that_computes_is_not_quiet(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    ticks = iter(range(100))
    monkeypatch.setattr(watching, "_cpu_ticks", lambda _: next(ticks))
    assert bench.after(5) is None
    assert bench.after(5) is None
