from __future__ import annotations

from ipaddress import ip_network

import pytest

from whywire.base.errors import WhywireError
from whywire.lab.filters import Both, Either, Filter, Network, Not, Ports, Protocol, parse

TCP, UDP, HTTP, HTTPS = Protocol("tcp"), Protocol("udp"), Ports("", 80, 80), Ports("", 443, 443)
HOST = Network("", ip_network("10.0.0.1"))


@pytest.mark.parametrize(("text", "tree"), [
    ("tcp", TCP),
    ("port 80", HTTP),
    ("tcp port 80", Both(TCP, HTTP)),
    ("src port 80", Ports("src", 80, 80)),
    ("udp dst portrange 1-1023", Both(UDP, Ports("dst", 1, 1023))),
    ("host 10.0.0.1", HOST),
    ("src 10.0.0.1", Network("src", ip_network("10.0.0.1"))),
    ("net 10.0.0.0/8", Network("", ip_network("10.0.0.0/8"))),
    ("dst net fe80::/10", Network("dst", ip_network("fe80::/10"))),
    ("not tcp", Not(TCP)),
    ("! tcp && udp", Both(Not(TCP), UDP)),
    ("tcp or udp", Either(TCP, UDP)),
    ("tcp||udp", Either(TCP, UDP)),
    ("port 80 or 443", Either(HTTP, HTTPS)),
    ("tcp port 80 or 443", Either(Both(TCP, HTTP), Both(TCP, HTTPS))),
    ("tcp or udp and port 80", Both(Either(TCP, UDP), HTTP)),  # both bind alike, as in pcap-filter(7)
    ("tcp or (udp and port 80)", Either(TCP, Both(UDP, HTTP))),
    ("not (tcp or port 80)", Not(Either(TCP, HTTP))),
    ("not not tcp", Not(Not(TCP))),
    ("port domain", Ports("", 53, 53)),
])
def test_what_is_read(text: str, tree: Filter) -> None:
    assert parse(text) == tree
    assert parse(f"  ( {text} )") == tree


def test_a_name_stands_for_its_addresses() -> None:
    found = parse("host localhost")
    assert "127.0.0.1" in str(found) or "::1" in str(found)


@pytest.mark.parametrize(("text", "says"), [
    ("", "ends where a word"),
    ("tcp and", "ends where a word"),
    ("port", "port without what belongs behind it"),
    ("port and tcp", "port without what belongs behind it"),
    ("port 65536", "'65536' in the filter is no port"),
    ("portrange 80", "'' in the filter is no port"),
    ("net 10.0.0.0/33", "is no network"),
    ("host 10.0.0.999.x", "no address"),
    ("(tcp", "( without its )"),
    ("tcp)", "goes on with ')'"),
    ("tcp udp", "goes on with 'udp'"),
    ("10.0.0.1", "has '10.0.0.1' where a word"),
    ("tcp & udp", "'& udp', which is no word"),
    ("(" * 99 + "tcp" + ")" * 99, "nested"),
    ("not " * 99 + "tcp", "nested"),
])
def test_what_is_none(text: str, says: str) -> None:
    with pytest.raises(WhywireError, match="filter") as error:
        parse(text)
    assert says in str(error.value)
