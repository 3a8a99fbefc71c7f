from __future__ import annotations

import pytest

from tests.packets.frames import decoded, ethernet, ip4, ip6, tcp, what
from whywire.packets.table import TCP

SEGMENT = tcp(payload=b"hello")


def session(payload: bytes) -> bytes:
    return ethernet(b"\x11\0\0\x07" + len(payload).to_bytes(2, "big") + payload, 0x8864)


@pytest.mark.parametrize(("frame", "link_type", "at"), [
    (b"\xff\x03\x00\x21" + ip4(SEGMENT), 9, 4),
    (b"\x00\x21" + ip4(SEGMENT), 9, 2),
    (b"\x21" + ip4(SEGMENT), 9, 1),
    (b"\x57" + ip6(SEGMENT), 9, 1),
    (session(b"\x00\x57" + ip6(SEGMENT)), 1, 22),
], ids=["hdlc", "plain", "compressed", "ipv6", "pppoe"])
def test_tcp_behind_it(frame: bytes, link_type: int, at: int) -> None:
    table = decoded(frame, link_type).table
    assert table.present[0] & TCP
    assert (table.network_at[0], table.payload_length[0]) == (at, 5)


def test_pppoe_takes_padding_away() -> None:
    frame = session(b"\x00\x21" + ip4(tcp(), total=0)) + b"\0" * 6
    assert decoded(frame).table.payload_length[0] == 0


@pytest.mark.parametrize(("frame", "said"), [
    (b"\xc0\x21\x01", ("ppp link control", "")),
    (b"\x00\x2d\x01", ("ppp protocol 0x002d", "")),
    (b"\xff\x03\x00", ("ppp", "ppp: 1 bytes, the header has 2")),
])
def test_names(frame: bytes, said: tuple[str, str]) -> None:
    assert what(decoded(frame, 9)) == said


def test_a_cut_pppoe_header() -> None:
    assert what(decoded(session(b"")[:17], original=80)) == ("pppoe", "pppoe: header cut by the snap length")
