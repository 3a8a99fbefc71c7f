from __future__ import annotations

import pytest

from whywire.base.errors import WhywireError
from whywire.cli import rule
from whywire.cli.main import main


@pytest.mark.parametrize("word", ["TCP104", "tcp104", "zero-window"])
def test_a_rule_by_code_or_name(word: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rule", word]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("TCP104  zero-window\n")
    assert all(part in shown for part in ("What it means", "Why it matters", "What to do", "RFC 9293"))


def test_a_rule_that_does_not_exist(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rule", "zero-widow"]) == 2
    assert "near it: TCP104 (zero-window)" in capsys.readouterr().err


def test_the_example_names_rules_that_exist() -> None:
    from whywire.findings.pages import rule_of

    words = [line.split()[-1] for line in rule.EXAMPLE.splitlines()]
    assert {rule_of(word).code for word in words} == {"TCP104"}
    with pytest.raises(WhywireError):
        rule_of("nothing like it")
