"""Limits."""

from __future__ import annotations

from whywire.apps.http.settings import Settings


def test_the_parser_gets_its_part() -> None:
    limits = Settings(line=100, head=200, fields=3).limits
    assert (limits.line, limits.head, limits.fields) == (100, 200, 3)


def test_short_waits_are_looked_at_often() -> None:
    assert Settings().tick == 0.5
    assert Settings(body_time=0.5).tick == 0.1
    assert Settings(head_time=0.0).tick == 0.02
