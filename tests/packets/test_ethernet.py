from __future__ import annotations

import pytest

from tests.packets.frames import ARP, IP, IP6, decoded, ethernet, ip4, ip6, tcp, what
from whywire.packets.table import TCP

SEGMENT = tcp(payload=b"hello")


@pytest.mark.parametrize(("frame", "at"), [
    (ethernet(ip4(SEGMENT)), 34),
    (ethernet(ip6(SEGMENT), IP6), 54),
    (ethernet(b"\x00\x05" + IP.to_bytes(2, "big") + ip4(SEGMENT), 0x8100), 38),
    (ethernet(b"\x00\x05\x81\x00\x00\x06" + IP.to_bytes(2, "big") + ip4(SEGMENT), 0x88A8), 42),
    (ethernet(b"\x00\x01\x01\x40" + ip4(SEGMENT), 0x8847), 38),
    (ethernet(b"\x00\x01\x00\x40\x00\x02\x01\x40" + ip6(SEGMENT), 0x8847), 62),
    (ethernet(b"\xaa\xaa\x03\0\0\0\x08\0" + ip4(SEGMENT), 8 + 20 + len(SEGMENT)), 42),
], ids=["ipv4", "ipv6", "vlan", "qinq", "mpls", "mpls twice", "snap"])
def test_tcp_is_found_behind_it(frame: bytes, at: int) -> None:
    table = decoded(frame).table
    assert table.present[0] & TCP
    assert (table.transport_at[0], table.payload_length[0], table.error[0]) == (at, 5, 0)


@pytest.mark.parametrize(("frame", "name"), [
    (ethernet(b"\0" * 28, ARP), "arp"),
    (ethernet(b"\0" * 28, 0x88CC), "lldp"),
    (ethernet(b"\0" * 28, 0x88B5), "ethertype 0x88b5"),
    (ethernet(b"\x42\x42\x03" + b"\0" * 35, 38), "stp"),
    (ethernet(b"\xaa\xaa\x03\x00\x00\x0c\x20\x00" + b"\0" * 30, 38), "cdp"),
    (ethernet(b"\xaa\xaa\x03\x00\x00\x0c\x20\x04" + b"\0" * 30, 38), "snap vendor 0x00000c"),
    (ethernet(b"\x10\x10\x03" + b"\0" * 35, 38), "llc sap 0x10"),
    (ethernet(b"\x00\x01\x01\x40\x00\x00\x00\x00", 0x8847), "mpls payload"),
])
def test_what_is_not_tcp_is_named(frame: bytes, name: str) -> None:
    assert what(decoded(frame)) == (name, "")


def test_padding_behind_an_802_3_length_is_not_payload() -> None:
    inner = b"\xaa\xaa\x03\0\0\0\x08\0" + ip4(tcp(), total=0)
    table = decoded(ethernet(inner, len(inner)) + b"\0" * 6).table
    assert table.payload_length[0] == 0


@pytest.mark.parametrize(("frame", "original", "error"), [
    (ethernet(b"")[:10], 60, "ethernet: header cut by the snap length"),
    (ethernet(b"")[:10], 10, "ethernet: 10 bytes, the header has 14"),
    (ethernet(b"\0\0", 0x8100), 60, "vlan: header cut by the snap length"),
    (ethernet(b"\xaa\xaa\x03\0", 4), 18, "snap: 4 bytes, the header has 8"),
    (ethernet(b"\xaa", 4), 18, "llc: header cut by the snap length"),
    (ethernet(b"\0\0\1\0", 0x8847), 18, "mpls: 4 bytes, the header has 5"),
])
def test_a_cut_header_says_who_cut_it(frame: bytes, original: int, error: str) -> None:
    assert what(decoded(frame, original=original))[1] == error
