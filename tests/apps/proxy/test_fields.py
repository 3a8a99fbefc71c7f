"""What goes on, what stays, what is added."""

from __future__ import annotations

import pytest

from whywire.apps.http.app import Body, Request
from whywire.apps.proxy.fields import end_to_end, homeward, nominated, onward, passes
from whywire.apps.proxy.settings import ProxySettings

PLAIN = ProxySettings(forwarded_for="off")


def request(*headers: tuple[str, str], peer: str = "192.0.2.7:5000") -> Request:
    return Request("GET", "/", "1.1", (("host", "a"), *headers), "a", Body(), peer)


def test_hop_by_hop_fields_and_those_that_connection_names_stay_here() -> None:
    got = onward(request(("connection", "close, X-Mine"), ("x-mine", "1"), ("keep-alive", "5"), ("te", "gzip"),
                         ("transfer-encoding", "chunked"), ("content-length", "3"), ("upgrade", "h2c"),
                         ("proxy-authorization", "x"), ("proxy-connection", "x"), ("accept", "*/*")), "a", PLAIN)
    assert got == (("host", "a"), ("accept", "*/*"), ("via", "1.1 whywire"))


def test_connection_can_not_take_away_what_concerns_everybody() -> None:
    headers = (("connection", "Host, Cache-Control, cookie"), ("cache-control", "no-store"), ("cookie", "a=b"))
    assert nominated(headers) == {"cookie"}
    assert dict(onward(request(*headers), "a", PLAIN))["cache-control"] == "no-store"


def test_te_trailers_is_said_again_for_the_next_hop() -> None:
    got = onward(request(("te", "trailers, gzip")), "a", PLAIN)
    assert ("te", "trailers") in got
    assert ("connection", "te") in got


def test_via_is_added_to_what_was_there() -> None:
    got = onward(request(("via", "1.0 old"), ("via", "1.1 newer")), "a", PLAIN)
    assert [value for name, value in got if name == "via"] == ["1.0 old, 1.1 newer, 1.1 whywire"]
    assert dict(homeward((("via", "1.1 behind"),), "1.0"))["via"] == "1.1 behind, 1.0 whywire"


@pytest.mark.parametrize(("how", "expected"), [
    ("replace", "192.0.2.7"), ("append", "6.6.6.6, 192.0.2.7"), ("off", None)])
def test_x_forwarded_for(how: str, expected: str | None) -> None:
    got = dict(onward(request(("x-forwarded-for", "6.6.6.6")), "a", ProxySettings(forwarded_for=how)))
    assert got.get("x-forwarded-for") == expected


@pytest.mark.parametrize(("peer", "node"), [("192.0.2.7:5", "192.0.2.7"), ("[2001:db8::1]:5", '"[2001:db8::1]"'),
                                            ("unix:", "unknown")])
def test_forwarded(peer: str, node: str) -> None:
    got = dict(onward(request(("forwarded", "for=evil"), peer=peer), "a:1", ProxySettings(forwarded=True)))
    assert got["forwarded"] == f'for={node};host="a:1";proto=http;by=_whywire'


@pytest.mark.parametrize("name", ["x-forwarded-host", "x_forwarded_host", "x-forwarded-proto", "x-original-url",
                                  "x-rewrite-url", "x-host", "forwarded", "x-http-method-override", "x-real-ip"])
def test_claims_of_a_client_never_reach_the_origin(name: str) -> None:
    assert "evil" not in str(onward(request((name, "evil")), "a", ProxySettings()))


def test_trailers_that_would_change_the_message_are_left_out() -> None:
    assert end_to_end((("x-sum", "1"), ("content-length", "5"), ("set-cookie", "a"), ("cache-control", "max-age=9"),
                       ("server-timing", "x"))) == (("x-sum", "1"), ("server-timing", "x"))


def test_loops_are_seen() -> None:
    assert passes((("via", ", ".join(["1.1 whywire"] * 5)), ("via", "1.1 whywire, 1.1 x, 1.1 whywire"))) == 7
    assert passes((("x-via", "1.1 whywire"),)) == 0
