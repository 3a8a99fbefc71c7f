"""Answers as text, and the connection that a prompt keeps."""

from __future__ import annotations

import sys

import pytest

from whywire.base.errors import WhywireError
from whywire.cli import calc_prompt
from whywire.cli.calc_prompt import Asking, exit_code, told
from whywire.protocols.calc.content import Answer

LOST = WhywireError("lost", "", 1)


@pytest.mark.parametrize(("answer", "text", "code"), [
    (Answer(200, 3), "3", 0), (Answer(200, 0.5, ("1 / 2", "0.5")), "1 / 2\n0.5", 0),
    (Answer(200, 3, ("1 + 2",)), "1 + 2\n3", 0),
    (Answer(400, error="no"), "400: no", 2), (Answer(502, error="gone"), "502: gone", 1),
])
def test_told(answer: Answer, text: str, code: int) -> None:
    assert (told(answer), exit_code(answer)) == (text, code)


class Line:
    """A connection that breaks after so many answers."""

    def __init__(self, answers: int) -> None:
        self.answers = answers
        self.closed = False

    def ask(self, expression: str, _: object) -> Answer:
        if self.answers == 0:
            raise LOST
        self.answers -= 1
        return Answer(200, len(expression))

    def close(self) -> None:
        self.closed = True


def typed(monkeypatch: pytest.MonkeyPatch, lines: list[str], connections: list[Line]) -> list[Line]:
    """Type ``lines`` at the prompt; return the connections that were opened."""
    opened: list[Line] = []

    def connect(_: Asking) -> Line:
        opened.append(connections[len(opened)])
        return opened[-1]

    monkeypatch.setattr(Asking, "_connect", connect)
    monkeypatch.setattr(calc_prompt, "_read", iter([*lines, None]).__next__)
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setenv("XDG_STATE_HOME", "/nonexistent/whywire")
    assert Asking("h", 1, None).prompt() == 0  # type: ignore[arg-type]
    return opened


def test_one_connection_for_all_that_is_typed(monkeypatch: pytest.MonkeyPatch,
                                              capsys: pytest.CaptureFixture[str]) -> None:
    opened = typed(monkeypatch, ["1", "", "22"], [Line(0), Line(9)])
    assert len(opened) == 2  # the first one only looks whether somebody listens
    assert all(line.closed for line in opened)
    assert capsys.readouterr().out.splitlines()[1:] == ["1", "2"]


def test_a_connection_that_the_server_closed_is_opened_again(monkeypatch: pytest.MonkeyPatch,
                                                            capsys: pytest.CaptureFixture[str]) -> None:
    opened = typed(monkeypatch, ["1", "22", "333"], [Line(0), Line(1), Line(9)])
    assert len(opened) == 3
    assert capsys.readouterr().out.splitlines()[1:] == ["1", "2", "3"]


def test_an_error_ends_no_session(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    typed(monkeypatch, ["1", "22"], [Line(0), Line(0), Line(9)])
    assert capsys.readouterr().out.splitlines()[1:] == ["lost", "2"]


def test_quit_ends(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert len(typed(monkeypatch, ["quit", "22"], [Line(0)])) == 1
    assert len(capsys.readouterr().out.splitlines()) == 1


@pytest.mark.parametrize("ends", [EOFError, KeyboardInterrupt])
def test_the_shell_goes_on_in_a_line_of_its_own(
        ends: type[BaseException], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def typing(prompt: str) -> str:
        sys.stdout.write(prompt)
        raise ends

    monkeypatch.setattr("builtins.input", typing)
    if ends is EOFError:
        assert calc_prompt._read() is None
    else:
        with pytest.raises(KeyboardInterrupt):
            calc_prompt._read()
    assert capsys.readouterr().out == "calc> \n"


def test_a_prompt_without_a_calculator_is_none(
        monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def nobody(_: Asking) -> Line:
        raise LOST

    monkeypatch.setattr(Asking, "_connect", nobody)
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    with pytest.raises(WhywireError, match="lost"):
        Asking("h", 1, None).prompt()  # type: ignore[arg-type]
    assert capsys.readouterr().out == ""
