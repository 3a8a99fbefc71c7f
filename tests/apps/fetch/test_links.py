"""URLs and what they mean."""

from __future__ import annotations

import pytest

from whywire.apps.fetch.errors import FetchError
from whywire.apps.fetch.links import Link, Place, join, read, same_server, target
from whywire.base.errors import WhywireError


@pytest.mark.parametrize(("url", "place", "asked"), [
    ("http://localhost:8080/a/b?c=d#e", Place("http", "localhost", 8080), "/a/b?c=d"),
    ("HTTP://Example.ORG", Place("http", "example.org", 80), "/"),
    ("https://[::1]:4433/", Place("https", "::1", 4433), "/"),
    ("http://bücher.example/ü b", Place("http", "xn--bcher-kva.example", 80), "/%C3%BC%20b"),
    ("http://a/%20%zz", Place("http", "a", 80), "/%20%zz"),
])
def test_urls(url: str, place: Place, asked: str) -> None:
    assert read(url) == Link(place, asked)


@pytest.mark.parametrize("url", ["ftp://a/", "http://", "http://u:p@a/", "http://a:99999/", "http://a b/", "a",
                                 "http://[1/", "http://a\r\nb/"])
def test_what_is_no_url(url: str) -> None:
    with pytest.raises(WhywireError) as caught:
        read(url)
    assert "\r" not in str(caught.value)


def test_authority_names_the_port_only_where_it_says_something() -> None:
    assert [read(url).place.authority for url in ("http://a/", "http://a:443/", "https://a:443/", "http://[::1]/")] == [
        "a", "a:443", "a", "[::1]"]


@pytest.mark.parametrize(("reference", "url"), [
    ("../1.jpg", "http://a:1/x/1.jpg"), ("1.jpg", "http://a:1/x/y/1.jpg"), ("/2", "http://a:1/2"),
    ("//b/3", "http://b/3"), ("?q", "http://a:1/x/y/z?q"), ("../../../../etc", "http://a:1/etc"), (" 4 ", "http://a:1/x/y/4"),
])
def test_references(reference: str, url: str) -> None:
    assert join(read("http://a:1/x/y/z"), reference).url == url


@pytest.mark.parametrize("reference", ["mailto:a@b", "data:,x", "javascript:1", "http://[/"])
def test_references_that_lead_nowhere(reference: str) -> None:
    with pytest.raises(FetchError):
        join(read("http://a/"), reference)


def test_a_path_as_typed_is_made_a_target() -> None:
    typed = ("", "a b", "/x#y", "/\x1b\n", "a//b")
    assert [target(path) for path in typed] == ["/", "/a%20b", "/x", "/%1B%0A", "/a//b"]


def test_the_same_host_s_https_is_no_other_server() -> None:
    plain, tls, odd = (read(url).place for url in ("http://a/", "https://a/", "http://a:8080/"))
    assert same_server(plain, tls)
    assert not same_server(tls, plain)
    assert not same_server(plain, odd)
    assert not same_server(plain, read("https://b/").place)
