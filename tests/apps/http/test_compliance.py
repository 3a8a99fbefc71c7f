"""What RFC 9110 and RFC 9112 ask of a server, each MUST that can be seen on the wire beside its section.

Every case runs whole and byte by byte, behind a good request and alone: the answer may not depend on any of that.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.apps.http.bench import Bench, Echo, bench, read_answer, rest, split
from whywire.apps.http.settings import Settings

GOOD = b"GET /before HTTP/1.1\r\nHost: a\r\n\r\n"
BEHIND = b"GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n"


@pytest.fixture(scope="module")
def app() -> Echo:
    return Echo()


@pytest.fixture(scope="module")
def at(app: Echo) -> Iterator[Bench]:
    with bench(app, Settings(linger_time=0.5)) as running:
        yield running


def get(*lines: bytes, line: bytes = b"GET /x HTTP/1.1", host: bytes = b"Host: a") -> bytes:
    """Return a request; without ``host`` it has none."""
    return b"\r\n".join([line, *([host] if host else []), *lines, b"", b""])


REFUSED = {
    # the request line (RFC 9112 3)
    "two spaces": (get(line=b"GET  / HTTP/1.1"), 400),
    "a tab": (get(line=b"GET\t/ HTTP/1.1"), 400),
    "space at the end": (get(line=b"GET / HTTP/1.1 "), 400),
    "space at the start": (get(line=b" GET / HTTP/1.1"), 400),
    "space in the target": (get(line=b"GET /a b HTTP/1.1"), 400),
    "no version": (get(line=b"GET /"), 400),
    "lower-case version": (get(line=b"GET / http/1.1"), 400),
    "version with more digits": (get(line=b"GET / HTTP/1.10"), 400),
    "version without a dot": (get(line=b"GET / HTTP/1"), 400),
    "version with a sign": (get(line=b"GET / HTTP/+1.1"), 400),
    "bad method": (get(line=b"G(T / HTTP/1.1"), 400),
    "empty method": (get(line=b" / HTTP/1.1"), 400),
    "control character in the target": (get(line=b"GET /\x01 HTTP/1.1"), 400),
    "NUL in the target": (get(line=b"GET /\x00 HTTP/1.1"), 400),
    "raw byte in the target": (get(line=b"GET /\xc3\xa4 HTTP/1.1"), 400),
    "DEL in the target": (get(line=b"GET /\x7f HTTP/1.1"), 400),
    "fragment": (get(line=b"GET /a#b HTTP/1.1"), 400),
    "relative target": (get(line=b"GET a HTTP/1.1"), 400),
    "asterisk of GET": (get(line=b"GET * HTTP/1.1"), 400),
    "authority of GET": (get(line=b"GET a:80 HTTP/1.1"), 400),
    "path of CONNECT": (get(line=b"CONNECT / HTTP/1.1"), 400),
    "CONNECT without a port": (get(line=b"CONNECT a HTTP/1.1"), 400),
    "userinfo in the target": (get(line=b"GET http://u:p@a/ HTTP/1.1"), 400),
    "absolute without a host": (get(line=b"GET http:/// HTTP/1.1"), 400),
    "bare CR in the request line": (get(line=b"GET /\r HTTP/1.1"), 400),
    "HTTP/2.0": (get(line=b"GET / HTTP/2.0"), 505),
    "HTTP/0.9": (get(line=b"GET / HTTP/0.9"), 505),
    "HTTP/3.0": (get(line=b"GET / HTTP/3.0"), 505),
    "the preface of HTTP/2": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
    "long target": (get(line=b"GET /" + b"a" * 9000 + b" HTTP/1.1"), 414),
    # Host (RFC 9112 3.2, RFC 9110 7.2)
    "no Host": (get(host=b""), 400),
    "two Hosts": (get(b"Host: b"), 400),
    "two equal Hosts": (get(b"Host: a"), 400),
    "empty Host": (get(host=b"Host:"), 400),
    "Host with a comma": (get(host=b"Host: a, b"), 400),
    "Host with userinfo": (get(host=b"Host: u@a"), 400),
    "Host with a path": (get(host=b"Host: a/b"), 400),
    "Host with a query": (get(host=b"Host: a?b"), 400),
    "Host with a scheme": (get(host=b"Host: http://a"), 400),
    "Host with a space": (get(host=b"Host: a b"), 400),
    "Host with a bad port": (get(host=b"Host: a:x"), 400),
    "Host with a large port": (get(host=b"Host: a:65536"), 400),
    "Host with a sign in the port": (get(host=b"Host: a:-1"), 400),
    "Host with an open bracket": (get(host=b"Host: [::1"), 400),
    "Host that is no Host": (get(host=b"Host : a"), 400),
    "absolute target and no Host": (get(line=b"GET http://a/ HTTP/1.1", host=b""), 400),
    # fields (RFC 9112 5, RFC 9110 5)
    "space before the colon": (get(b"X : y"), 400),
    "tab before the colon": (get(b"X\t: y"), 400),
    "no colon": (get(b"XY"), 400),
    "no name": (get(b": y"), 400),
    "space in the name": (get(b"X Y: z"), 400),
    "bad name": (get(b"X(Y): z"), 400),
    "raw byte in the name": (get(b"X\xe4: z"), 400),
    "NUL in the name": (get(b"X\x00: z"), 400),
    "NUL in the value": (get(b"X: a\x00b"), 400),
    "control character in the value": (get(b"X: a\x01b"), 400),
    "DEL in the value": (get(b"X: a\x7fb"), 400),
    "bare CR in the value": (get(b"X: a\rb"), 400),
    "bare CR before the line end": (get(b"X: a\r"), 400),
    "bare LF as a line end": (b"GET /x HTTP/1.1\r\nHost: a\nX: y\r\n\r\n", 400),
    "bare LF everywhere": (b"GET /x HTTP/1.1\nHost: a\n\n", 400),
    "bare LF at the end of the head": (b"GET /x HTTP/1.1\r\nHost: a\r\n\n", 400),
    "folded field": (get(b"X: a", b" b"), 400),
    "folded by a tab": (get(b"X: a", b"\tb"), 400),
    "folded Host": (get(host=b"Host:\r\n a"), 400),
    "space before the first field": (get(host=b" Host: a"), 400),
    "many fields": (get(*[b"X: y"] * 101), 431),
    "long field": (get(b"X: " + b"y" * 20_000), 431),
    "long name": (get(b"X" * 20_000 + b": y"), 431),
    "large head": (get(*[b"X%d: " % n + b"y" * 1000 for n in range(60)]), 431),
    # content (RFC 9112 6, 7)
    "length and chunked": (get(b"Content-Length: 3", b"Transfer-Encoding: chunked") + b"0\r\n\r\n", 400),
    "chunked and length": (get(b"Transfer-Encoding: chunked", b"Content-Length: 3") + b"0\r\n\r\n", 400),
    "two lengths": (get(b"Content-Length: 3", b"Content-Length: 4") + b"abcd", 400),
    "the same length twice": (get(b"Content-Length: 3", b"Content-Length: 3") + b"abc", 400),
    "a list of lengths": (get(b"Content-Length: 3, 3") + b"abc", 400),
    "length with a sign": (get(b"Content-Length: +3") + b"abc", 400),
    "negative length": (get(b"Content-Length: -1"), 400),
    "length in hexadecimal": (get(b"Content-Length: 0x3") + b"abc", 400),
    "length with letters": (get(b"Content-Length: 3abc") + b"abc", 400),
    "length with a space": (get(b"Content-Length: 3 3") + b"abc", 400),
    "length with a dot": (get(b"Content-Length: 3.0") + b"abc", 400),
    "length with an underscore": (get(b"Content-Length: 1_0"), 400),
    "empty length": (get(b"Content-Length:"), 400),
    "length beyond 64 bits": (get(b"Content-Length: 18446744073709551617"), 400),
    "length with other digits": (get("Content-Length: ٣".encode()), 400),
    "space before the colon of length": (get(b"Content-Length : 3") + b"abc", 400),
    "space before the colon of chunked": (get(b"Transfer-Encoding : chunked") + b"0\r\n\r\n", 400),
    "chunked is not last": (get(b"Transfer-Encoding: chunked, gzip") + b"0\r\n\r\n", 400),
    "chunked twice": (get(b"Transfer-Encoding: chunked, chunked") + b"0\r\n\r\n", 400),
    "chunked in two fields": (get(b"Transfer-Encoding: chunked", b"Transfer-Encoding: chunked") + b"0\r\n\r\n", 400),
    "chunked and identity": (get(b"Transfer-Encoding: chunked", b"Transfer-Encoding: identity") + b"0\r\n\r\n", 400),
    "chunked with a parameter": (get(b"Transfer-Encoding: chunked;a=b") + b"0\r\n\r\n", 400),
    "chunked with a control character": (get(b"Transfer-Encoding: \x0bchunked") + b"0\r\n\r\n", 400),
    "quoted chunked": (get(b'Transfer-Encoding: "chunked"') + b"0\r\n\r\n", 400),
    "empty coding": (get(b"Transfer-Encoding:"), 400),
    "identity": (get(b"Transfer-Encoding: identity"), 400),
    "unknown coding": (get(b"Transfer-Encoding: odd, chunked") + b"0\r\n\r\n", 501),
    "gzip below chunked": (get(b"Transfer-Encoding: gzip, chunked") + b"0\r\n\r\n", 501),
    "chunked in HTTP/1.0": (get(b"Transfer-Encoding: chunked", line=b"POST /x HTTP/1.0") + b"0\r\n\r\n", 400),
    "unknown expectation": (get(b"Expect: miracle", b"Content-Length: 3") + b"abc", 417),
}


@pytest.mark.parametrize("name", REFUSED)
@pytest.mark.parametrize("manner", ["whole", "behind", "bytewise"])
def test_refused_and_closed(at: Bench, app: Echo, name: str, manner: str) -> None:
    data, status = REFUSED[name]
    app.fully.clear()
    with at.connect() as peer:
        if manner == "behind":
            peer.sendall(GOOD)
            assert read_answer(peer).status == 200
            app.fully.clear()
        if manner == "bytewise" and len(data) < 2000:
            for index in range(len(data)):
                try:
                    peer.sendall(data[index:index + 1])
                except ConnectionError:
                    pytest.fail("the connection was reset while the request was sent")
        else:
            peer.sendall(data + BEHIND)
        answers = split(rest(peer))
    assert [answer.status for answer in answers] == [status]
    assert answers[0].headers["connection"] == "close"
    assert "date" in answers[0].headers and b"<h1>" in answers[0].content
    assert app.fully == [], "the app saw it"


BAD_CHUNKS = {
    "no size": b"\r\nabc\r\n0\r\n\r\n", "size with a sign": b"+3\r\nabc\r\n0\r\n\r\n",
    "negative size": b"-1\r\nabc\r\n0\r\n\r\n", "size with 0x": b"0x3\r\nabc\r\n0\r\n\r\n",
    "size with an underscore": b"1_0\r\nabc\r\n0\r\n\r\n", "no hexadecimal digit": b"g\r\nabc\r\n0\r\n\r\n",
    "space before the size": b" 3\r\nabc\r\n0\r\n\r\n", "space behind the size": b"3 \r\nabc\r\n0\r\n\r\n",
    "more digits than 64 bits": b"10000000000000003\r\nabc\r\n0\r\n\r\n",
    "bare LF behind the size": b"3\nabc\r\n0\r\n\r\n",
    "bare LF behind the data": b"3\r\nabc\n0\r\n\r\n", "bare CR behind the size": b"3\rabc\r\n0\r\n\r\n",
    "bare LF in an extension": b"3;a\nb\r\nabc\r\n0\r\n\r\n", "NUL in an extension": b"3;a\x00\r\nabc\r\n0\r\n\r\n",
    "extension without a name": b"3;\r\nabc\r\n0\r\n\r\n", "extension without a semicolon": b"3 a\r\nabc\r\n0\r\n\r\n",
    "data longer than the size": b"2\r\nabc\r\n0\r\n\r\n",
    "long extension": b"3;a=" + b"b" * 5000 + b"\r\nabc\r\n0\r\n\r\n",
    "bad trailer": b"3\r\nabc\r\n0\r\nX : y\r\n\r\n", "bare LF in the trailers": b"3\r\nabc\r\n0\r\nX: y\n\r\n",
    "folded trailer": b"3\r\nabc\r\n0\r\nX: y\r\n z\r\n\r\n", "NUL in a trailer": b"3\r\nabc\r\n0\r\nX: \x00\r\n\r\n",
}


@pytest.mark.parametrize("name", BAD_CHUNKS)
def test_bad_chunks_are_refused_and_closed(at: Bench, name: str) -> None:
    head = get(b"Transfer-Encoding: chunked", line=b"POST /x HTTP/1.1")
    answers = split(at.ask(head + BAD_CHUNKS[name] + BEHIND))
    assert [answer.status for answer in answers] == [400]
    assert answers[0].headers["connection"] == "close"


GOOD_ONES = {
    "an empty line before": (b"\r\n" + get(), b"GET /x a "),
    "Host with a port": (get(host=b"Host: a:8000"), b"GET /x a:8000 "),
    "Host with an empty port": (get(host=b"Host: a:"), b"GET /x a: "),
    "Host as IPv6": (get(host=b"Host: [::1]:80"), b"GET /x [::1]:80 "),
    "names in any case": (get(host=b"hOsT: a"), b"GET /x a "),
    "no space behind the colon": (get(host=b"Host:a"), b"GET /x a "),
    "much space around the value": (get(host=b"Host: \t a \t"), b"GET /x a "),
    "an empty value": (get(b"X:"), b"GET /x a "),
    "bytes above 127 in a value": (get(b"X: \xe4\xf6"), b"GET /x a "),
    "absolute target": (get(line=b"GET http://b:81/y?z HTTP/1.1"), b"GET http://b:81/y?z b:81 "),
    "OPTIONS *": (get(line=b"OPTIONS * HTTP/1.1"), b"OPTIONS * a "),
    "another minor version": (get(line=b"GET /x HTTP/1.9"), b"GET /x a "),
    "HTTP/1.0 without Host": (get(line=b"GET /x HTTP/1.0", host=b""), b"GET /x None "),
    "a method of its own": (get(line=b"FROB /x HTTP/1.1"), b"FROB /x a "),
    "an upgrade that is not taken": (get(b"Connection: upgrade", b"Upgrade: h2c"), b"GET /x a "),
    "length": (get(b"Content-Length: 3") + b"abc", b"GET /x a abc"),
    "length with zeros": (get(b"Content-Length: 003") + b"abc", b"GET /x a abc"),
    "chunks": (get(b"Transfer-Encoding: chunked") + b"3\r\nabc\r\n00\r\n\r\n", b"GET /x a abc"),
    "chunked in any case": (get(b"Transfer-Encoding: Chunked") + b"3\r\nabc\r\n0\r\n\r\n", b"GET /x a abc"),
    "chunk extensions": (get(b"Transfer-Encoding: chunked") +
                         b"3;a;b=c;d=\"e;f\"\r\nabc\r\n0\r\n\r\n", b"GET /x a abc"),
    "trailers": (get(b"Transfer-Encoding: chunked") + b"A\r\n0123456789\r\n0\r\nX: y\r\n\r\n", b"GET /x a 0123456789"),
}


@pytest.mark.parametrize("name", GOOD_ONES)
def test_taken_and_the_next_request_is_found(at: Bench, name: str) -> None:
    data, content = GOOD_ONES[name]
    answers = split(at.ask(data + get(b"Connection: close", line=b"GET /next HTTP/1.1")))
    assert answers[0].content == content
    if b"HTTP/1.0" in data:
        assert answers[0].headers["connection"] == "close" and len(answers) == 1
    else:
        assert [answer.content for answer in answers[1:]] == [b"GET /next a "]


def test_head_has_no_content_and_the_length_of_get(at: Bench) -> None:
    with at.connect() as peer:
        peer.sendall(get(line=b"HEAD /x HTTP/1.1"))
        answer = read_answer(peer, head_only=True)
        assert answer.content == b"" and answer.headers["content-length"] == str(len(b"HEAD /x a "))
        peer.sendall(get())
        assert read_answer(peer).content == b"GET /x a "


def test_http_1_0_lives_on_when_asked_and_hears_no_interim_answer(at: Bench) -> None:
    keep = get(b"Connection: keep-alive", b"Expect: 100-continue", b"Content-Length: 1", line=b"POST /x HTTP/1.0")
    with at.connect() as peer:
        for _ in range(2):
            peer.sendall(keep + b"z")
            answer = read_answer(peer)
            assert answer.raw.startswith(b"HTTP/1.1 200 ") and answer.content.endswith(b"z")
            assert answer.headers["connection"] == "keep-alive"


@pytest.mark.parametrize("value", [b"close", b"Close", b"keep-alive, close", b"close, keep-alive"])
def test_close_is_obeyed_and_what_follows_is_not_answered(at: Bench, value: bytes) -> None:
    answers = split(at.ask(get(b"Connection: " + value) + BEHIND))
    assert [answer.headers.get("connection") for answer in answers] == ["close"]


def test_content_that_breaks_off_is_no_request(at: Bench, app: Echo) -> None:
    app.fully.clear()
    answers = split(at.ask(get(b"Content-Length: 10", line=b"POST /x HTTP/1.1") + b"abc", end=True))
    assert [answer.status for answer in answers] in ([], [400])


def test_a_head_that_breaks_off_is_no_request(at: Bench, app: Echo) -> None:
    app.fully.clear()
    assert [answer.status for answer in split(at.ask(b"GET /x HTTP/1.1\r\nHost: a\r\n", end=True))] in ([], [400])
    assert app.fully == []
