"""The table of flaws is what the parser speaks of, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import whywire.protocols.http1.flaws as flaws

SOURCE = Path(flaws.__file__).parent


def test_every_kind_is_used_and_every_used_kind_is_there() -> None:
    text = "\n".join(path.read_text() for path in SOURCE.glob("*.py") if path.name != "flaws.py")
    used = set(re.findall(r'(?:Flaw|_lose)\(\s*"([a-z0-9.-]+)"', text))
    used |= set(re.findall(r'"(bare-lf|loose-chunk-line)"', text))
    assert used == set(flaws.KINDS)


@pytest.mark.parametrize("kind", flaws.KINDS)
def test_each_row_is_complete(kind: str) -> None:
    row = flaws.KINDS[kind]
    assert row.grade in (flaws.FATAL, flaws.REJECT, flaws.NOTE)
    assert row.status in (400, 414, 431, 501, 502, 505)
    assert row.source.startswith("RFC ") or kind == "hole"
    assert not row.text.endswith(".")


def test_what_is_shown_can_be_printed_anywhere() -> None:
    assert flaws.shown(b"a\\b\x00\xff\r\n") == "a\\x5cb\\x00\\xff\\x0d\\x0a"
    assert flaws.shown(b"x" * 100, 5) == "xxxxx..."
    assert flaws.Flaw("bad-host", 3, "a b").text.endswith(": a b")
