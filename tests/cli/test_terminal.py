from __future__ import annotations

import io
import os
import pty
from collections.abc import Iterator
from typing import TextIO

import pytest

from whywire.cli import terminal


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("COLUMNS", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")


@pytest.fixture
def tty() -> Iterator[TextIO]:
    """A real terminal, 72 columns wide."""
    leader, follower = pty.openpty()
    import fcntl
    import struct
    import termios

    fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 72, 0, 0))
    with os.fdopen(follower, "w") as stream:
        yield stream
    os.close(leader)


def test_width_is_the_terminals(tty: TextIO) -> None:
    assert terminal.columns(tty, None) == 72


def test_width_asked_for_wins(tty: TextIO, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "66")
    assert terminal.columns(tty, None) == 66
    assert terminal.columns(tty, 50) == 50


@pytest.mark.parametrize("nonsense", ["", "wide", "0", "12"])
def test_width_ignores_nonsense(tty: TextIO, monkeypatch: pytest.MonkeyPatch, nonsense: str) -> None:
    monkeypatch.setenv("COLUMNS", nonsense)
    assert terminal.columns(tty, None) == 72


def test_width_of_a_pipe() -> None:
    assert terminal.columns(io.StringIO(), None) == terminal.PIPED_WIDTH


def test_colour_when_it_is_a_terminal(tty: TextIO) -> None:
    assert terminal.colours(tty, "auto") is True
    assert terminal.colours(io.StringIO(), "auto") is False
    assert terminal.colours(tty, "never") is False
    assert terminal.colours(io.StringIO(), "always") is True


@pytest.mark.parametrize(("name", "value"), [("NO_COLOR", "1"), ("TERM", "dumb")])
def test_no_colour_where_the_environment_says_so(
        tty: TextIO, monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    assert terminal.colours(tty, "auto") is False
    assert terminal.colours(tty, "always") is True
