"""Misreadings are named only where they would arise, and only those that are wrong there."""

from __future__ import annotations

import pytest

from tests.connections.accounts import founding
from whywire.connections.why import Why

EXPECTED = {
    "a-v1.pcapng": {Why.BELIEF_ACK_PLUS_ONE},
    "a-v3.pcapng": {Why.BELIEF_TOO_MUCH, Why.BELIEF_ACK_PLUS_ONE},
    "a-v4.pcapng": {Why.BELIEF_ACK_READ, Why.BELIEF_EMPTY_FIN},
    "b-names.pcapng": {Why.BELIEF_CLOSES_BY_ITSELF, Why.BELIEF_ACK_PLUS_ONE},
    "b-v3.pcapng": {Why.BELIEF_TOO_MUCH, Why.BELIEF_ACK_PLUS_ONE},
    "c-v3-read-all.pcap": {Why.BELIEF_ACK_PLUS_ONE},
}


@pytest.mark.parametrize("name", EXPECTED)
def test_where_they_arise(name: str) -> None:
    assert {belief.why for belief in founding(name).connections[0].beliefs} == EXPECTED[name]


def test_never_more_than_two() -> None:
    for name in EXPECTED:
        assert all(len(connection.beliefs) <= 2 for connection in founding(name).connections)
