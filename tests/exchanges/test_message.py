"""What a message keeps of its head, and when it counts as arrived."""

from __future__ import annotations

from tests.exchanges.talk import Talk, get, ok


def test_the_headers_that_matter_are_kept_and_bounded() -> None:
    talk = Talk()
    talk.open("c1")
    talk.up("c1", get("/", "Referer: " + "r" * 900, "X-Other: y"))
    talk.down("c1", ok(b"", "Location: /b", status="302 Found"))
    (one,) = talk.found().exchanges
    assert one.request is not None
    assert one.response is not None
    assert (len(one.request.header("referer") or ""), one.request.header("x-other")) == (400, None)
    assert (one.response.header("location"), one.response.reason) == ("/b", "Found")


def test_bytes_that_may_not_have_arrived() -> None:
    talk = Talk()
    talk.open("c1")
    talk.up("c1", get("/"))
    whole = ok(b"x" * 100)
    talk.down("c1", whole[:50], ack=False)
    talk.down("c1", whole[50:80], missing=True)
    talk.down("c1", whole[80:], ack=False)
    (one,) = talk.found().exchanges
    assert one.response is not None
    assert (one.response.fate, one.response.end, one.response.last_packet) == ("hole", None, None)
    assert (one.response.bytes, one.response.missing_bytes) == (len(whole) - 30, 30)


def test_flaws_are_told_in_words() -> None:
    talk = Talk()
    talk.open("c1")
    talk.up("c1", b"GET / HTTP/1.1\n\n")
    (one,) = talk.found().exchanges
    assert one.request is not None
    assert [kind for kind, _ in one.request.flaws] == ["bare-lf", "bare-lf", "no-host"]
    assert all(text for _, text in one.request.flaws)
