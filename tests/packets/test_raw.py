from __future__ import annotations

import pytest

from tests.packets.frames import decoded, ip4, ip6, tcp, what
from whywire.packets.table import TCP

SEGMENT = tcp(payload=b"hello")


@pytest.mark.parametrize(("link_type", "packet"), [
    (101, ip4(SEGMENT)), (101, ip6(SEGMENT)), (12, ip4(SEGMENT)), (14, ip6(SEGMENT)), (228, ip4(SEGMENT)),
    (229, ip6(SEGMENT)),
])
def test_the_frame_is_the_packet(link_type: int, packet: bytes) -> None:
    table = decoded(packet, link_type).table
    assert table.present[0] & TCP
    assert (table.network_at[0], table.payload_length[0]) == (0, 5)


def test_neither_version() -> None:
    assert what(decoded(b"\x10\0\0", 101)) == ("ip", "ip: version 1, 4 or 6 is right")
    assert what(decoded(b"", 101)) == ("ip", "ip: 0 bytes, the header has 1")
