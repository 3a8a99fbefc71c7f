from __future__ import annotations

import pytest

from whywire.cli.main import main
from whywire.glossary import every


@pytest.mark.parametrize("words", [["TIME-WAIT"], ["time", "wait"], ["time_wait"]])
def test_a_term(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["term", *words]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("TIME-WAIT: ")
    assert "RFC 9293" in shown


def test_without_a_name_all_terms(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["term"]) == 0
    shown = capsys.readouterr().out
    assert all(f"  {name} " in shown for name in every())


def test_a_term_that_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["term", "nagles"]) == 2
    assert "near it: Nagle" in capsys.readouterr().err
