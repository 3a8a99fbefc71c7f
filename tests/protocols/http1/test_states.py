"""The tables: printable, closed, and without a state that nothing leaves or reaches."""

from __future__ import annotations

from whywire.protocols.http1 import states as s


def test_every_reading_state_is_reached_and_left() -> None:
    left = {state for state, _ in s.READING}
    reached = set(s.READING.values())
    assert reached - left == {s.ENDED}
    assert left - reached == set()


def test_every_side_state_is_reached() -> None:
    for side in (s.CLIENT, s.SERVER):
        left = {state for who, state, _ in s.SIDES if who == side}
        column = 3 if side == s.CLIENT else 4
        reached = {state for (who, _, _), state in s.SIDES.items() if who == side}
        reached |= {row[column] for row in s.JOINT if row[column]}
        assert left - reached == set()


def test_the_tables_print() -> None:
    lines = s.printed(s.READING).splitlines()
    assert len(lines) == len(s.READING)
    assert "chunk line" in s.printed(s.READING)
    assert s.printed(s.SIDES).splitlines()[0].split() == ["client", "idle", "Request", "->", "send", "body"]
