"""Which protocol: by both directions' beginnings, whatever the ports."""

from __future__ import annotations

import pytest

from tests.exchanges.talk import GET, Talk, ok
from whywire.protocols.calc import Message, write

START = 1_700_000_000
ASK = write(Message(True, START, b"1 + 2"))
ANSWER = write(Message(False, START, b'{"result": 3}', status=200))


def protocol(up: list[bytes], down: list[bytes], **how: bool) -> str | None:
    talk = Talk()
    talk.open("c1", port=4711, **how)
    for data in up:
        talk.up("c1", data)
    for data in down:
        talk.down("c1", data)
    (use,) = talk.found().uses
    return use.protocol


@pytest.mark.parametrize(("up", "down", "found"), [
    ([GET], [ok()], "http"), ([GET[:9], GET[9:]], [], "http"), ([GET[:9]], [], "http"), ([], [ok()], "http"),
    ([b"\r\n" + GET], [], "http"), ([b"GET /" + b"a" * 3000, b"a" * 3000 + b" HTTP/1.1\r\n\r\n"], [], "http"),
    ([b"GET lost"], [], None), ([b"\x00" * 20], [ok()], "http"), ([b"\x00" * 20, GET], [b"\x00"], None),
    ([ASK], [ANSWER], "calc"), ([ASK], [], "calc"), ([], [ANSWER], "calc"), ([ASK[:7], ASK[7:]], [ANSWER], "calc"),
    ([ASK], [b"x" * 30], None), ([ASK], [ASK], None), ([b"calculator request 1 " * 9], [b"calculator answer"], None),
    ([], [], None),
])
def test_by_what_is_said(up: list[bytes], down: list[bytes], found: str | None) -> None:
    assert protocol(up, down) == found


def test_in_the_middle_of_a_stream_any_packet_may_begin_a_message() -> None:
    assert protocol([b"x" * 20, GET], [b"y" * 30, ok()], syn=False) == "http"
    assert protocol([ASK], [ANSWER], syn=False) is None


def test_answers_alone_are_enough_where_the_questions_are_missing() -> None:
    talk = Talk()
    talk.open("c1")
    talk.up("c1", GET, missing=True)
    talk.down("c1", ok())
    assert talk.found().uses[0].protocol == "http"
