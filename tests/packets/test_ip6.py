from __future__ import annotations

import pytest

from tests.packets.frames import A6, B6, IP6, decoded, ethernet, ip4, ip6, tcp, what
from whywire.packets.layers import FIRST_FRAGMENT
from whywire.packets.table import IPV4, IPV6, TCP

SEGMENT = tcp(payload=b"hello")


def options_header(following: int, words: int = 0) -> bytes:
    return bytes([following, words, 1, 4 + 8 * words]) + b"\0" * (4 + 8 * words)


def test_its_columns() -> None:
    table = decoded(ethernet(ip6(SEGMENT), IP6)).table
    assert table.present[0] & (IPV4 | IPV6) == IPV6
    assert (table.addresses[table.source[0]], table.addresses[table.destination[0]]) == (A6, B6)
    assert (table.ip_id[0], table.ttl[0], table.network_at[0], table.payload_length[0]) == (0, 64, 14, 5)


@pytest.mark.parametrize(("following", "headers"), [
    (0, options_header(6)),
    (0, options_header(43, 2) + options_header(60) + options_header(6, 1)),
    (44, b"\x06\0\0\x00\0\0\0\x07"),
    (51, b"\x06\x04\0\0" + b"\0" * 20),
], ids=["hop by hop", "three", "whole in one fragment", "authentication"])
def test_extension_headers_are_walked_over(following: int, headers: bytes) -> None:
    table = decoded(ethernet(ip6(headers + SEGMENT, following), IP6)).table
    assert table.present[0] & TCP
    assert (table.transport_at[0], table.payload_length[0]) == (54 + len(headers), 5)


def test_a_later_fragment_is_no_header() -> None:
    assert what(decoded(ethernet(ip6(b"\x06\0\0\x08\0\0\0\x07" + SEGMENT, 44), IP6))) == ("ip fragment", "")


def test_a_first_fragment_waits_for_the_rest() -> None:
    assert what(decoded(ethernet(ip6(b"\x06\0\0\x01\0\0\0\x07" + SEGMENT, 44), IP6))) == ("ip fragment", "")


def test_a_first_fragment_that_the_snap_length_cut_is_read_as_far_as_it_goes() -> None:
    frame = ethernet(ip6(b"\x06\0\0\x01\0\0\0\x07" + SEGMENT + bytes(59), 44), IP6)
    capture = decoded(frame[:-20], original=len(frame))
    assert what(capture) == ("tcp", FIRST_FRAGMENT)
    assert capture.table.present[0] & TCP


def test_length_zero_is_a_jumbogram_of_the_frames_length() -> None:
    frame = ethernet(ip6(tcp(payload=b"x" * 300), length=0), IP6)
    assert decoded(frame[:100], original=len(frame)).table.payload_length[0] == 300


def test_inside_ipv4_only_the_inner_one_counts() -> None:
    table = decoded(ethernet(ip4(ip6(SEGMENT), protocol=41))).table
    assert table.present[0] & (IPV4 | IPV6) == IPV6
    assert table.ip_id[0] == 0
    table = decoded(ethernet(ip6(ip4(SEGMENT), 4), IP6)).table
    assert table.present[0] & (IPV4 | IPV6) == IPV4


@pytest.mark.parametrize(("packet", "original", "said"), [
    (ip6(SEGMENT)[:30], 54, ("ipv6", "ipv6: header cut by the snap length")),
    (b"\x50" + ip6(SEGMENT)[1:], None, ("ipv6", "ipv6: version 5, 6 is right")),
    (ip6(options_header(6, 4), 0, 8), None,
     ("ipv6 hop-by-hop options", "ipv6 hop-by-hop options: length 40 is more than the packet has")),
    (ip6(b"\x06\0", 44), None, ("ipv6 fragment", "ipv6 fragment: 2 bytes, the header has 8")),
    (ip6(b"\x06", 60), None, ("ipv6 destination options", "ipv6 destination options: 1 bytes, the header has 8")),
    (ip6(b"", 59), None, ("ipv6 without a next header", "")),
])
def test_what_stops_the_walk(packet: bytes, original: int | None, said: tuple[str, str]) -> None:
    frame = ethernet(packet, IP6)
    assert what(decoded(frame, original=original and original + 14)) == said


def test_a_length_beyond_the_frame_is_said_and_hides_nothing() -> None:
    capture = decoded(ethernet(ip6(SEGMENT, length=100), IP6))
    assert what(capture) == ("tcp", "ipv6: payload length is more than the frame has")
    assert capture.table.payload_length[0] == 5
