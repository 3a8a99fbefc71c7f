"""Small questions about connections."""

from __future__ import annotations

from tests.exchanges.talk import Talk
from whywire.exchanges.spoken import Spoken, by_pair, by_server, host
from whywire.exchanges.stream import Stream


def spoken(talk: Talk) -> list[Spoken]:
    account, _ = talk.account()
    return [Spoken(one, dict[object, Stream]()) for one in account.connections]  # type: ignore[arg-type]


def test_hosts() -> None:
    assert host("10.0.0.1:80") == "10.0.0.1"
    assert host("[fe80::1]:80") == "[fe80::1]"


def test_groups_are_in_the_order_of_opening() -> None:
    talk = Talk()
    talk.open("c1")
    talk.open("c2", port=81)
    talk.open("c3")
    talk.open("c4", client="other")
    found = spoken(talk)
    assert [[one.number for one in group] for group in by_pair(found).values()] == [[1, 3], [2], [4]]
    assert [[one.number for one in group] for group in by_server(found).values()] == [[1, 3, 4], [2]]


def test_beginning_and_end() -> None:
    talk = Talk()
    talk.open("c1")
    fin = talk.close("c1")
    talk.refused("c2", "a", "b", 81)
    one, two = spoken(talk)
    assert one.opened is not None
    assert one.ended is not None
    assert (one.opened.packet, one.ended.packet, one.established, two.established) == (1, fin, True, False)
    assert one.segment(fin) is one.ended
    assert one.segment(999) is None
