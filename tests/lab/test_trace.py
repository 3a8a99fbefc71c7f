from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from whywire.lab.trace import TraceFile, joined

S = 1_000_000_000


def start(number: int, name: str, at: int, **more: Any) -> dict[str, Any]:
    """Return the line of a call that began."""
    return {"t": "s", "ns": at, "i": number, "pid": 2, "tid": 2, "n": name, "f": "/p.py", "l": 1, **more}


def end(number: int, at: int, until: int, **more: Any) -> dict[str, Any]:
    """Return the line of a call that ended."""
    return {"t": "e", "ns": at, "end": until, "i": number, "pid": 2, **more}


@pytest.fixture
def trace(tmp_path: Path) -> TraceFile:
    """Return a trace file nobody has written to."""
    return TraceFile(tmp_path / "trace")


def write(trace: TraceFile, *lines: dict[str, Any]) -> int:
    """Append lines; return how many were read."""
    with trace.path.open("a") as file:
        file.writelines(json.dumps(line) + "\n" for line in lines)
    return trace.follow()


def test_a_line_is_read_when_it_is_whole(trace: TraceFile) -> None:
    text = json.dumps(start(1, "recv", 5)) + "\n"
    with trace.path.open("a") as file:
        file.write(text[:20])
    assert trace.follow() == 0
    with trace.path.open("a") as file:
        file.write(text[20:] + '{"broken\n')
    assert trace.follow() == 1
    assert trace.follow() == 0
    assert list(trace.pending) == [(2, 1)]
    assert write(trace, end(1, 6, 9)) == 1
    assert trace.pending == {}


def test_a_sleep_counts_until_it_should_be_over(trace: TraceFile) -> None:
    write(trace, start(1, "sleep", 0, u=S // 10))
    assert trace.waits_until(0, S)
    assert not trace.waits_until(S, S)  # its process must have died in it
    write(trace, end(1, 0, S // 10))
    assert not trace.waits_until(S // 20, S)


def test_a_long_wait_counts_once_at_a_place(trace: TraceFile) -> None:
    write(trace, start(1, "select", 0, u=2 * S))
    assert trace.waits_until(0, S)
    assert not trace.waits_until(0, 3 * S)
    write(trace, end(1, 0, 2 * S, r="time-out"))
    moves = trace.moves
    write(trace, start(2, "select", 2 * S, u=4 * S))
    assert not trace.waits_until(2 * S, S)
    write(trace, end(2, 2 * S, 4 * S, r="time-out"))
    assert trace.moves == moves
    write(trace, start(3, "recv", 4 * S), end(3, 4 * S, 5 * S), start(4, "select", 5 * S, u=7 * S))
    assert trace.waits_until(5 * S, S)


def test_start_and_end_become_one(trace: TraceFile) -> None:
    write(trace, start(1, "recv", 4, a="9"), end(1, 5, 8, b=3), end(2, 9, 10, n="bind"), {
        "t": "x", "ns": 11, "i": 3, "pid": 2, "tid": 2})
    assert [(line["n"], line["ns"], line["end"]) for line in joined(trace.lines, 100)] == [
        ("recv", 5, 8), ("bind", 9, 10), ("exit", 11, None)]


def test_what_had_not_returned_when_recording_stopped(trace: TraceFile) -> None:
    write(trace, start(1, "recv", 4, a="9"), end(1, 5, 80, b=3, r="3 bytes"), start(2, "accept", 6),
          end(3, 60, 70, n="bind"))
    found = list(joined(trace.lines, 50))
    assert [(line["n"], line["end"], "b" in line, "r" in line) for line in found] == [
        ("recv", None, False, False), ("accept", None, False, False)]
    assert [line["ns"] for line in found] == [5, 6]


def test_the_file_goes(trace: TraceFile) -> None:
    trace.close()
    assert not trace.path.exists()
