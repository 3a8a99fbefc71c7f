from __future__ import annotations

import pytest

from tests.packets.frames import A, B, decoded, ethernet, ip4, tcp, what
from whywire.packets.layers import FIRST_FRAGMENT
from whywire.packets.table import IPV4, TCP

SEGMENT = tcp(payload=b"hello")


def test_its_columns() -> None:
    table = decoded(ethernet(ip4(SEGMENT, options=b"\1\1\1\0"))).table
    assert table.present[0] & IPV4
    assert (table.addresses[table.source[0]], table.addresses[table.destination[0]]) == (A, B)
    assert (table.ip_id[0], table.ttl[0], table.network_at[0], table.transport_at[0]) == (0x1234, 64, 14, 38)


def test_padding_is_not_payload() -> None:
    table = decoded(ethernet(ip4(tcp(payload=b"x"))) + b"\0" * 5).table
    assert table.payload_length[0] == 1


def test_length_zero_is_a_super_segment_of_the_frames_length() -> None:
    frame = ethernet(ip4(tcp(payload=b"x" * 300), total=0))
    table = decoded(frame[:100], original=len(frame)).table
    assert (table.payload_length[0], table.error[0]) == (300, 0)


def test_the_innermost_header_wins() -> None:
    table = decoded(ethernet(ip4(ip4(SEGMENT, options=b"\1\1\1\0"), protocol=4))).table
    assert (table.network_at[0], table.transport_at[0], table.payload_length[0]) == (34, 58, 5)


def test_a_later_fragment_is_no_header() -> None:
    capture = decoded(ethernet(ip4(SEGMENT, fragment=0x0001)))
    assert what(capture) == ("ip fragment", "")
    assert not capture.table.present[0] & TCP


def test_a_first_fragment_waits_for_the_rest() -> None:
    assert what(decoded(ethernet(ip4(SEGMENT, fragment=0x2000)))) == ("ip fragment", "")


def test_a_first_fragment_that_the_snap_length_cut_is_read_as_far_as_it_goes() -> None:
    frame = ethernet(ip4(SEGMENT + bytes(59), fragment=0x2000))
    capture = decoded(frame[:-20], original=len(frame))
    assert what(capture) == ("tcp", FIRST_FRAGMENT)
    assert capture.table.present[0] & TCP


@pytest.mark.parametrize(("packet", "error"), [
    (ip4(SEGMENT, first=0x43), "ipv4: header length 3 is below 5 words"),
    (ip4(SEGMENT, first=0x65), "ipv4: version 6, 4 is right"),
    (ip4(SEGMENT, total=19), "ipv4: total length 19 is below the header's 20"),
    (ip4(SEGMENT)[:19], "ipv4: 19 bytes, the header has 20"),
])
def test_a_broken_header_is_named_and_says_what_is_wrong(packet: bytes, error: str) -> None:
    capture = decoded(ethernet(packet))
    assert what(capture) == ("ipv4", error)
    assert not capture.table.present[0] & (TCP | IPV4)


def test_a_length_beyond_the_frame_is_said_and_hides_nothing() -> None:
    capture = decoded(ethernet(ip4(SEGMENT, total=1500)))
    assert what(capture) == ("tcp", "ipv4: total length is more than the frame has")
    assert capture.table.payload_length[0] == 5


def test_other_protocols_are_named() -> None:
    assert what(decoded(ethernet(ip4(b"\x08\0", protocol=1))))[0] == "icmp"
    assert what(decoded(ethernet(ip4(b"", protocol=200))))[0] == "ip protocol 200"
