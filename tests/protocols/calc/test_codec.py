"""The calculator's messages: pieces, holes, and what is not one."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.protocols.feeding import ways
from whywire.protocols.calc import HEADER_BYTES, CalcError, Malformed, Message, Reader, looks_like, write

NOW = 1_700_000_000
ASK = Message(True, NOW, b"1 + 2", may_cache=True, steps=True, cache_seconds=60)
ANSWER = Message(False, NOW, json.dumps({"result": 3, "steps": ["3"]}).encode(), status=200, may_cache=True)


def taken(reader: Reader) -> list[Message | Malformed]:
    found = []
    while (message := reader.next_message()) is not None:
        found.append(message)
    return found


def read(data: bytes, *, end: bool = True) -> list[Message | Malformed]:
    results = []
    for pieces in ways(data):
        reader = Reader()
        found = []
        for piece in pieces:
            reader.feed(piece)
            found += taken(reader)
        if end:
            reader.end()
            found += taken(reader)
        results.append(found)
    assert all(result == results[0] for result in results)
    return results[0]


def test_the_header_is_what_the_specification_draws() -> None:
    raw = write(ASK)
    assert raw[:4] == NOW.to_bytes(4, "big")
    assert raw[4:6] == len(raw).to_bytes(2, "big")
    assert raw[6:8] == (1 << 12 | 1 << 11 | 1 << 10).to_bytes(2, "big")
    assert raw[8:12] == b"\x00\x3c\x00\x00"
    assert raw[HEADER_BYTES:] == b"1 + 2"


def test_several_messages_in_any_pieces() -> None:
    one, two = write(ASK), write(ANSWER)
    found = read(one + two)
    assert [(m.is_request, m.data, m.start, m.end) for m in found if isinstance(m, Message)] == [
        (True, ASK.data, 0, len(one)), (False, ANSWER.data, len(one), len(one) + len(two))]


def test_reserved_bits_and_pad_are_ignored_when_read() -> None:
    raw = bytearray(write(ASK))
    raw[6] |= 0xE0
    raw[11] = 7
    (message,) = read(bytes(raw))
    assert isinstance(message, Message)
    assert (message.is_request, message.status, message.data) == (True, 0, ASK.data)
    assert not looks_like(bytes(raw), True, NOW)


@pytest.mark.parametrize(("data", "why", "at"), [
    (b"\x00" * 12, "length", 0), (write(ASK) + b"\xff" * 4 + b"\x00\x0b" + b"\xff" * 6, "length", len(write(ASK))),
    (write(ASK)[:-1], "incomplete", 0), (b"\x00" * 11, "incomplete", 0),
])
def test_no_message(data: bytes, why: str, at: int) -> None:
    assert read(data)[-1] == Malformed(at, why)


def test_a_hole_in_the_data_leaves_the_rest_readable() -> None:
    reader = Reader()
    reader.feed(write(ANSWER)[:20])
    assert taken(reader) == []
    reader.skip(len(write(ANSWER)) - 25)
    reader.feed(write(ANSWER)[-5:])
    (message,) = taken(reader)
    assert isinstance(message, Message)
    assert (message.data, message.status, message.end) == (None, 200, len(write(ANSWER)))
    reader.feed(write(ASK))
    (again,) = taken(reader)
    assert isinstance(again, Message)
    assert again.text == "1 + 2"


def test_a_hole_in_a_header_is_the_end() -> None:
    reader = Reader()
    reader.feed(write(ASK)[:7])
    reader.skip(5)
    assert taken(reader) == [Malformed(0, "hole")]
    reader.feed(write(ASK))
    assert taken(reader) == []


@pytest.mark.parametrize("message", [
    Message(True, NOW, b"x", status=200), Message(True, -1, b"x"), Message(False, NOW, b"x", status=1024),
    Message(True, NOW, b"x" * 65524), Message(True, NOW, None), Message(True, NOW, b"", cache_seconds=65536),
])
def test_what_the_header_can_not_say(message: Message) -> None:
    with pytest.raises(CalcError):
        write(message)


@pytest.mark.parametrize(("data", "is_request", "sure"), [
    (write(ASK), True, True), (write(ASK), False, False), (write(ANSWER), False, True), (write(ANSWER), True, False),
    (write(ANSWER)[:20], False, True), (write(ASK) + write(ASK), True, True), (write(ASK)[:11], True, False),
    (write(Message(True, NOW + 10 ** 8, b"1")), True, False), (write(Message(True, NOW, b"")), True, False),
    (write(Message(True, NOW, b"\xff\xfe")), True, False), (write(Message(True, NOW, b"1\x00")), True, False),
    (write(Message(False, NOW, b"[1]", status=200)), False, False),
    (write(Message(False, NOW, b'{"error": "x"}', status=400)), False, True),
    (write(Message(False, NOW, b'{"error": "x"}', status=302)), False, False),
    (b"calculator request 1 calculator request 1", True, False), (b"calculator answer 1 calculator", False, False),
    (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"x" * 90, True, False),
    ("π".encode().join([write(Message(True, NOW, "pi * π".encode()))[:-1], b""]), True, False),
    (write(Message(True, NOW, "pi * π".encode()))[:-1], True, True),
])
def test_what_looks_like_one_in_a_capture(data: bytes, is_request: bool, sure: bool) -> None:
    assert looks_like(data, is_request, NOW) is sure


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=60), st.booleans(), st.none() | st.integers(0, 2 ** 32))
def test_any_bytes(data: bytes, is_request: bool, seconds: int | None) -> None:
    read(data)
    assert looks_like(data, is_request, seconds) in (True, False)


@settings(max_examples=60, deadline=None)
@given(st.booleans(), st.integers(0, 2 ** 32 - 1), st.binary(max_size=40), st.booleans(), st.booleans(),
       st.integers(0, 65535))
def test_what_is_written_comes_back(ask: bool, time: int, data: bytes, cache: bool, steps: bool, seconds: int) -> None:
    message = Message(ask, time, data, 0 if ask else 404, cache, steps, seconds)
    (back,) = read(write(message))
    assert back == Message(ask, time, data, message.status, cache, steps, seconds, 0, HEADER_BYTES + len(data))
