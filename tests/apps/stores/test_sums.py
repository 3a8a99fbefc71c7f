"""Checksums by block, however the bytes arrive."""

from __future__ import annotations

import pytest

from whywire.apps.stores.sums import BLOCK, Sums

CONTENT = bytes(range(256)) * (BLOCK // 256 * 2) + b"rest"


@pytest.mark.parametrize("step", [777, BLOCK, BLOCK + 1, len(CONTENT)])
def test_any_pieces_give_the_same_sums(step: int) -> None:
    sums = Sums()
    for at in range(0, len(CONTENT), step):
        sums.add(CONTENT[at:at + step])
    again = Sums.of(sums.packed())
    blocks = [CONTENT[at:at + BLOCK] for at in range(0, len(CONTENT), BLOCK)]
    assert all(again.right(number, block) for number, block in enumerate(blocks))
    assert not again.right(0, b"x" + blocks[0][1:])
    assert not again.right(2, b"res")
    assert not again.right(3, b"rest")
