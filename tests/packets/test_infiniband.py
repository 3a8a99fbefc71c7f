from __future__ import annotations

from tests.packets.frames import decoded, ip4, tcp, what
from whywire.packets.table import TCP

ROUTING = b"\0" * 40


def test_tcp_behind_it() -> None:
    table = decoded(ROUTING + b"\x08\0\0\0" + ip4(tcp(payload=b"hello")), 242).table
    assert table.present[0] & TCP
    assert (table.network_at[0], table.payload_length[0]) == (44, 5)


def test_names() -> None:
    assert what(decoded(ROUTING + b"\x08\x06\0\0", 242)) == ("arp", "")
    assert what(decoded(ROUTING, 242))[1] == "ip over infiniband: 40 bytes, the header has 44"
