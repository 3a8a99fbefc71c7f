"""Requests that waited behind another connection of a serial server, and slow answers that did not."""

from __future__ import annotations

from tests.exchanges.talk import GET, Talk, ok
from whywire.connections.model import Certainty
from whywire.exchanges.model import Waited


def waits(talk: Talk) -> list[Waited]:
    return [wait for use in talk.found().uses for wait in use.waits]


def two(gap: float = 1.0, answer_after: float = 0.001) -> Talk:
    """Two connections; the second one's request comes while the first is idle, and is answered behind its end."""
    talk = Talk()
    talk.open("c1")
    talk.up("c1", GET)
    talk.down("c1", ok())
    talk.open("c2")
    talk.up("c2", GET)
    talk.close("c1", after=gap)
    talk.down("c2", ok(), after=answer_after)
    return talk


def test_an_answer_that_begins_when_another_connection_ends() -> None:
    (wait,) = waits(two())
    assert (wait.exchange, wait.behind, wait.acknowledged, wait.released, wait.answered) == (2, 1, 12, 13, 17)
    assert wait.certainty is Certainty.LIKELY
    assert wait.others
    assert wait.wait_ns > 1_000_000_000


def test_a_slow_answer_is_only_slow() -> None:
    assert waits(two(gap=0.1, answer_after=1.0)) == []


def test_a_quick_answer_did_not_wait() -> None:
    assert waits(two(gap=0.01)) == []


def test_a_later_connection_is_not_waited_for() -> None:
    talk = Talk()
    talk.open("c1")
    talk.up("c1", GET)
    talk.open("c2")
    talk.close("c2", after=1.0)
    talk.down("c1", ok())
    assert waits(talk) == []


def test_a_second_request_on_an_accepted_connection_does_not_wait_for_the_accept() -> None:
    talk = Talk()
    talk.open("c1")
    talk.open("c2")
    talk.up("c2", GET)
    talk.down("c2", ok())
    talk.up("c2", GET)
    talk.close("c1", after=1.0)
    talk.down("c2", ok())
    assert waits(talk) == []
