"""Columns grow together."""

from __future__ import annotations

from whywire.connections.flows import FLOW_COLUMNS, Flows, Rows


def test_all_columns_have_the_same_length() -> None:
    flows = Flows()
    flows.grow(2)
    flows.grow()
    assert {len(getattr(flows, name)) for name, _ in FLOW_COLUMNS} == {3}
    assert set(flows.base) == {0}


def test_two_sets_of_columns_share_nothing() -> None:
    one, other = Rows(), Rows()
    one.grow(3)
    assert len(other.seq) == 0
