"""Redirects, connections that others made necessary, pages."""

from __future__ import annotations

import pytest

from tests.exchanges.talk import GET, Talk, get, links, ok
from whywire.connections.model import Certainty


def asked(talk: Talk, tag: str, request: bytes, response: bytes) -> None:
    talk.open(tag)
    talk.up(tag, request)
    talk.down(tag, response)


def moved(location: str, status: str = "301 Moved") -> bytes:
    return ok(b"", f"Location: {location}", status=status)


@pytest.mark.parametrize(("location", "target", "follows"), [
    ("/b", "/b", True), ("http://h/b", "/b", True), ("//h/b?c", "/b?c", True), ("c", "/a/c", True),
    ("/b#part", "/b", True),
    ("/b", "/c", False), ("http://elsewhere/b", "/b", False),
])
def test_a_redirect_and_what_followed_it(location: str, target: str, follows: bool) -> None:
    talk = Talk()
    asked(talk, "c1", get("/a/x"), moved(location))
    talk.up("c1", get(target))
    talk.down("c1", ok())
    found = talk.found()
    assert links(found, "redirect") == ([("x1", "x2")] if follows else [])
    for link in found.links:
        if link.kind == "redirect":
            assert (link.certainty, link.others, link.detail["new_connection"]) == (
                Certainty.LIKELY, ("asked-anyway",), False)


def test_a_chain_of_redirects_over_connections() -> None:
    talk = Talk()
    for number, (here, there) in enumerate([("/1", "/2"), ("/2", "/3")], 1):
        asked(talk, f"c{number}", get(here), moved(there, "302 Found"))
        talk.close(f"c{number}")
    asked(talk, "c3", get("/3"), ok())
    found = talk.found()
    assert links(found, "redirect") == [("x1", "x2"), ("x2", "x3")]
    assert links(found, "replaces") == [("c1", "c2"), ("c2", "c3")]


def test_another_clients_request_follows_nothing() -> None:
    talk = Talk()
    asked(talk, "c1", get("/a"), moved("/b"))
    talk.open("c2", client="other")
    talk.up("c2", get("/b"))
    talk.down("c2", ok())
    assert links(talk.found(), "redirect") == []


def test_another_server_is_another_matter() -> None:
    talk = Talk()
    asked(talk, "c1", GET, ok())
    talk.open("c2", port=81)
    assert {link.kind for link in talk.found().links} == set()


def test_a_page_by_its_referer() -> None:
    talk = Talk()
    asked(talk, "c1", get("/p.html"), ok(b"x", "Content-Type: text/html"))
    talk.up("c1", get("/i.png", "Referer: http://h/p.html"), after=30.0)
    talk.down("c1", ok())
    (link,) = [one for one in talk.found().links if one.kind == "page"]
    assert (str(link.source), str(link.target), link.certainty) == ("x1", "x2", Certainty.INFERRED)


@pytest.mark.parametrize(("after", "target", "part"), [
    (0.2, "/i.png", True), (5.0, "/i.png", False), (0.2, "/other.html", False),
])
def test_a_page_by_time(after: float, target: str, part: bool) -> None:
    talk = Talk()
    asked(talk, "c1", get("/"), ok(b"x", "Content-Type: text/html"))
    talk.up("c1", get(target), after=after)
    talk.down("c1", ok())
    found = [one for one in talk.found().links if one.kind == "page"]
    assert [one.certainty for one in found] == ([Certainty.LIKELY] if part else [])


def test_an_image_has_no_parts() -> None:
    talk = Talk()
    asked(talk, "c1", get("/1.png"), ok(b"x", "Content-Type: image/png"))
    talk.up("c1", get("/2.png"))
    talk.down("c1", ok())
    assert links(talk.found(), "page") == []
