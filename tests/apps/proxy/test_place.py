"""Where an origin is, and where a forward proxy may not go."""

from __future__ import annotations

import asyncio
import socket

import pytest

from whywire.apps.proxy.place import Place, addresses, is_public, origin, place, split
from whywire.apps.proxy.settings import Guard
from whywire.apps.proxy.trouble import UpstreamError
from whywire.base.errors import WhywireError


@pytest.mark.parametrize(("url", "expected"), [
    ("http://127.0.0.1:8000", Place("http", "127.0.0.1", 8000)),
    ("HTTP://Example.COM/", Place("http", "example.com", 80)),
    ("https://[::1]", Place("https", "::1", 443)),
])
def test_an_origin_is_read(url: str, expected: Place) -> None:
    assert origin(url) == expected


@pytest.mark.parametrize("url", ["", "127.0.0.1:8000", "ftp://a", "http://", "http://a/path", "http://u@a", "http://a:0",
                                 "http://a:70000", "http://a,b", "http://a?x"])
def test_what_names_no_origin_is_refused_with_a_hint(url: str) -> None:
    with pytest.raises(WhywireError, match="is not of the form"):
        origin(url)


def test_targets_in_absolute_form_are_split() -> None:
    assert split("http://a:80/x?y") == (Place("http", "a", 80), "/x?y")
    assert split("http://a?y") == (Place("http", "a", 80), "/?y")
    assert split("/x") is None
    assert split("gopher://a/x") is None


def test_authorities_leave_the_usual_port_out() -> None:
    assert [str(place("http", text)) for text in ("a:80", "A:8080", "[::1]:80")] == [
        "http://a", "http://a:8080", "http://[::1]"]
    assert place("http", "a b") is None


@pytest.mark.parametrize("address", [
    "127.0.0.1", "127.9.9.9", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254", "0.0.0.0",
    "100.64.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1",
    "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
    "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::1", "2002:7f00:1::", "2002:0a00:0001::1", "2001:db8::1",
    "2001:0:53aa:64c:0:0:80ff:fffe", "192.0.0.8", "192.0.0.9", "192.88.99.1", "198.19.255.255", "198.51.100.1",
    "203.0.113.255", "100.127.255.255", "0.1.2.3", "fec0::1", "ff0e::1", "100::1", "5f00::1", "3fff::1", "2001:2::1",
    "2001:20::1", "::1.1.1.1", "::ffff:0:1.1.1.1", "2002:c0a8:0101::1", "64:ff9b::192.0.0.8", "::ffff:192.0.0.8",
    "::ffff:169.254.169.254", "4000::1",
])
def test_addresses_that_are_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "93.184.216.34", "2606:4700::1111", "::ffff:1.1.1.1",
                                     "64:ff9b::101:101", "2002:101:101::1", "100.63.255.255", "100.128.0.1",
                                     "172.32.0.1", "192.0.1.1", "198.17.255.255", "198.20.0.1", "223.255.255.255"])
def test_addresses_that_are(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("host", [
    "127.0.0.1", "localhost", "::1", "0x7f.1", "2130706433", "0177.0.0.1", "0x7f000001", "017700000001", "127.1", "0",
    "::ffff:127.0.0.1", "::ffff:7f00:1"])
def test_a_guarded_proxy_refuses_its_own_machine_however_it_is_written(host: str) -> None:
    async def test() -> None:
        with pytest.raises(UpstreamError) as caught:
            await addresses(Place("http", host, 80), Guard())
        assert (caught.value.status, caught.value.error) == (403, "destination_ip_prohibited")
        assert await addresses(Place("http", host, 80), Guard(private=True))
    asyncio.run(test())


def test_a_name_with_a_public_and_a_private_address_gives_the_public_one_only(monkeypatch: pytest.MonkeyPatch) -> None:
    async def test() -> None:
        async def both(*_: object, **__: object) -> list[tuple[object, ...]]:
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 80)) for address in ("10.0.0.1", "1.1.1.1")]
        monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", both, raising=False)
        assert await addresses(Place("http", "rebinds.example", 80), Guard()) == [(socket.AF_INET, "1.1.1.1")]
    asyncio.run(test())
