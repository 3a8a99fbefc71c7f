from __future__ import annotations

import pytest

from tests.packets.frames import decoded, ip4, ip6, tcp, what
from whywire.packets.loopback import family
from whywire.packets.table import TCP

SEGMENT = tcp(payload=b"hello")


@pytest.mark.parametrize("link_type", [0, 108])
@pytest.mark.parametrize(("head", "packet"), [
    (b"\2\0\0\0", ip4(SEGMENT)), (b"\0\0\0\2", ip4(SEGMENT)), (b"\x1e\0\0\0", ip6(SEGMENT)),
    (b"\0\0\0\x18", ip6(SEGMENT)), (b"\x0f\0\x08\0", ip4(SEGMENT)), (b"\x0f\0\x86\xdd", ip6(SEGMENT)),
])
def test_tcp_in_either_byte_order(link_type: int, head: bytes, packet: bytes) -> None:
    table = decoded(head + packet, link_type).table
    assert table.present[0] & TCP
    assert (table.network_at[0], table.payload_length[0]) == (4, 5)


def test_names() -> None:
    assert what(decoded(b"\7\0\0\0abcd", 0)) == ("address family 7", "")
    assert what(decoded(b"\2\0\0", 0, 60)) == ("loopback", "loopback: header cut by the snap length")


@pytest.mark.parametrize("value", [1, 2, 7, 30, 65535])
def test_the_byte_order_shows_itself(value: int) -> None:
    assert family(value.to_bytes(4, "big"), 0) == value
    assert family(value.to_bytes(4, "little"), 0) == value
