"""HTTP on a connection: pairing, framing, what is missing, and what was never HTTP."""

from __future__ import annotations

import pytest

from tests.exchanges.talk import CAPTURES, GET, Talk, get, of_file, ok
from whywire.connections.model import Certainty, Side
from whywire.exchanges import Exchange


def only(talk: Talk) -> Exchange:
    (found,) = talk.found().exchanges
    return found


def talking() -> Talk:
    talk = Talk()
    talk.open("c1")
    return talk


def statuses(talk: Talk) -> list[tuple[str | None, int | None]]:
    return [(one.request.target if one.request else None, one.response.status if one.response else None)
            for one in talk.found().exchanges]


def test_a_message_in_several_packets_in_any_order() -> None:
    talk = talking()
    first = talk.up("c1", b"POST /p HTTP/1.1\r\nHost: h\r\nContent-", ack=False)
    last = talk.up("c1", b"Length: 4\r\n\r\nbody")
    answer = talk.down("c1", ok(b"x" * 10))
    found = only(talk)
    assert found.request is not None
    assert (found.request.first_packet, found.request.last_packet, found.request.body_bytes) == (first, last, 4)
    assert found.response is not None
    assert (found.response.first_packet, found.response.last_packet) == (answer, answer)
    assert (found.pairing, found.protocol, found.requester) == (Certainty.INFERRED, "http/1.1", Side.CLIENT)


def test_a_retransmission_completes_the_message() -> None:
    talk = talking()
    talk.up("c1", GET)
    body = ok(b"0123456789")
    size, ack = len(body), len(GET) + 1
    talk.raw(f'+0.001 c1 b>a A 11:{size + 1}({size - 10}) ack {ack} data "{_quoted(body[10:])}"')
    talk.raw(f'+0.300 c1 b>a A 1:11(10) ack {ack} data "{_quoted(body[:10])}"')
    answer = only(talk).response
    assert answer is not None
    assert (answer.first_packet, answer.last_packet, answer.bytes) == (7, 7, len(body))


def _quoted(data: bytes) -> str:
    return "".join(f"\\x{byte:02x}" for byte in data)


def test_pipelined_requests_are_answered_in_order() -> None:
    (one, two, three) = of_file(CAPTURES / "traps" / "24_pipelining.pcap").exchanges
    found = [(x.request.target, x.response.status, x.response.last_packet, x.pipelined)
             for x in (one, two, three) if x.request and x.response]
    assert found == [("/1", 200, 6, False), ("/2", 404, 6, True), ("/3", 200, 7, True)]


def test_chunks_end_at_the_last_chunk() -> None:
    talk = talking()
    talk.up("c1", GET)
    talk.down("c1", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n")
    end = talk.down("c1", b"0\r\n\r\n")
    answer = only(talk).response
    assert answer is not None
    assert (answer.last_packet, answer.body_bytes, answer.framing) == (end, 5, "chunked")
    assert answer.bytes == (answer.head_bytes or 0) + 10 + 5


@pytest.mark.parametrize(("request_", "response"), [
    (get("/", method="HEAD"), ok(b"", "Content-Length: 500", length=False)),
    (GET, ok(b"", "Content-Length: 500", status="304 Not Modified", length=False)),
    (GET, ok(b"", status="204 No Content", length=False)),
])
def test_answers_without_a_body_end_at_the_head(request_: bytes, response: bytes) -> None:
    talk = talking()
    talk.up("c1", request_)
    end = talk.down("c1", response)
    talk.up("c1", get("/next"))
    talk.down("c1", ok())
    first, second = talk.found().exchanges
    assert first.response is not None
    assert (first.response.last_packet, first.response.body_bytes) == (end, 0)
    assert second.response is not None
    assert second.response.status == 200


def test_interim_responses_belong_to_the_exchange() -> None:
    talk = talking()
    talk.up("c1", get("/", "Expect: 100-continue", "Content-Length: 2", method="PUT"))
    interim = talk.down("c1", b"HTTP/1.1 100 Continue\r\n\r\n")
    talk.up("c1", b"ab")
    talk.down("c1", ok())
    found = only(talk)
    assert [(one.status, one.last_packet) for one in found.interim] == [(100, interim)]
    assert found.response is not None
    assert found.response.status == 200


def test_a_body_until_close() -> None:
    talk = talking()
    talk.up("c1", GET)
    talk.down("c1", ok(b"abc", length=False))
    talk.down("c1", b"def")
    fin = talk.close("c1")
    answer = only(talk).response
    assert answer is not None
    assert (answer.last_packet, answer.body_bytes, answer.until_close, answer.complete) == (fin, 6, True, True)


@pytest.mark.parametrize(("end", "fate"), [("nothing", "cut"), ("rst", "reset")])
@pytest.mark.parametrize("length", [True, False])
def test_a_body_that_never_ends(end: str, fate: str, length: bool) -> None:
    talk = talking()
    talk.up("c1", GET)
    head = ok(b"", "Content-Length: 100" if length else "Date: x", length=False)
    talk.down("c1", head + b"abc")
    if end == "rst":
        talk.rst("c1", "down")
    answer = only(talk).response
    assert answer is not None
    assert (answer.fate, answer.last_packet, answer.end, answer.bytes, answer.body_bytes) == (
        fate, None, None, len(head) + 3, 3)


def test_a_fin_before_the_promised_end() -> None:
    talk = talking()
    talk.up("c1", GET)
    talk.down("c1", ok(b"", "Content-Length: 100", length=False) + b"abc")
    talk.close("c1")
    answer = only(talk).response
    assert answer is not None
    assert (answer.fate, answer.body_bytes, answer.promised_bytes) == ("closed-early", 3, 100)


def test_an_upgrade_leaves_http() -> None:
    talk = talking()
    talk.up("c1", get("/chat", "Connection: Upgrade", "Upgrade: websocket"))
    talk.down("c1", ok(b"", "Upgrade: WebSocket", status="101 Switching Protocols", length=False))
    talk.up("c1", b"GET /no HTTP/1.1\r\n\r\n")
    talk.down("c1", b"HTTP/1.1 200 OK\r\n\r\n")
    found = talk.found()
    (one,) = found.exchanges
    assert one.switched_to == "websocket"
    assert found.uses[0].problems == ()


def test_an_upgrade_that_is_not_taken() -> None:
    talk = talking()
    talk.up("c1", get("/a", "Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c"))
    talk.down("c1", ok(b"x"))
    talk.up("c1", get("/b"))
    talk.down("c1", ok(status="404 Not Found"))
    assert statuses(talk) == [("/a", 200), ("/b", 404)]


def test_an_upgrade_in_a_pipeline() -> None:
    talk = talking()
    talk.up("c1", get("/a", "Upgrade: h2c") + get("/b", method="HEAD") + get("/c"))
    talk.down("c1", ok(b"x") + ok(b"", "Content-Length: 9", length=False) + ok(b"y", status="202 Accepted"))
    assert statuses(talk) == [("/a", 200), ("/b", 200), ("/c", 202)]


def test_a_tunnel() -> None:
    talk = talking()
    talk.up("c1", b"CONNECT o:443 HTTP/1.1\r\nHost: o:443\r\n\r\n")
    talk.down("c1", b"HTTP/1.1 200 Connection established\r\n\r\n")
    talk.up("c1", b"\x16\x03\x01")
    one = only(talk)
    assert (one.switched_to, one.request.method if one.request else "") == ("tunnel", "CONNECT")


# ---- what is missing ----

def test_a_hole_in_a_body_of_known_length() -> None:
    talk = talking()
    talk.up("c1", GET)
    whole = ok(b"x" * 300)
    talk.down("c1", whole[:100])
    talk.down("c1", whole[100:200], missing=True)
    end = talk.down("c1", whole[200:])
    talk.up("c1", get("/b"))
    talk.down("c1", ok())
    first, second = talk.found().exchanges
    assert first.response is not None
    assert (first.response.bytes, first.response.missing_bytes, first.response.last_packet) == (len(whole), 100, end)
    assert first.response.complete  # the ACK behind it covers what the capture lacks
    assert second.pairing is Certainty.INFERRED


def test_cut_packets_do_not_change_the_sizes() -> None:
    talk = talking()
    talk.up("c1", GET)
    whole = ok(b"x" * 900)
    end = talk.down("c1", whole, captured=60)
    answer = only(talk).response
    assert answer is not None
    assert (answer.bytes, answer.body_bytes, answer.last_packet, answer.missing_bytes) == (len(whole), 900, end, 0)


def test_a_hole_in_a_head_and_what_comes_after() -> None:
    talk = talking()
    talk.up("c1", get("/a", "Cookie: " + "c" * 300), captured=60)
    talk.down("c1", ok(b"1"))
    talk.up("c1", get("/b"))
    talk.down("c1", ok(b"2", status="201 Created"))
    first, second = talk.found().exchanges
    assert first.request is not None
    assert (first.request.target, first.request.fate, first.request.last_packet) == ("/a", "hole", None)
    assert statuses(talk) == [("/a", 200), ("/b", 201)]
    assert (first.pairing, second.pairing, second.others) == (Certainty.INFERRED, Certainty.LIKELY, ("lost-count",))


def test_a_request_that_the_capture_lacks() -> None:
    talk = talking()
    talk.up("c1", get("/lost"), missing=True)
    talk.down("c1", ok(b"1"))
    talk.up("c1", get("/b"))
    talk.down("c1", ok(b"2", status="201 Created"))
    assert statuses(talk) == [(None, 200), ("/b", 201)]


def test_a_capture_that_begins_in_the_middle_of_a_body() -> None:
    talk = Talk()
    talk.open("c1", syn=False)
    talk.down("c1", b"...the rest of a body")
    talk.up("c1", get("/b"))
    talk.down("c1", ok(b"2"))
    one = only(talk)
    assert (one.request.target if one.request else None, one.response.status if one.response else None) == ("/b", 200)
    assert one.pairing is Certainty.LIKELY


def test_only_the_answers_were_captured() -> None:
    talk = talking()
    talk.up("c1", GET, missing=True)
    talk.down("c1", ok(b"1"))
    one = only(talk)
    assert (one.request, one.response.status if one.response else None) == (None, 200)


def test_an_answer_to_nobody() -> None:
    talk = talking()
    talk.down("c1", ok(b"", "Connection: close", status="408 Request Timeout"))
    talk.close("c1")
    one = only(talk)
    assert (one.request, one.response.status if one.response else None) == (None, 408)


def test_the_asking_side_is_found_by_what_it_says() -> None:
    talk = Talk()
    talk.open("c1", port=60000, syn=False)  # without a SYN the lower port is taken for the server's
    talk.up("c1", GET)
    talk.down("c1", ok(b"1"))
    one = only(talk)
    assert one.request is not None
    assert one.requester is one.request.sender is Side.SERVER


# ---- what is no HTTP ----

@pytest.mark.parametrize(("up", "down"), [
    (b"hello, world!", b"HELLO, WORLD!"), (b"\x16\x03\x01\x00", b"\x16\x03\x03"),
    (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"\x00"),
    (b"EHLO me\r\n", b"220 HTTP/1.1 200 OK\r\n"), (b"GET lost\r\n", b"?"),
])
def test_other_protocols_are_left_alone(up: bytes, down: bytes) -> None:
    talk = talking()
    talk.up("c1", up)
    talk.down("c1", down)
    found = talk.found()
    assert (found.exchanges, found.uses[0].protocol) == ((), None)


def test_an_answer_to_what_is_no_request() -> None:
    talk = talking()
    talk.up("c1", b"\x16\x03\x01\x02\x00\n")
    talk.down("c1", ok(b"", "Connection: close", status="400 Bad Request"))
    found = talk.found()
    (one,) = found.exchanges
    assert (one.request, one.response.status if one.response else None) == (None, 400)
    assert [side for side, _, _ in found.uses[0].problems] == [Side.CLIENT]


def test_sense_ends_where_it_ends() -> None:
    talk = talking()
    talk.up("c1", GET + b"\x00\x01 garbage\r\n")
    talk.down("c1", ok(b"1"))
    found = talk.found()
    assert [one.response.status if one.response else None for one in found.exchanges] == [200]
    ((side, position, text),) = found.uses[0].problems
    assert (side, position) == (Side.CLIENT, 1 + len(GET))
    assert "first line" in text


def test_a_pipeline_in_a_capture_that_begins_behind_the_handshake() -> None:
    talk = Talk()
    talk.open("c1", syn=False)
    talk.up("c1", get("/a") + get("/b") + get("/c"))
    talk.down("c1", ok(b"1") + ok(b"2", status="201 Created"))
    talk.down("c1", ok(b"3", status="202 Accepted"))
    assert statuses(talk) == [("/a", 200), ("/b", 201), ("/c", 202)]
    assert {one.pairing for one in talk.found().exchanges} == {Certainty.LIKELY}


def test_behind_missing_answers_the_newest_question_is_answered() -> None:
    talk = Talk()
    talk.open("c1", syn=False)
    talk.up("c1", get("/a"))
    talk.down("c1", ok(b"1"), missing=True)
    talk.up("c1", get("/b"))
    talk.down("c1", ok(b"2", status="201 Created"), missing=True)
    talk.up("c1", get("/c"))
    talk.down("c1", ok(b"3", status="202 Accepted"))
    assert ("/c", 202) in statuses(talk)


def test_of_a_body_with_a_hole_only_what_was_seen_counts() -> None:
    name = "pcpp__unidirectional_tcp_stream_with_missing_packet.pcap"
    request = of_file(CAPTURES / "wild" / name).exchanges[0].request
    assert request is not None
    assert (request.fate, request.missing_bytes, request.promised_bytes, request.body_bytes) == (
        "hole", 1420, 2428, 2428 - 1420)
