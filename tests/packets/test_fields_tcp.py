from __future__ import annotations

import pytest

from tests.packets.frames import A6, B6, IP6, A, B, ethernet, ip4, ip6, tcp
from whywire.packets.checksum import pseudo_sum
from whywire.packets.dissect import dissect
from whywire.packets.fields import Field, Layer
from whywire.packets.fields_tcp import flags_text

ALL_OPTIONS = bytes.fromhex("020405b4 030307 0402 01 080a 0000000700000009 050a 0000138800001770 1e04ff01 0000")


def layer_of(segment: bytes, **frame: int) -> Layer:
    (layer,) = (layer for layer in dissect(ethernet(ip4(segment, **frame)), 1)
                if layer.name == "Transmission Control Protocol")
    return layer


def fields_of(segment: bytes) -> dict[str, Field]:
    return {field.key: field for field in layer_of(segment).fields}


@pytest.mark.parametrize(("value", "text"), [
    (0x018, "0x018 (PSH, ACK)"), (0x002, "0x002 (SYN)"), (0x000, "0x000 (none)"), (0x1C0, "0x1c0 (ECE, CWR, AE)"),
])
def test_flags_as_text(value: int, text: str) -> None:
    assert flags_text(value) == text


def test_every_field_of_the_header() -> None:
    fields = fields_of(tcp(flags=0x18, payload=b"hello"))
    texts = {key: field.text for key, field in fields.items()}
    assert texts["tcp.srcport"] == "40000"
    assert texts["tcp.dstport"] == "80"
    assert texts["tcp.seq_raw"] == "1000"
    assert texts["tcp.ack_raw"] == "2000"
    assert texts["tcp.hdr_len"] == "5"
    assert texts["tcp.flags"] == "0x018 (PSH, ACK)"
    assert texts["tcp.window_size_value"] == "500"
    assert texts["tcp.urgent_pointer"] == "0"
    set_flags = [key for key, field in fields.items() if key.startswith("tcp.flags.") and field.text == "Set"]
    assert set_flags == ["tcp.flags.ack", "tcp.flags.push"]


def test_an_acknowledgment_number_without_its_flag_means_nothing() -> None:
    assert fields_of(tcp(flags=2))["tcp.ack_raw"].meaning.startswith("means nothing")
    assert fields_of(tcp(flags=0x10))["tcp.ack_raw"].meaning.startswith("the next byte")


def test_a_window_beside_a_syn_is_not_scaled() -> None:
    assert "never scaled" in fields_of(tcp(flags=0x12))["tcp.window_size_value"].meaning
    assert "never scaled" not in fields_of(tcp(flags=0x10))["tcp.window_size_value"].meaning


def test_every_option_one_by_one() -> None:
    segment = tcp(flags=2, options=ALL_OPTIONS)
    found = [(field.name, field.value, field.start, field.end) for field in layer_of(segment).fields
             if field.start >= 54]
    assert found == [
        ("MSS Value", 1460, 56, 58), ("Shift count", 7, 60, 61), ("SACK permitted", 1, 61, 63),
        ("No-Operation", 1, 63, 64), ("Timestamp value", 7, 66, 70), ("Timestamp echo reply", 9, 70, 74),
        ("TCP SACK Left Edge", 5000, 76, 80), ("TCP SACK Right Edge", 6000, 80, 84),
        ("Multipath TCP", b"\xff\x01", 84, 88), ("End of Option List", 0, 88, 90)]


def test_the_end_of_the_options_ends_them() -> None:
    fields = [field for field in layer_of(tcp(options=b"\x00\x03\x03\x07")).fields if field.start >= 54]
    assert [(field.name, field.start, field.end) for field in fields] == [("End of Option List", 54, 58)]


def test_a_shift_above_14_says_what_counts() -> None:
    assert "14" in fields_of(tcp(flags=2, options=b"\x03\x03\x0f\x01"))["tcp.options.wscale.shift"].meaning


def test_a_broken_option_says_so_and_the_rest_is_shown() -> None:
    layer = layer_of(tcp(options=b"\x08\x09" + b"\0" * 7 + b"\x03\x03\x07"))
    options = [field for field in layer.fields if field.start >= 54]
    assert [field.name for field in options] == ["Timestamps", "Shift count"]
    assert options[0].meaning == layer.problem == "tcp: option 8 has length 9, 10 is right"


def checksum_text(segment: bytes) -> str:
    return fields_of(segment)["tcp.checksum"].text


def test_the_four_things_a_checksum_can_be() -> None:
    segment = tcp(payload=b"hello")
    assert checksum_text(segment).endswith("(right)")
    assert checksum_text(segment[:-1] + b"x").endswith("(wrong)")
    unfinished = segment[:16] + pseudo_sum(A, B, len(segment)).to_bytes(2, "big") + segment[18:]
    assert checksum_text(unfinished).endswith("(unfinished)")
    frame = ethernet(ip4(segment))
    (cut,) = (field for field in dissect(frame[:-1], 1, len(frame))[2].fields if field.key == "tcp.checksum")
    assert cut.text.endswith("(can not be checked)")


def test_the_checksum_over_ipv6() -> None:
    for addresses, end in (((A6, B6), "(right)"), ((A6, A6), "(wrong)")):
        frame = ethernet(ip6(tcp(payload=b"hello", addresses=addresses)), IP6)
        (field,) = (field for field in dissect(frame, 1)[2].fields if field.key == "tcp.checksum")
        assert field.text.endswith(end)


def test_behind_a_routing_header_the_address_for_the_checksum_is_not_known() -> None:
    routing = b"\x06\x02\x00\x01" + b"\0" * 4 + B6
    frame = ethernet(ip6(routing + tcp(addresses=(A6, B6)), 43), IP6)
    (field,) = (field for field in dissect(frame, 1)[3].fields if field.key == "tcp.checksum")
    assert field.text.endswith("(can not be checked)")


def test_the_payload_and_what_of_it_is_in_the_file() -> None:
    frame = ethernet(ip4(tcp(payload=b"hello\r\n")))
    payload = dissect(frame, 1)[-1]
    assert (payload.name, payload.fields[0].text, payload.start, payload.end) == (
        "TCP payload", "7 bytes: hello\\r\\n", 54, 61)
    assert dissect(frame[:56], 1, 61)[-1].fields[0].text == "7 bytes, 2 of them in the file: he"
    assert dissect(frame[:54], 1, 61)[-1].fields[0].text == "7 bytes, 0 of them in the file: "


def test_padding_is_a_layer_of_its_own() -> None:
    frame = ethernet(ip4(tcp())) + b"\0" * 6
    assert [(layer.name, layer.start, layer.end) for layer in dissect(frame, 1)][-1] == ("Padding", 54, 60)
