from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.packets.frames import A, B, ip4, tcp
from whywire.packets.checksum import ipv4_state, ones_sum, pseudo_sum, tcp_state


@settings(derandomize=True, deadline=None)
@given(st.binary(max_size=200))
def test_the_sum_is_that_of_rfc_1071(data: bytes) -> None:
    total = 0
    padded = data + b"\0" * (len(data) % 2)
    for at in range(0, len(padded), 2):
        total += padded[at] << 8 | padded[at + 1]
        total = (total & 0xFFFF) + (total >> 16)
    assert ones_sum(data) == total


def test_the_example_of_rfc_1071() -> None:
    assert ones_sum(bytes.fromhex("0001 f203 f4f5 f6f7")) == 0xDDF2


def test_ipv4() -> None:
    header = bytearray(ip4(b"")[:20])
    assert ipv4_state(bytes(header)) == "right"
    header[10] ^= 1
    assert ipv4_state(bytes(header)) == "wrong"
    header[10:12] = b"\0\0"
    assert ipv4_state(bytes(header)) == "empty"


def test_tcp() -> None:
    segment = tcp(payload=b"hello")
    assert tcp_state(A, B, segment) == "right"
    assert tcp_state(A, B, segment[:-1] + b"x") == "wrong"
    for length in (len(segment), 0):
        offload = segment[:16] + pseudo_sum(A, B, length).to_bytes(2, "big") + segment[18:]
        assert tcp_state(A, B, offload) == "offload"
