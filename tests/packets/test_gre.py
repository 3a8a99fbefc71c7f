from __future__ import annotations

import pytest

from tests.packets.frames import decoded, ethernet, ip4, tcp, what
from whywire.packets.table import TCP

PACKET = ip4(tcp(payload=b"hello"))


@pytest.mark.parametrize(("head", "inner", "at"), [
    (b"\0\0\x08\0", PACKET, 38),
    (b"\xb0\0\x08\0" + b"\0" * 12, PACKET, 50),
    (b"\x20\0\x65\x58\0\0\0\1", ethernet(PACKET), 56),
], ids=["plain", "checksum, key, sequence", "ethernet"])
def test_tcp_inside(head: bytes, inner: bytes, at: int) -> None:
    table = decoded(ethernet(ip4(head + inner, 47))).table
    assert table.present[0] & TCP
    assert (table.network_at[0], table.payload_length[0]) == (at, 5)


@pytest.mark.parametrize(("header", "said"), [
    (b"\x30\x01\x88\x0b" + b"\0" * 8, ("gre", "")),
    (b"\0\0\x88\xb5", ("ethertype 0x88b5", "")),
    (b"\0\0", ("gre", "gre: 2 bytes, the header has 4")),
    (b"\xb0\0\x08\0", ("gre", "gre: 4 bytes, the header has 16")),
])
def test_what_stops_the_walk(header: bytes, said: tuple[str, str]) -> None:
    assert what(decoded(ethernet(ip4(header, 47)))) == said
