"""Questions and answers without a protocol."""

from __future__ import annotations

from tests.exchanges.talk import Talk, get, ok
from whywire.connections.model import Side
from whywire.exchanges.find import speak
from whywire.exchanges.spoken import Spoken
from whywire.exchanges.turns import turns


def spoken(talk: Talk) -> Spoken:
    account, _ = talk.account()
    return speak(account.connections[0], lambda _: b"")


def test_bytes_of_one_side_up_to_the_others() -> None:
    talk = Talk()
    talk.open("c1")
    one = talk.up("c1", b"ab")
    two = talk.up("c1", b"cd")
    answer = talk.down("c1", b"efg")
    last = talk.up("c1", b"h")
    found = turns(spoken(talk))
    assert [(x.question.first_packet, x.question.last_packet, x.question.start, x.question.end) for x in found] == [
        (one, two, 1, 5), (last, last, 5, 6)]
    assert found[0].answer is not None
    assert (found[0].answer.first_packet, found[0].answer.end, found[1].answer) == (answer, 4, None)
    assert (found[0].asker, str(found[0].ref)) == (Side.CLIENT, "c1")


def test_a_server_that_speaks_first() -> None:
    talk = Talk()
    talk.open("c1")
    talk.down("c1", b"hello")
    talk.up("c1", b"ab")
    (found,) = turns(spoken(talk))
    assert (found.question.start, found.answer) == (1, None)


def test_exchanges_are_turns() -> None:
    talk = Talk()
    talk.open("c1")
    talk.up("c1", get("/a") + get("/b"))
    talk.down("c1", ok(b"1"))
    account, found = talk.account()
    own = Spoken(account.connections[0], {})
    own.protocol, own.exchanges = "http", list(found.exchanges)
    assert [(str(x.ref), x.answer is None) for x in turns(own)] == [("x1", False), ("x2", True)]
