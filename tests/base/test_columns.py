from __future__ import annotations

from array import array

from whywire.base.columns import Columns


class Pair(Columns):
    number: array[int]
    letter: array[int]

    def __init__(self) -> None:
        super().__init__((("number", "q", "a comment"), ("letter", "B")))


def test_columns_grow_by_rows_of_zeros_and_keep_what_is_there() -> None:
    pair = Pair()
    assert pair.grow(2) == 0
    pair.number[1], pair.letter[0] = -5, 255
    assert pair.grow(3) == 2
    assert pair.count == 5
    assert list(pair.number) == [0, -5, 0, 0, 0]
    assert list(pair.letter) == [255, 0, 0, 0, 0]


def test_a_cut_forgets_the_last_rows() -> None:
    pair = Pair()
    pair.grow(4)
    pair.number[1] = 7
    pair.cut(2)
    assert (pair.count, list(pair.number), len(pair.letter)) == (2, [0, 7], 2)


def test_rows_that_come_into_room_that_is_there_are_zeros() -> None:
    pair = Pair()
    pair.grow(2, 3)
    assert (pair.count, len(pair.number)) == (2, 5)
    pair.number[1], pair.letter[1] = 7, 8
    pair.clear()
    assert pair.grow(4) == 0
    assert (pair.count, list(pair.number), list(pair.letter)) == (4, [0] * 5, [0] * 5)
    pair.cut(4)
    assert len(pair.number) == len(pair.letter) == 4


def test_an_array_that_takes_another_s_place_is_seen_after_attach() -> None:
    pair = Pair()
    pair.grow(1)
    pair.columns["number"] = array("q", [9])
    pair.attach()
    assert pair.number[0] == 9
