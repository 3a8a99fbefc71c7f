"""The calculator's messages on a connection."""

from __future__ import annotations

from tests.exchanges.talk import Talk
from whywire.exchanges import Exchange
from whywire.protocols.calc import Message, write

START = 1_700_000_000


def ask(text: str) -> bytes:
    return write(Message(True, START, text.encode()))


def answer(text: str, status: int = 200) -> bytes:
    return write(Message(False, START, text.encode(), status=status))


def talking() -> Talk:
    talk = Talk()
    talk.open("c1", port=9999)
    return talk


def said(found: tuple[Exchange, ...]) -> list[tuple[str | None, int | None]]:
    return [(one.request.target if one.request else None, one.response.status if one.response else None)
            for one in found]


def test_several_messages_by_their_lengths() -> None:
    talk = talking()
    both = ask("1 + 2") + ask("2 / 0")
    talk.up("c1", both[:20])
    last = talk.up("c1", both[20:])
    talk.down("c1", answer('{"result": 3}') + answer('{"error": "division by zero"}', 400))
    found = talk.found()
    assert said(found.exchanges) == [("1 + 2", 200), ("2 / 0", 400)]
    one, two = found.exchanges
    assert one.request is not None
    assert two.request is not None
    assert (one.request.last_packet, two.request.last_packet) == (4, last)
    assert (one.request.bytes, one.request.head_bytes, one.request.body_bytes) == (17, 12, 5)
    assert (one.protocol, found.uses[0].reuse) == ("calc", 1)


def test_an_answer_that_is_cut() -> None:
    talk = talking()
    talk.up("c1", ask("1"))
    talk.down("c1", answer('{"result": 1}')[:-3])
    (one,) = talk.found().exchanges
    assert one.response is not None
    assert (one.response.fate, one.response.status, one.response.last_packet) == ("cut", None, None)


def test_a_message_whose_data_the_capture_cut() -> None:
    talk = talking()
    talk.up("c1", ask("1 + 2 + 3 + 4"), captured=16)
    talk.down("c1", answer('{"result": 10}'))
    (one,) = talk.found().exchanges
    assert one.request is not None
    assert (one.request.target, one.request.bytes, one.request.complete) == (None, 25, True)
    assert said((one,)) == [(None, 200)]


def test_a_reset_inside_a_message() -> None:
    talk = talking()
    talk.up("c1", ask("1 + 1")[:15])
    talk.rst("c1", "down")
    (one,) = talk.found().exchanges
    assert one.request is not None
    assert one.request.fate == "reset"
