"""Questions to the packets' bytes: their checksums, and whether they begin as HTTP does."""

from __future__ import annotations

from contextlib import closing

import pytest

from tests.exchanges.talk import Talk
from tests.findings.cases import SHARED, opened, path_of
from whywire.capture import open_bytes
from whywire.capture.compile import Compiled
from whywire.connections import account
from whywire.exchanges import find as exchanges_of
from whywire.exchanges import payload_of
from whywire.findings import bytes as bytes_of
from whywire.findings.bytes import checksums, has_messages, speaks_http
from whywire.ladder import parse
from whywire.packets import decode_capture
from whywire.protocols.calc.content import request as calc_request


def states(name: str) -> list[str]:
    """Return the states of a capture's checksums."""
    with opened(path_of(name)) as (capture, _):
        return [state for _, state in checksums(capture)]


def test_states() -> None:
    assert set(states("TCP112/fires.ladder")) == {"right"}
    assert states("CAP009/fires.pcap").count("wrong") == 1


def test_cut_packets_are_left_out() -> None:
    with opened(path_of("formats/snap68.pcap")) as (capture, _):
        assert len(list(checksums(capture))) == len(capture.table) - 2


def test_only_the_first_packets_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bytes_of, "MOST", 3)
    assert len(states("TCP112/fires.ladder")) == 3


@pytest.mark.parametrize(("name", "http"), [
    ("founding/d-http-keep-alive.pcapng", True), ("founding/a-v1.pcapng", False),
    ("founding/e-calc-proxy.pcapng", False),
    ("TCP112/fires.ladder", False), ("HTTP010/fires.ladder", True), ("formats/hdr_only.pcap", False),
])
def test_http_is_seen_by_how_a_segment_begins(name: str, http: bool) -> None:
    with opened(path_of(name)) as (capture, run):
        assert speaks_http(account(capture, run), capture) is http


def test_what_speaks_http_is_what_the_exchanges_room_finds() -> None:
    for path in sorted((SHARED / "founding").glob("*.pcap*")):
        with opened(path) as (capture, _):
            found = account(capture)
            spoken = [one for one in exchanges_of(found, payload_of(capture)).exchanges if one.protocol != "calc"]
            assert bool(spoken) == speaks_http(found, capture), path.name


@pytest.mark.parametrize(("data", "may"), [
    (calc_request("1+1", now=1_700_000_000), True), (calc_request("1+1", now=0) + b"more", True),
    (b"GET / HTTP/1.1", True), (calc_request("", now=1), False), (calc_request("1+1", now=1)[:-1], False),
    (b"World! Hello, World!", False), (b"\0" * 40, False),
])
def test_what_may_be_a_message(data: bytes, may: bool) -> None:
    talk = Talk()
    talk.open("c1")
    talk.up("c1", data)
    with closing(open_bytes(Compiled(parse("\n".join(talk.lines))).capture())) as source:
        capture = decode_capture(source, "talk")
        assert has_messages(account(capture), capture) is may
