"""The strict tier, as conversations."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.protocols.feeding import ways
from whywire.protocols.calc import CalcError, Message, write
from whywire.protocols.calc.content import request, success
from whywire.protocols.calc.ends import ClientEnd, Refusal, ServerEnd

NOW = 1_700_000_000
ASK = request("1+1", now=NOW)
ANSWER = success(2, (), now=NOW, with_steps=False, fresh_s=60)


def requests(data: bytes, *, end: bool = True) -> list[str | tuple[int, str, bool]]:
    """Return requests' texts and refusals, having checked that every way of feeding gives the same."""
    results = []
    for pieces in ways(data):
        server = ServerEnd()
        found: list[str | tuple[int, str, bool]] = []
        for piece in [*pieces, b""]:
            if piece:
                server.feed(piece)
            elif end:
                server.end()
            while (one := server.next_request()) is not None:
                found.append((one.status, one.why, one.closes) if isinstance(one, Refusal) else one.text or "")
        assert server.closed or not end or server.waiting_bytes == 0
        results.append(found)
    assert all(result == results[0] for result in results)
    return results[0]


def test_requests_in_any_pieces() -> None:
    assert requests(ASK + request("π", now=NOW) + request("", now=NOW)) == ["1+1", "π", ""]


def test_the_bytes_of_a_request_as_they_came() -> None:
    odd = ASK[:6] + bytes([ASK[6] | 0xE0]) + ASK[7:10] + b"\x12\x34" + ASK[12:]
    server = ServerEnd()
    server.feed(odd + ASK)
    for raw in (odd, ASK):
        found = server.next_request()
        assert isinstance(found, Message)
        assert found.raw == raw


@pytest.mark.parametrize(("data", "wanted"), [
    (ANSWER + ASK, [(400, "the message is an answer (T is 0); a server takes requests", False), "1+1"]),
    (struct.pack("!IHHHH", 0, 12, 1 << 10 | 200, 0, 0) + ASK,
     [(400, "the message has the status 200; that of a request is 0", False), "1+1"]),
    (ASK + struct.pack("!IHHHH", 0, 11, 1 << 10, 0, 0) + ASK,
     ["1+1", (0, "a length below the 12 bytes of a header", True)]),
    (ASK[:5], [(400, "the connection ended inside a message, after 5 bytes of its header", True)]),
    (ASK[:13], [(400, "the connection ended inside a message, after 13 of 15 bytes", True)]),
    (b"", []),
])
def test_what_is_refused(data: bytes, wanted: list[object]) -> None:
    assert requests(data) == wanted


def test_nothing_is_read_behind_the_end() -> None:
    server = ServerEnd()
    server.feed(b"\x00" * 12)
    assert isinstance(server.next_request(), Refusal)
    server.feed(ASK)
    assert server.next_request() is None
    assert (server.closed, server.waiting_bytes) == (True, 0)


def test_answers_go_to_requests_in_order() -> None:
    client = ClientEnd()
    client.asked("a")
    client.asked("b")
    client.feed(ANSWER + ANSWER[:5])
    found = client.next_answer()
    assert found is not None
    assert (found[0], found[1].raw) == ("a", ANSWER)
    assert client.next_answer() is None
    assert client.unanswered == 1
    client.feed(ANSWER[5:])
    client.feed(b"")
    second = client.next_answer()
    assert second is not None
    assert second[0] == "b"
    assert client.next_answer() is None


@pytest.mark.parametrize(("data", "said"), [
    (ASK, "T is 1"), (ANSWER[:6] + struct.pack("!H", 302) + ANSWER[8:], "has the status 302"),
    (b"\x00" * 12, "a length below 12"), (ANSWER[:-1], "inside an answer"), (b"", "1 of the requests unanswered"),
    (write(Message(False, NOW, b"", 0)), "has the status 0"),
    (write(Message(False, NOW, b"", 600)), "has the status 600"),
])
def test_what_no_server_sends(data: bytes, said: str) -> None:
    client = ClientEnd()
    client.asked()
    client.feed(data)
    client.feed(b"")
    with pytest.raises(CalcError, match=said):
        client.next_answer()


def test_an_answer_that_nobody_asked_for() -> None:
    client = ClientEnd()
    client.feed(ANSWER)
    with pytest.raises(CalcError, match="nobody asked for"):
        client.next_answer()


@settings(max_examples=150, deadline=None)
@given(st.lists(st.one_of(st.binary(max_size=30), st.sampled_from([ASK, ANSWER, ASK[:9]])), max_size=4))
def test_any_bytes(pieces: list[bytes]) -> None:
    data = b"".join(pieces)
    requests(data)
    client = ClientEnd()
    client.asked()
    client.feed(data)
    try:
        while client.next_answer() is not None:
            client.asked()
    except CalcError as error:
        assert str(error)
