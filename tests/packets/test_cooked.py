from __future__ import annotations

import pytest

from tests.packets.frames import decoded, ip4, tcp, what
from whywire.packets.table import TCP

PACKET = ip4(tcp(payload=b"hello"))


def cooked(protocol: int, payload: bytes, hardware: int = 1) -> bytes:
    return b"\0\0" + hardware.to_bytes(2, "big") + b"\0\6" + b"\2" * 8 + protocol.to_bytes(2, "big") + payload


def cooked2(protocol: int, payload: bytes, hardware: int = 1) -> bytes:
    return (protocol.to_bytes(2, "big") + b"\0\0\0\0\0\3" + hardware.to_bytes(2, "big") + b"\0\6" + b"\2" * 8
            + payload)


@pytest.mark.parametrize(("link_type", "build", "size"), [(113, cooked, 16), (276, cooked2, 20)])
class TestBothVersions:
    def test_tcp_behind_it(self, link_type, build, size) -> None:  # type: ignore[no-untyped-def]
        for frame, at in ((build(0x0800, PACKET), size), (build(0x8100, b"\0\5\x08\0" + PACKET), size + 4)):
            table = decoded(frame, link_type).table
            assert table.present[0] & TCP
            assert (table.network_at[0], table.payload_length[0]) == (at, 5)

    def test_names(self, link_type, build, size) -> None:  # type: ignore[no-untyped-def]
        assert len(build(0, b"")) == size
        assert what(decoded(build(0x0806, b"\0" * 28), link_type))[0] == "arp"
        assert what(decoded(build(0x0800, b"\0" * 28, 824), link_type))[0] == "netlink"
        assert what(decoded(build(4, b"\x42\x42\3"), link_type))[0] == "stp"
        assert what(decoded(build(0x00F6, b""), link_type))[0] == "linux cooked protocol 0x00f6"

    def test_cut(self, link_type, build, size) -> None:  # type: ignore[no-untyped-def]
        assert what(decoded(build(0x0800, b"")[:size - 1], link_type, 90))[1].endswith("cut by the snap length")
