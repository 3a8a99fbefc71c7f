from __future__ import annotations

import pytest
from hypothesis import given, settings

from tests.story.accounts import of_ladder
from tests.story.factories import account, connection
from tests.strategies import sound_ladders
from whywire.base.errors import WhywireError
from whywire.ladder import Ladder, to_text
from whywire.report.json import as_object
from whywire.report.terminal import render
from whywire.story import MANY, MOST, tell
from whywire.story.document import Heading, Table, Timeline


def pictures(count: int, **options: bool) -> int:
    """Return how many of ``count`` connections are told with a picture."""
    found = account(*(connection(number) for number in range(1, count + 1)))
    return sum(isinstance(node, Timeline) for node in tell(found, **options).nodes)


def test_few_connections_have_their_pictures_and_many_a_table() -> None:
    assert pictures(MANY) == MANY
    assert pictures(MANY + 1) == 0
    assert pictures(MANY + 1, all_packets=True) == MANY + 1


def test_of_very_many_connections_only_the_table_is_told() -> None:
    told = tell(account(*(connection(number) for number in range(1, MOST + 2))))
    assert sum(isinstance(node, Heading) for node in told.nodes) == 1
    assert any(isinstance(node, Table) and len(node.rows) == MOST + 1 for node in told.nodes)


@pytest.mark.parametrize("asked", ["c2", "2"])
def test_one_connection_can_be_chosen(asked: str) -> None:
    found = account(*(connection(number) for number in range(1, 10)))
    assert [one.number for one in tell(found, connection=asked).connections] == [2]


def test_a_connection_that_is_not_there_is_named_with_those_that_are() -> None:
    with pytest.raises(WhywireError, match=r"There is no connection c9 in some.pcapng: it has c1 to c3\."):
        tell(account(*(connection(number) for number in (1, 2, 3))), connection="c9")
    with pytest.raises(WhywireError, match=r"There is no connection c1 in some.pcapng\."):
        tell(account(), connection="c1")


def test_all_packets_unfolds_every_run() -> None:
    ladder = "a>b S 0:0(0)\n+0.01 b>a SA 0:0(0) ack 1\na>b A 1:1(0) ack 1\n" + "".join(
        f"+0.0001 b>a A {1 + 1000 * n}:{1001 + 1000 * n}(1000) ack 1\n" for n in range(9))
    found = of_ladder(ladder)
    assert "3-12" not in render(tell(found, all_packets=True))
    assert "4-12" in render(tell(found))


@settings(max_examples=60, deadline=None)
@given(sound_ladders())
def test_whatever_was_captured_can_be_told(ladder: Ladder) -> None:
    found = of_ladder(to_text(ladder))
    for all_packets in (False, True):
        told = tell(found, all_packets=all_packets)
        assert "None" not in render(told, 80)
        assert len(as_object(told)["packets_explained"]) == len(ladder.packets)
