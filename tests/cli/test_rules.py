from __future__ import annotations

import pytest

from whywire.cli.main import main
from whywire.cli.values import LEVELS
from whywire.findings import Level
from whywire.findings.registry import rules


def listed(capsys: pytest.CaptureFixture[str], *words: str) -> list[str]:
    """Return the codes that the command lists."""
    assert main(["rules", *words]) == 0
    return sorted(line.split()[0] for line in capsys.readouterr().out.splitlines() if line.startswith("  "))


def test_all_rules_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert listed(capsys) == [rule.code for rule in rules()]


def test_a_level_and_above(capsys: pytest.CaptureFixture[str]) -> None:
    loud = [rule.code for rule in rules() if rule.level >= Level.WARNING]
    assert listed(capsys, "--level", "warning") == loud
    assert 0 < len(loud) < len(rules())


def test_the_levels_of_the_options_are_those_of_the_findings() -> None:
    assert [level.word for level in sorted(Level)] == list(LEVELS)
