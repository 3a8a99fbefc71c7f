from __future__ import annotations

import re

import pytest

from tests.exchanges.talk import Talk, get, ok
from tests.story.accounts import founding, spoken
from whywire.connections.model import Side
from whywire.exchanges.model import READINGS, Gap
from whywire.report.terminal import render
from whywire.story import tell
from whywire.story.exchanges import MOST, _idle
from whywire.story.words import exchanges as words


def told(name: str, connection: str | None = None) -> str:
    """Return a founding capture's story with its exchanges, on one line."""
    text = render(tell(founding(name), exchanges=spoken(name), connection=connection), 140)
    return re.sub(r"\s+", " ", text)


def test_every_reading_has_its_sentence() -> None:
    assert set(words.OTHERS) == set(READINGS)


def test_a_request_and_its_answer_are_told_with_sizes_packets_and_the_wait() -> None:
    assert ("GET /a/b/1.jpg, 385 bytes, packet 69 -> 200 OK, 531,990 bytes, packets 189-223, after 1.00 s."
            in told("a-http-browser-snap640.pcapng", "c6"))


def test_a_request_that_lay_in_the_kernel_names_whom_the_server_served() -> None:
    text = told("a-http-browser-snap640.pcapng", "c6")
    assert "lay 1.00 s in the server's kernel, which had acknowledged it in packet 70" in text
    assert "busy with c5 until packet 186" in text


def test_the_status_line_is_in_the_packet_where_the_response_begins() -> None:
    text = told("a-http-404.pcapng")
    assert "ends with the FIN of packet 8" in text
    assert "that of x1 is in packet 6." in text


def test_what_was_not_answered_says_so() -> None:
    assert "GET /c/img/1.jpg, 419 bytes, packet 25 -> no answer in this capture." in told(
        "b-http-page-start.pcapng", "c2")


@pytest.mark.parametrize(("connection", "expected"), [
    ("c1", "a miss: the proxy 127.0.0.1:9998 forwarded the request unchanged on c2"),
    ("c2", "the upstream leg of c1"), ("c3", "a hit: the proxy 127.0.0.1:9998 answered this as c1")])
def test_the_legs_of_a_proxy(connection: str, expected: str) -> None:
    assert expected in told("e-calc-proxy.pcapng", connection)


def test_connections_that_speak_nothing_known_are_not_said_to_need_each_other() -> None:
    text = told("c-names-twice.pcap")
    assert "Messages" not in text
    assert "no other connection" not in text


def test_many_requests_are_folded() -> None:
    talk = Talk()
    talk.open("c1")
    for number in range(MOST + 8):
        talk.up("c1", get(f"/{number}"))
        talk.down("c1", ok(b"x"))
    account, found = talk.account()
    text = render(tell(account, exchanges=found), 100)
    assert "GET /9," in text
    assert "GET /10," not in text
    assert "and 10 more" in text


@pytest.mark.parametrize(("waited_ns", "begins"), [
    (1_000_000_000, "1.00 s in a read that nothing came for (962 ms of silence behind packet 8), then the server"),
    (None, "962 ms of silence behind packet 8, then the server's FIN (packet 10): its idle time-out."),
])
def test_an_idle_time_out_is_as_long_as_the_trace_says(waited_ns: int | None, begins: str) -> None:
    gap = Gap(8, 10, 5_000_000, 967_000_000, "fin", Side.SERVER, timed_out=Side.SERVER, waited_ns=waited_ns)
    assert _idle(gap).text.startswith(begins)
