"""A proxy's legs: by bytes, by messages, from its store, and its own errors."""

from __future__ import annotations

import pytest

from tests.exchanges.talk import Talk, get, links, ok
from whywire.connections.model import Certainty
from whywire.exchanges import Link

ASK, ANSWER = b"question 1 of the client", b"answer 1 of the origin"


def through(talk: Talk, front: str, back: str, ask: bytes, answer: bytes, sent: bytes | None = None,
            got: bytes | None = None) -> None:
    """Ask the proxy ``p``, which asks the origin ``o``. ``sent`` and ``got`` are what the origin sees, if different."""
    talk.open(front, client="a", server="p", port=9998)
    talk.up(front, ask)
    talk.open(back, client="p", server="o", port=9999)
    talk.up(back, ask if sent is None else sent)
    talk.down(back, answer if got is None else got)
    talk.down(front, answer)


def only(talk: Talk, kind: str) -> Link:
    (found,) = [link for link in talk.found().links if link.kind == kind]
    return found


def alone(talk: Talk, tag: str, ask: bytes, answer: bytes) -> None:
    talk.open(tag, client="a", server="p", port=9998)
    talk.up(tag, ask)
    talk.down(tag, answer)


def test_forwarded_unchanged() -> None:
    talk = Talk()
    through(talk, "c1", "c2", ASK, ANSWER)
    link = only(talk, "proxy-forward")
    assert (str(link.source), str(link.target), link.detail["same"], link.certainty) == (
        "c1", "c2", "bytes", Certainty.LIKELY)
    assert link.detail["origin"] == "10.0.0.3:9999"
    assert int(link.detail["answer_ns"] or 0) > int(link.detail["upstream_ns"] or 0)


def test_a_hit_answers_as_before_without_asking() -> None:
    talk = Talk()
    through(talk, "c1", "c2", ASK, ANSWER)
    alone(talk, "c3", ASK, ANSWER)
    assert links(talk.found(), "proxy-hit") == [("c3", "c1")]


@pytest.mark.parametrize(("ask", "answer"), [(ASK, b"answer 2 of the origin"), (b"question 2 of the client", ANSWER)])
def test_another_question_or_answer_is_no_hit(ask: bytes, answer: bytes) -> None:
    talk = Talk()
    through(talk, "c1", "c2", ASK, ANSWER)
    alone(talk, "c3", ask, answer)
    assert links(talk.found(), "proxy-hit") == []


@pytest.mark.parametrize(("sent", "got"), [(b"question 2 of the client", None), (None, b"answer 2 of the origin")])
def test_other_bytes_are_another_leg(sent: bytes | None, got: bytes | None) -> None:
    talk = Talk()
    through(talk, "c1", "c2", ASK, ANSWER, sent, got)
    assert links(talk.found(), "proxy-forward") == []


def test_http_legs_with_changed_heads() -> None:
    talk = Talk()
    through(talk, "c1", "c2", b"GET http://o/a HTTP/1.1\r\nHost: o\r\n\r\n", ok(b"page", "Via: 1.1 p"),
            b"GET /a HTTP/1.1\r\nHost: o\r\nVia: 1.1 p\r\n\r\n", ok(b"page"))
    link = only(talk, "proxy-forward")
    assert (str(link.source), str(link.target), link.detail["same"]) == ("x1", "x2", "message")


def test_each_request_of_a_kept_connection_finds_its_leg() -> None:
    talk = Talk()
    through(talk, "c1", "c2", get("/a"), ok(b"1"))
    for path in ("/b", "/c"):
        talk.up("c1", get(path))
        talk.up("c2", get(path))
        talk.down("c2", ok(b"1"))
        talk.down("c1", ok(b"1"))
    assert links(talk.found(), "proxy-forward") == [("x1", "x2"), ("x3", "x4"), ("x5", "x6")]


def test_an_answer_before_the_origins_is_not_the_origins() -> None:
    talk = Talk()
    talk.open("c1", client="a", server="p", port=9998)
    talk.up("c1", ASK)
    talk.open("c2", client="p", server="o", port=9999)
    talk.up("c2", ASK)
    talk.down("c1", ANSWER)
    talk.down("c2", ANSWER)
    assert links(talk.found(), "proxy-forward") == []


@pytest.mark.parametrize("before", [True, False])
def test_the_proxys_own_error(before: bool) -> None:
    talk = Talk()
    if before:
        through(talk, "c1", "c2", get("/a"), ok(b"1"))
    talk.open("c8", client="a", server="p", port=9998)
    talk.up("c8", get("/b"))
    talk.refused("c9", "p", "o", 9999)
    talk.down("c8", ok(b"down", status="502 Bad Gateway"))
    link = only(talk, "proxy-error")
    assert (str(link.target)[0], link.detail["failed"], link.detail["known_origin"]) == ("c", "refused", before)


def test_cut_packets_are_compared_as_far_as_they_go() -> None:
    talk = Talk()
    talk.open("c1", client="a", server="p", port=9998)
    talk.up("c1", ASK, captured=12)
    talk.open("c2", client="p", server="o", port=9999)
    talk.up("c2", ASK, captured=16)
    talk.down("c2", ANSWER)
    talk.down("c1", ANSWER[:9], ack=False)
    talk.down("c1", ANSWER[9:])
    assert links(talk.found(), "proxy-forward") == [("c1", "c2")]


@pytest.mark.parametrize(("target", "status", "hits"), [
    ("/a", "304 Not Modified", []), ("/b", "304 Not Modified", [("x3", "x1")]), ("/a", "500 No", [("x3", "x1")]),
])
def test_an_answer_that_the_proxy_asked_about_first_is_no_plain_hit(target: str, status: str,
                                                                    hits: list[tuple[str, str]]) -> None:
    talk = Talk()
    through(talk, "c1", "c2", get("/a"), ok(b"page"))
    talk.open("c3", client="a", server="p", port=9998)
    talk.up("c3", get("/a"))
    talk.open("c4", client="p", server="o", port=9999)
    talk.up("c4", get(target, 'If-None-Match: "1"'))
    talk.down("c4", ok(status=status, length=False))
    talk.down("c3", ok(b"page"))
    assert links(talk.found(), "proxy-hit") == hits
