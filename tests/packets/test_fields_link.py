from __future__ import annotations

from tests.packets.frames import ARP, IP, decoded, ethernet, ip4, tcp, udp
from whywire.packets.dissect import dissect
from whywire.packets.fields import Layer

PACKET = ip4(tcp(payload=b"hello"))


def text_of(layer: Layer) -> dict[str, str]:
    return {field.key: field.text for field in layer.fields}


def test_ethernet() -> None:
    layer = dissect(bytes.fromhex("ffffffffffff 00163e000001 0806") + b"\0" * 28, 1)[0]
    assert (layer.name, layer.start, layer.end) == ("Ethernet II", 0, 14)
    assert text_of(layer) == {
        "eth.dst": "ff:ff:ff:ff:ff:ff", "eth.src": "00:16:3e:00:00:01", "eth.type": "arp (0x0806)"}
    assert "broadcast" in layer.fields[0].meaning


def test_tags_are_layers() -> None:
    layers = dissect(ethernet(b"\xb0\x05\x81\x00\x00\x06" + IP.to_bytes(2, "big") + PACKET, 0x88A8), 1)
    assert [layer.name for layer in layers[:3]] == ["Ethernet II", "802.1Q Virtual LAN", "802.1Q Virtual LAN"]
    assert text_of(layers[1]) == {
        "vlan.priority": "5", "vlan.dei": "Set", "vlan.id": "5", "vlan.etype": "vlan (0x8100)"}
    assert text_of(layers[2])["vlan.id"] == "6"


def test_mpls() -> None:
    layer = dissect(ethernet(b"\x00\x01\x27\x40" + PACKET, 0x8847), 1)[1]
    assert text_of(layer) == {"mpls.label": "18", "mpls.exp": "3", "mpls.bottom": "1", "mpls.ttl": "64"}


def test_cooked_captures() -> None:
    first = b"\0\4\3\4\0\6" + b"\0" * 8 + b"\x08\0"
    assert text_of(dissect(first + PACKET, 113)[0]) == {
        "sll.pkttype": "sent by this host (4)", "sll.hatype": "loopback (772)", "sll.halen": "6",
        "sll.src.eth": "00:00:00:00:00:00", "sll.etype": "IPv4 (0x0800)"}
    second = b"\x08\0\0\0\0\0\0\7\0\1\4\6" + b"\2\0\0\0\0\1\0\0"
    assert text_of(dissect(second + PACKET, 276)[0]) == {
        "sll.etype": "IPv4 (0x0800)", "sll.ifindex": "7", "sll.hatype": "Ethernet (1)",
        "sll.pkttype": "sent by this host (4)", "sll.halen": "6", "sll.src.eth": "02:00:00:00:00:01"}


def test_loopback_says_its_byte_order() -> None:
    for head, order in ((b"\2\0\0\0", "little-endian"), (b"\0\0\0\2", "big-endian")):
        (field,) = dissect(head + PACKET, 0)[0].fields
        assert (field.value, field.text) == (2, "IP (2)")
        assert order in field.meaning


def test_ppp_behind_ethernet() -> None:
    inner = b"\x00\x21" + PACKET
    frame = ethernet(b"\x11\0\0\x07" + len(inner).to_bytes(2, "big") + inner, 0x8864)
    names = [layer.name for layer in dissect(frame, 1)]
    assert names[:4] == ["Ethernet II", "PPP-over-Ethernet Session", "Point-to-Point Protocol",
                         "Internet Protocol Version 4"]
    assert [field.key for field in dissect(b"\xff\x03\x00\x21" + PACKET, 9)[0].fields] == [
        "ppp.address", "ppp.control", "ppp.protocol"]


def test_tunnels_show_both_headers() -> None:
    inner = ethernet(PACKET)
    frame = ethernet(ip4(udp(50000, 4789, b"\x08\0\0\0\0\0\7\0" + inner), 17))
    names = [layer.name for layer in dissect(frame, 1)]
    assert names == ["Ethernet II", "Internet Protocol Version 4", "User Datagram Protocol",
                     "Virtual eXtensible Local Area Network", "Ethernet II", "Internet Protocol Version 4",
                     "Transmission Control Protocol", "TCP payload"]
    assert text_of(dissect(frame, 1)[3]) == {"vxlan.flags": "0x0800", "vxlan.vni": "7"}
    assert [layer.name for layer in dissect(ethernet(ip4(b"\0\0\x08\0" + PACKET, 47)), 1)][2:4] == [
        "Generic Routing Encapsulation", "Internet Protocol Version 4"]


def test_what_is_not_read_here_is_one_field_of_bytes() -> None:
    frame = ethernet(b"\0\1" * 14, ARP)
    layer = dissect(frame, 1)[-1]
    assert (layer.name, layer.start, layer.end) == ("arp", 14, 42)
    assert layer.fields[0].value == frame[14:]
    assert decoded(frame).table.protocols[1] == "arp"
