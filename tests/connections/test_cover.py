"""Against the plain way: a dict with every position."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from whywire.connections.cover import Cover

RANGES = st.lists(st.tuples(st.booleans(), st.integers(-20, 40), st.integers(1, 15)), max_size=25)


@given(RANGES)
def test_every_position_belongs_to_the_first_or_the_last(ranges: list[tuple[bool, int, int]]) -> None:
    cover: Cover[int] = Cover()
    plain: dict[int, int] = {}
    for number, (last, start, length) in enumerate(ranges):
        if last:
            cover.overwrite(start, start + length, number)
            plain.update(dict.fromkeys(range(start, start + length), number))
        else:
            cover.fill(start, start + length, number)
            for position in range(start, start + length):
                plain.setdefault(position, number)
        assert [cover.at(position) for position in range(-25, 60)] == [plain.get(p) for p in range(-25, 60)]


def test_nothing_is_nowhere() -> None:
    assert Cover().at(0) is None
