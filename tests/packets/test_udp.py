from __future__ import annotations

import pytest

from tests.packets.frames import decoded, ethernet, ip4, tcp, udp, what
from whywire.packets.table import TCP


@pytest.mark.parametrize(("source", "destination", "name"), [
    (5353, 5353, "mdns over udp"), (50000, 53, "dns over udp"), (53, 50000, "dns over udp"), (68, 67, "dhcp over udp"),
    (50000, 443, "quic over udp"), (123, 53, "dns over udp"), (50000, 50001, "udp"),
])
def test_the_service_by_its_port(source: int, destination: int, name: str) -> None:
    capture = decoded(ethernet(ip4(udp(source, destination, b"x"), 17)))
    assert what(capture) == (name, "")
    assert not capture.table.present[0] & TCP


def test_tcp_inside_vxlan() -> None:
    inner = ethernet(ip4(tcp(payload=b"hello")))
    table = decoded(ethernet(ip4(udp(50000, 4789, b"\x08\0\0\0\0\0\7\0" + inner), 17))).table
    assert table.present[0] & TCP
    assert (table.network_at[0], table.payload_length[0]) == (64, 5)


def test_the_port_of_vxlan_alone_does_not_make_a_tunnel() -> None:
    assert what(decoded(ethernet(ip4(udp(50000, 4789, b"\0" * 60), 17))))[0] == "udp"


def test_a_cut_header() -> None:
    assert what(decoded(ethernet(ip4(udp(1, 53)[:6], 17)))) == ("udp", "udp: 6 bytes, the header has 8")
