from __future__ import annotations

from tests.packets.frames import IP6, ethernet, ip4, ip6, tcp
from whywire.packets.dissect import dissect
from whywire.packets.fields import Field

SEGMENT = tcp(payload=b"hello")


def fields_of(frame: bytes, layer: int, original: int | None = None) -> dict[str, Field]:
    return {field.key: field for field in dissect(frame, 1, original)[layer].fields}


def test_ipv4() -> None:
    fields = fields_of(ethernet(ip4(SEGMENT)), 1)
    assert {key: field.text for key, field in fields.items()} == {
        "ip.version": "4", "ip.hdr_len": "5", "ip.dsfield.dscp": "0", "ip.dsfield.ecn": "0", "ip.len": "45",
        "ip.id": "0x1234 (4660)", "ip.flags.rb": "Not set", "ip.flags.df": "Set", "ip.flags.mf": "Not set",
        "ip.frag_offset": "0", "ip.ttl": "64", "ip.proto": "TCP (6)",
        "ip.checksum": f"0x{int.from_bytes(ip4(SEGMENT)[10:12], 'big'):04x} (right)",
        "ip.src": "10.0.0.1", "ip.dst": "10.0.0.2"}
    assert (fields["ip.src"].start, fields["ip.src"].end) == (26, 30)
    assert fields["ip.hdr_len"].meaning == "in words of 4 bytes: 20 bytes"


def test_the_header_checksum_is_verified() -> None:
    packet = bytearray(ip4(SEGMENT))
    packet[8] -= 1
    assert fields_of(ethernet(bytes(packet)), 1)["ip.checksum"].text.endswith("(wrong)")
    packet[10:12] = b"\0\0"
    assert fields_of(ethernet(bytes(packet)), 1)["ip.checksum"].text == "0x0000 (not filled in)"
    cut = ethernet(ip4(SEGMENT, options=b"\1\1\1\0"))
    assert "can not be checked" in fields_of(cut[:14 + 22], 1, len(cut))["ip.checksum"].text


def test_ipv4_options() -> None:
    field = fields_of(ethernet(ip4(SEGMENT, options=b"\1\1\1\0")), 1)["ip.options"]
    assert (field.value, field.start, field.end) == (b"\1\1\1\0", 34, 38)


def test_ipv6_and_its_extension_headers() -> None:
    headers = b"\x2b\0\1\4\0\0\0\0" + b"\x2c\0\0\2\0\0\0\0" + b"\x06\0\0\0\0\0\0\x07"
    layers = dissect(ethernet(ip6(headers + SEGMENT, 0), IP6), 1)
    assert [layer.name for layer in layers[1:6]] == [
        "Internet Protocol Version 6", "IPv6 hop-by-hop options", "IPv6 routing", "Fragment Header for IPv6",
        "Transmission Control Protocol"]
    texts = {field.key: field.text for layer in layers[1:5] for field in layer.fields}
    assert texts["ipv6.src"] == "fd00::1"
    assert texts["ipv6.hlim"] == "64"
    assert texts["ipv6.routing.segleft"] == "2"
    assert texts["ipv6.fraghdr.ident"] == "0x00000007"


def test_a_length_of_zero_says_why() -> None:
    frame = ethernet(ip4(SEGMENT, total=0))
    assert "network card" in fields_of(frame, 1)["ip.len"].meaning
