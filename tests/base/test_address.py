"""Endpoints as text."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address

from hypothesis import given
from hypothesis import strategies as st

from whywire.base.address import address, endpoint


@given(st.binary(min_size=4, max_size=4))
def test_ipv4(raw: bytes) -> None:
    assert address(raw) == str(IPv4Address(raw))


@given(st.binary(min_size=16, max_size=16))
def test_ipv6(raw: bytes) -> None:
    assert address(raw) == str(IPv6Address(raw))


def test_an_ipv6_endpoint_has_brackets() -> None:
    assert endpoint(IPv6Address("fe80::1").packed, 80) == "[fe80::1]:80"
    assert endpoint(bytes([10, 0, 0, 1]), 51270) == "10.0.0.1:51270"
