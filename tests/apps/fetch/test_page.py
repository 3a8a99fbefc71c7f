"""What a page needs."""

from __future__ import annotations

import pytest

from whywire.apps.fetch.links import read
from whywire.apps.fetch.page import candidates, is_page, needs
from whywire.protocols.http1.events import Response

PAGE = b"""<!doctype html><link rel="Stylesheet" href=s.css><link rel="shortcut icon" href="/i.ico">
<link rel=next href=n><script src=a.js></script><script>x</script>
<IMG SRC="../1.jpg"><img src='1.jpg'><img src=1.jpg><img><a href=other></a>
<input type=image src=b.png><input type=text src=no><video poster=p.jpg></video><img src="data:,x"><img src="//b/c.png">
<img src="/x?a=1&amp;b=2"><img src="ref.html"><img src="broken"""


def test_what_a_page_needs_in_its_order_each_once() -> None:
    found = [link.url for link in needs(read("http://a/x/y/ref.html"), PAGE)]
    assert found == ["http://a/x/y/s.css", "http://a/i.ico", "http://a/x/y/a.js", "http://a/x/1.jpg", "http://a/x/y/1.jpg",
                     "http://a/x/y/b.png", "http://a/x/y/p.jpg", "http://b/c.png", "http://a/x?a=1&b=2"]


@pytest.mark.parametrize(("srcset", "urls"), [
    ("", []), (" , ,", []), ("a.jpg", ["a.jpg"]), ("a.jpg 2x", ["a.jpg"]), ("a.jpg, b.jpg 2x", ["a.jpg", "b.jpg"]),
    ("a 480w,b 800w", ["a", "b"]), ("a,b.jpg 1x,,\n c", ["a,b.jpg", "c"]), ("a f(1,2) 2x, b", ["a", "b"]),
    ("a (1, b", ["a"]), ("data:x;base64,AA== 1x, b,", ["data:x;base64,AA==", "b"]),
])
def test_the_candidates_of_a_srcset(srcset: str, urls: list[str]) -> None:
    assert list(candidates(srcset)) == urls


def test_a_page_needs_what_a_srcset_names() -> None:
    page = (b'<picture><source srcset="l.avif 2x, s.avif"><img src=s.jpg srcset="s.jpg 1x, l.jpg 2x"></picture>'
            b'<script src=a.js srcset=no></script>')
    found = [link.target for link in needs(read("http://a/"), page)]
    assert found == ["/l.avif", "/s.avif", "/s.jpg", "/l.jpg", "/a.js"]


def test_base() -> None:
    page = b'<base href="http://b/z/"><img src=1>'
    assert [link.url for link in needs(read("http://a/"), page)] == ["http://b/z/1"]


@pytest.mark.parametrize(("kind", "url", "text", "page"), [
    ("text/html; charset=utf-8", "http://a/x", b"", True), ("image/png", "http://a/x.html", b"<", False),
    (None, "http://a/x.html", b"", True), (None, "http://a/", b"", True), (None, "http://a/x", b" <html>", True),
    (None, "http://a/x.jpg", b"\xff\xd8", False),
])
def test_what_is_a_page(kind: str | None, url: str, text: bytes, page: bool) -> None:
    headers = () if kind is None else ((b"content-type", kind.encode()),)
    assert is_page(read(url), Response(status=200, headers=headers), text) is page


def test_any_bytes_are_parsed() -> None:
    assert needs(read("http://a/"), b"<![CDATA[<!x<img src=\xff\x00>" * 50 + b"<!--") is not None
