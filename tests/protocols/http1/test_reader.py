"""The tolerant reader: conversations, offsets, holes, and any bytes at all."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.protocols.feeding import joined, read, take, with_rest
from whywire.protocols.http1 import REQUEST, RESPONSE, Limits, Reader
from whywire.protocols.http1 import states as s
from whywire.protocols.http1.events import (
    CHUNKED,
    LENGTH,
    UNTIL_CLOSE,
    ConnectionClosed,
    Data,
    EndOfMessage,
    Event,
    InformationalResponse,
    Malformed,
    Request,
    Response,
    Upgraded,
)

GET = b"GET /a HTTP/1.1\r\nHost: h\r\n\r\n"
POST = b"POST /p HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello"
CHUNKS = (b"POST /c HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
          b"5\r\nhello\r\n1;x=\"y\"\r\n!\r\n0\r\nSum: 9\r\n\r\n")
CHUNK_HEAD = CHUNKS[:CHUNKS.index(b"5\r\nhello")]
PIPELINE = [GET, POST, CHUNKS, b"HEAD /h HTTP/1.1\r\nHost: h\r\n\r\n"]


def heads(events: list[Event]) -> list[Event]:
    return [event for event in events if isinstance(event, Request | Response | InformationalResponse)]


def ends(events: list[Event]) -> list[EndOfMessage]:
    return [event for event in events if isinstance(event, EndOfMessage)]


def lost(events: list[Event]) -> Malformed:
    [found] = [event for event in events if isinstance(event, Malformed)]
    return found


def test_a_request_and_its_offsets() -> None:
    first, end, closed = read(REQUEST, GET)
    assert isinstance(first, Request)
    assert (first.method, first.target, first.version, first.start, first.end) == ("GET", "/a", "1.1", 0, len(GET))
    assert (first.headers, first.flaws, first.keeps_alive) == (((b"host", b"h"),), (), True)
    assert (end, closed) == (EndOfMessage(len(GET)), ConnectionClosed(len(GET)))


def test_pipelined_requests_have_the_offsets_of_their_bytes() -> None:
    events = read(REQUEST, b"".join(PIPELINE))
    position, spans = 0, []
    for message in PIPELINE:
        spans.append((position, position + len(message)))
        position += len(message)
    assert [(head.start, end.at) for head, end in zip(heads(events), ends(events), strict=True)] == spans  # type: ignore[union-attr]
    assert [end.body_bytes for end in ends(events)] == [0, 5, 6, 0]


def test_chunks_are_taken_out_of_the_body_and_trailers_are_kept() -> None:
    events = read(REQUEST, CHUNKS)
    (first,) = heads(events)
    assert isinstance(first, Request)
    assert first.framing == CHUNKED
    assert b"".join(event.data for event in events if isinstance(event, Data)) == b"hello!"
    assert ends(events) == [EndOfMessage(len(CHUNKS), 6, ((b"sum", b"9"),))]


@pytest.mark.parametrize("message", PIPELINE)
def test_bytes_behind_a_message_are_the_next_one(message: bytes) -> None:
    rest = with_rest(REQUEST, message, GET + b"GET /next")
    assert [event.start for event in rest if isinstance(event, Request)] == [len(message)]


def test_a_body_until_close_ends_with_the_stream() -> None:
    head = b"HTTP/1.1 200 OK\r\n\r\n"
    first, data, end, closed = read(RESPONSE, head + b"abc" * 20)
    assert isinstance(first, Response)
    assert (first.framing, first.length, first.keeps_alive) == (UNTIL_CLOSE, None, False)
    assert isinstance(data, Data)
    assert end == EndOfMessage(len(head) + 60, 60, by_close=True)
    assert closed == ConnectionClosed(len(head) + 60)


def test_responses_know_their_requests() -> None:
    no_body = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"
    events = read(RESPONSE, no_body + no_body + b"12345", methods=["HEAD", "GET"])
    assert [end.body_bytes for end in ends(events)] == [0, 5]


def test_interim_responses_come_before_the_final_one() -> None:
    data = (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
            b"HTTP/1.1 204 No Content\r\n\r\n")
    events = read(RESPONSE, data, methods=["PUT"])
    assert [type(event) for event in events] == [
        InformationalResponse, InformationalResponse, Response, EndOfMessage, ConnectionClosed]


def test_after_101_the_stream_is_no_http() -> None:
    data = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n"
    first, end, switched, closed = read(RESPONSE, data + b"HTTP/1.1 \r\n\r\n\x00", methods=["GET"])
    assert isinstance(first, Response)
    assert (end, switched, closed) == (EndOfMessage(len(data)), Upgraded(len(data)), ConnectionClosed(len(data) + 14))


@pytest.mark.parametrize("accepted", [True, False])
def test_a_request_that_may_switch_waits_for_its_answer(accepted: bool) -> None:
    upgrade = b"GET / HTTP/1.1\r\nHost: h\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"
    states = []

    def answer(reader: Reader) -> None:
        states.append(reader.state)
        reader.switch(accepted)

    events = read(REQUEST, upgrade + GET, on_wait=answer)
    assert set(states) == {s.WAITING}
    assert len(heads(events)) == (1 if accepted else 2)
    assert (Upgraded(len(upgrade)) in events) is accepted


def test_http_1_0_has_no_upgrade() -> None:
    (first,) = heads(read(REQUEST, b"GET / HTTP/1.0\r\nUpgrade: x\r\n\r\n"))
    assert isinstance(first, Request)
    assert not first.may_switch


@pytest.mark.parametrize(("data", "kind", "at"), [
    (b"GET /\r\n\r\n", "bad-request-line", 0),
    (GET + b"\x16\x03\x01\x02\r\n", "bad-request-line", len(GET)),
    (b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: x\r\n\r\n", "bad-length", 0),
    (CHUNK_HEAD + b"zz\r\n", "bad-chunk-size", len(CHUNK_HEAD)),
    (CHUNK_HEAD + b"5\r\nhelloXY", "chunk-overrun", len(CHUNK_HEAD) + 8),
    (b"\r\n" * 17, "many-empty-lines", 34),
])
def test_what_can_not_be_read_says_where_and_why(data: bytes, kind: str, at: int) -> None:
    flaw = lost(read(REQUEST, data, end=False)).flaw
    assert (flaw.kind, flaw.at) == (kind, at)


@pytest.mark.parametrize(("data", "in_message"), [
    (b"GET / HT", False), (b"GET / HTTP/1.1\r\nHo", True), (POST[:-1], True), (CHUNKS[:-2], True),
])
def test_a_stream_that_ends_inside_a_message(data: bytes, in_message: bool) -> None:
    found = lost(read(REQUEST, data))
    assert (found.flaw.kind, found.in_message) == ("incomplete", in_message)


def test_the_first_line_is_given_out_although_the_head_is_cut() -> None:
    (first,) = heads(read(REQUEST, b"GET /a HTTP/1.1\r\nHost: h\r\nUser-Ag"))
    assert isinstance(first, Request)
    assert (first.target, first.end, first.headers, first.length) == ("/a", None, ((b"host", b"h"),), None)


def test_a_first_line_without_its_end_is_given_out_too() -> None:
    (ask,) = heads(read(REQUEST, b"GET /a HTTP/1.1"))
    (answer,) = heads(read(RESPONSE, b"HTTP/1.1 200 O"))
    assert isinstance(ask, Request)
    assert isinstance(answer, Response)
    assert (ask.target, answer.status, answer.reason) == ("/a", 200, "")


@pytest.mark.parametrize(("data", "flaw"), [
    (b"\r\n" + GET, "empty-line-before"), (GET.replace(b"\r\n", b"\n"), "bare-lf"),
    (b"GET /a HTTP/1.1\r\n\r\n", "no-host"), (b"GET /a HTTP/1.1\r\nHost: h\r\n x\r\n\r\n", "obs-fold"),
])
def test_what_can_be_read_is_read_and_reported(data: bytes, flaw: str) -> None:
    (first,) = heads(read(REQUEST, data))
    assert isinstance(first, Request)
    assert (first.target, flaw in [one.kind for one in first.flaws]) == ("/a", True)


@pytest.mark.parametrize(("limits", "data", "kind"), [
    (Limits(line=30), b"GET /" + b"a" * 40, "line-too-long"),
    (Limits(head=60), b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * 20, "head-too-large"),
    (Limits(chunk_line=10), CHUNK_HEAD + b"1;" + b"a" * 20, "bad-chunk-size"),
    (Limits(head=60), CHUNK_HEAD + b"0\r\n" + b"A: b\r\n" * 20, "trailers-too-large"),
])
def test_limits_hold_however_the_bytes_come(limits: Limits, data: bytes, kind: str) -> None:
    for step in (1, 7, len(data)):
        reader = Reader(REQUEST, limits)
        events: list[Event] = []
        for at in range(0, len(data), step):
            reader.feed(data[at:at + step])
            events += take(reader)
        assert lost(events).flaw.kind == kind
        assert reader.waiting_bytes == 0


# ---- bytes that are not there ----

@pytest.mark.parametrize("known", [0, 2, 5])
def test_a_body_of_known_length_survives_a_hole(known: int) -> None:
    reader = Reader(REQUEST)
    reader.feed(POST[:len(POST) - 5 + known])
    events = take(reader)
    if known < 5:
        assert reader.free_to_skip == 5 - known
        reader.skip(5 - known)
    events += take(reader)
    reader.feed(GET)
    events += take(reader)
    assert [(end.at, end.body_bytes) for end in ends(events)] == [(len(POST), 5), (len(POST) + len(GET), 0)]


def test_a_body_until_close_counts_what_is_missing() -> None:
    reader = Reader(RESPONSE)
    reader.feed(b"HTTP/1.1 200 OK\r\n\r\nab")
    events = take(reader)
    assert reader.free_to_skip is None
    reader.skip(1000)
    events += take(reader)
    reader.end()
    events += take(reader)
    assert ends(events) == [EndOfMessage(1021, 1002, by_close=True)]


def test_a_hole_in_a_head_loses_the_stream_until_it_is_resumed() -> None:
    reader = Reader(REQUEST)
    reader.feed(b"GET /a HTTP/1.1\r\nHo")
    events = take(reader)
    reader.skip(100)
    events += take(reader)
    assert [type(event) for event in events] == [Request, Malformed]
    assert lost(events).flaw.kind == "hole"
    reader.feed(b"rest of something")
    assert take(reader) == []
    assert (reader.state, reader.offset) == (s.LOST, 19 + 100 + 17)
    reader.resume()
    reader.feed(GET)
    again = heads(take(reader))
    assert [event.start for event in again if isinstance(event, Request)] == [136]


def test_a_hole_that_begins_in_a_body_and_ends_in_a_head() -> None:
    reader = Reader(REQUEST)
    reader.feed(POST[:-3])
    events = take(reader)
    reader.skip(10)
    events += take(reader)
    assert [end.at for end in ends(events)] == [len(POST)]
    assert (lost(events).at, lost(events).in_message) == (len(POST), False)
    assert reader.offset == len(POST) + 7


# ---- any bytes at all ----

def settle(reader: Reader, data: bytes, cuts: list[int]) -> list[Event]:
    events: list[Event] = []
    for start, end in zip([0, *cuts], [*cuts, len(data)], strict=True):
        reader.feed(data[start:end])
        events += take(reader)
        if reader.state == s.WAITING:
            reader.switch(False)
            events += take(reader)
    reader.end()
    return joined(events + take(reader))


ALPHABET = st.sampled_from([b"GET / HTTP/1.1\r\n", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 100 C\r\n", b"Host: h\r\n",
                            b"Content-Length: 3\r\n", b"Transfer-Encoding: chunked\r\n", b"\r\n", b"\n", b"\r", b"3",
                            b"0", b"abc", b" ", b":", b";", b"Upgrade: x\r\n", b"Connection: close\r\n",
                            b"\x00", b"\xff"])


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.binary(max_size=80), st.lists(ALPHABET, max_size=14).map(b"".join)), st.data())
def test_any_bytes_in_any_pieces_give_the_same_and_never_raise(data: bytes, more: st.DataObject) -> None:
    cuts = sorted(more.draw(st.lists(st.integers(0, len(data)), max_size=4)))
    for kind in (REQUEST, RESPONSE):
        whole = settle(Reader(kind), data, [])
        assert settle(Reader(kind), data, cuts) == whole
        assert settle(Reader(kind), data, list(range(len(data)))) == whole
        offsets = [event.start if isinstance(event, Request | Response | InformationalResponse) else event.at
                   for event in whole]
        assert offsets == sorted(offsets)
        assert all(offset <= len(data) for offset in offsets)


def test_mutated_conversations_never_raise() -> None:
    seed = random.Random(9112)
    stream = bytearray(b"".join(PIPELINE))
    survived = 0
    for _ in range(400):
        data = bytearray(stream)
        for _ in range(seed.randint(1, 6)):
            data[seed.randrange(len(data))] = seed.randrange(256)
        events = settle(Reader(REQUEST), bytes(data), [seed.randrange(len(data))])
        survived += not any(isinstance(event, Malformed) for event in events)
    assert 0 < survived < 400  # some changes hurt, and some do not


@pytest.mark.parametrize("length", [0, 1, 5])
def test_length_framing_is_named(length: int) -> None:
    data = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % length + b"x" * length
    (first,) = heads(read(RESPONSE, data))
    assert isinstance(first, Response)
    assert (first.framing, first.length) == (LENGTH if length else "none", length)
