from __future__ import annotations

import dataclasses

import pytest

from tests.story.factories import C, account, connection, conversation
from whywire.story import document
from whywire.story.document import PacketRow
from whywire.story.packet import packet_row
from whywire.story.teller import Teller

NODES = [value for value in vars(document).values()
         if isinstance(value, type) and value.__module__ == document.__name__]


@pytest.mark.parametrize("node", NODES, ids=lambda node: node.__name__)
def test_a_node_is_frozen_and_small(node: type) -> None:
    assert node.__dataclass_params__.frozen  # type: ignore[attr-defined]
    assert "__dict__" not in dir(node)
    assert node.__doc__


def test_a_row_keeps_the_record_it_speaks_of() -> None:
    first = conversation()[0]
    row = packet_row(Teller(account(connection())), first, 0)
    assert isinstance(row, PacketRow)
    assert (row.segment, row.side) == (first, C)
    with pytest.raises(dataclasses.FrozenInstanceError):
        row.what = "x"  # type: ignore[misc]
