from __future__ import annotations

import os
from io import BytesIO
from pathlib import Path

import pytest

from whywire.lab.command import Program
from whywire.lab.plan import HostPlan
from whywire.lab.session import Child, Session, program_error
from whywire.lab.trace import TraceFile
from whywire.lab.watch import Running


class Talk:
    """A program's output: a pipe whose other end the test holds."""

    def __init__(self, folder: Path) -> None:
        self.shown: list[tuple[str, str]] = []
        read, self.write_end = os.pipe()
        program = Program(HostPlan("client", "10.0.0.1", "x"), "/x", ("x", "a b"), "x")
        running = Running(0, "client", (), TraceFile(folder / "trace"), True)
        self.kept = BytesIO()
        self.child = Child(program, read, self.kept, running, times_left=1)
        self.session = Session(lambda host, line: self.shown.append((host, line)))
        self.session.add(self.child)

    def say(self, data: bytes) -> list[str]:
        """Print something; return the lines that were shown since."""
        before = len(self.shown)
        os.write(self.write_end, data)
        self.session._read(self.child)
        assert {host for host, _ in self.shown} <= {"client"}
        return [line for _, line in self.shown[before:]]


@pytest.fixture
def talk(tmp_path: Path) -> Talk:
    """Return a program that can be made to talk."""
    return Talk(tmp_path)


def test_lines_are_shown_when_they_are_whole(talk: Talk) -> None:
    assert talk.say(b"one\ntw") == ["one"]
    assert talk.say(b"o\r\n\xff\n") == ["two", "\ufffd"]
    assert talk.say(b"no newline") == []
    assert talk.kept.getvalue() == b"one\ntwo\r\n\xff\nno newline"
    os.close(talk.write_end)
    talk.session._read(talk.child)
    assert talk.shown[-1] == ("client", "no newline")
    talk.session.close()


def test_a_line_without_an_end_is_shown_in_pieces(talk: Talk) -> None:
    for _ in range(3):
        talk.say(b"x" * 50_000)
    assert [len(line) for _, line in talk.shown] == [100_000]
    assert talk.child.running.printed == 150_000


def test_the_last_lines_are_remembered(talk: Talk) -> None:
    talk.say(b"".join(b"%d\n" % number for number in range(50)))
    assert talk.child.recent == [str(number) for number in range(30, 50)]


def test_a_program_that_can_not_be_started(talk: Talk) -> None:
    talk.child.start_error = 13
    assert program_error(talk.child).what == "the program of client could not be started: x 'a b' (Permission denied)"
    assert talk.child.was_launched is False


def test_closing_twice_is_fine() -> None:
    session = Session(None)
    session.end_programs()
    session.close()
    session.close()
