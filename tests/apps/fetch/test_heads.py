"""The requests' fields."""

from __future__ import annotations

import pytest

from whywire.apps.fetch import heads
from whywire.apps.fetch.links import read as link
from whywire.apps.fetch.options import Options
from whywire.base.errors import WhywireError


def test_the_usual_fields() -> None:
    request = heads.request(link("http://a:1/x"), Options())
    assert request.headers == ((b"Host", b"a:1"), (b"User-Agent", b"whywire-fetch"), (b"Accept", b"*/*"),
                               (b"Accept-Encoding", b"identity"), (b"Connection", b"keep-alive"))


def test_fields_for_what_a_page_needs() -> None:
    options = Options(headers=((b"A", b"1"),), page_headers=((b"B", b"2"),))
    assert heads.request(link("http://a/"), options).headers == ((b"A", b"1"),)
    assert heads.request(link("http://a/"), options, needed=True).headers == ((b"B", b"2"),)
    assert heads.request(link("http://a/"), Options(headers=((b"A", b"1"),)), needed=True).headers == ((b"A", b"1"),)


def test_fields_from_a_file() -> None:
    assert heads.read(b"Host: a\r\n\r\nX-Y:  z \n", "f") == ((b"Host", b"a"), (b"X-Y", b"z"))


@pytest.mark.parametrize("text", [b"no colon", b"a b: c", b"a: \x00", b": x", b"Content-Length: 3", b"a\n b"])
def test_what_is_no_field(text: bytes) -> None:
    with pytest.raises(WhywireError, match=r"line \d of f "):
        heads.read(text, "f")
