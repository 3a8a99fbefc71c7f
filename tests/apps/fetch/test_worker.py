"""One link after another: what is asked, said, saved, and when a new connection is opened."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.apps.classic.running import served
from tests.apps.fetch.scripted import CUT, fetched, ok, scripted, tree
from tests.apps.recorded import recorded, site
from whywire.apps.fetch.options import ALL, ELSEWHERE, FAILED, REFUSED


def path_of(head: bytes) -> bytes:
    return head.split(b" ")[1]


def test_paths_over_one_connection(tmp_path: Path) -> None:
    with scripted(lambda head: ok(path_of(head))) as server:
        code, said = fetched(tmp_path, [f"{server.url}/", f"{server.url}/a", f"{server.url}/a"])
    assert (code, server.connections) == (ALL, 1)
    assert said == ["/: HTTP/1.1 200 OK, 1 bytes, saved as index.html", "/a: HTTP/1.1 200 OK, 2 bytes, saved as a",
                    "/a: HTTP/1.1 200 OK, 2 bytes, saved as a-2"]
    assert tree(tmp_path) == {"index.html": b"/", "a": b"/a", "a-2": b"/a"}


@pytest.mark.parametrize(("headers", "options", "sizes"), [
    (((b"Host", b"localhost"), (b"Connection", b"keep-alive")), {}, [59]),
    (None, {"classic": True, "close": True}, [48]),
])
def test_the_classic_requests_have_the_recorded_sizes(
        headers: object, options: dict[str, bool], sizes: list[int], tmp_path: Path) -> None:
    with scripted(lambda _: ok(b"x")) as server:
        fetched(tmp_path, [f"{server.url}/" if headers else f"{server.url}/favicon.ico"], headers=headers, **options)
    assert [len(head) for head in server.heads] == sizes


def test_the_requests_of_the_recordings_are_asked_for_again_byte_for_byte(tmp_path: Path) -> None:
    for name in ("b-http-own-client.pcapng", "d-http-keep-alive.pcapng", "a-http-404.pcapng"):
        for exchanges in recorded(name):
            asked = exchanges[0].asked
            headers = tuple(tuple(line.split(b": ", 1)) for line in asked.split(b"\r\n")[1:-2])
            with scripted(lambda _: ok(b"x")) as server:
                fetched(tmp_path, [server.url + exchanges[0].target], headers=headers)
            assert server.heads == [asked]


def test_a_server_that_says_close(tmp_path: Path) -> None:
    with scripted(lambda _: ok(b"x", b"Connection: close\r\n") + CUT) as server:
        code, said = fetched(tmp_path, [f"{server.url}/a", f"{server.url}/b"])
    assert (code, server.connections) == (ALL, 2)
    assert said[1] == "the server closed the connection after its answer: opening a new one"


def test_a_server_that_closes_meanwhile(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_bytes(b"hello")
    with served(tmp_path, idle_s=0.1) as port:
        code, said = fetched(tmp_path / "to", [f"http://127.0.0.1:{port}/"] * 2, pause_s=0.4)
    assert code == ALL
    assert said[1] == "the server has closed the connection meanwhile: opening a new one"
    assert sorted(tree(tmp_path / "to")) == ["index-2.html", "index.html"]


def test_a_close_that_crosses_the_request_is_asked_again(tmp_path: Path) -> None:
    count = iter(range(10))
    with scripted(lambda _: CUT if next(count) == 1 else ok(b"x")) as server:
        code, said = fetched(tmp_path, [f"{server.url}/a", f"{server.url}/b"])
    assert (code, server.connections) == (ALL, 2)
    assert said[1] == ("the server closed the connection without an answer: it had closed meanwhile; asking again on a "
                       "new connection")


def test_no_answer_on_a_new_connection_is_not_asked_again(tmp_path: Path) -> None:
    with scripted(lambda _: CUT) as server:
        code, said = fetched(tmp_path, [f"{server.url}/a"])
    assert (code, server.connections, said) == (FAILED, 1, [
        "/a: the server closed the connection without an answer"])
    assert tree(tmp_path) == {}


def test_a_redirect_is_followed_once(tmp_path: Path) -> None:
    connections = recorded("b-http-redirect.pcapng")
    site(tmp_path / "site", connections)
    with served(tmp_path / "site", idle_s=0.2) as port:
        code, said = fetched(tmp_path / "to", [f"http://127.0.0.1:{port}/redirect"])
    assert code == ALL
    assert said == ["/redirect: HTTP/1.1 301 Moved Permanently, to /result.html; following it",
                    "the server closed the connection after its answer: opening a new one",
                    "/result.html: HTTP/1.1 200 OK, 114 bytes, saved as result.html"]
    assert tree(tmp_path / "to") == {"result.html": connections[1][0].body}


def moved(to: bytes) -> bytes:
    return b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: " + to + b"\r\n\r\n"


@pytest.mark.parametrize("to", [b"http://127.0.0.2/", b"https://127.0.0.1/", b"//other/", b"http://127.0.0.1:1/"])
def test_another_server_is_not_followed_unless_asked(to: bytes, tmp_path: Path) -> None:
    with scripted(lambda _: moved(to)) as server:
        code, said = fetched(tmp_path, [f"{server.url}/a"])
    assert code == ELSEWHERE
    assert said[0].endswith("another server, not followed (--follow-hosts would)")
    assert tree(tmp_path) == {}


def test_another_server_is_followed_when_asked(tmp_path: Path) -> None:
    with scripted(lambda _: ok(b"there")) as other, scripted(lambda _: moved(other.url.encode() + b"/x")) as one:
        code, said = fetched(tmp_path, [f"{one.url}/a"], follow_hosts=True)
    assert (code, tree(tmp_path)) == (ALL, {"x": b"there"})
    assert f"to {other.url}/x; following it" in said[0]
    assert said[1] == f"{other.url}/x: HTTP/1.1 200 OK, 5 bytes, saved as x"


def test_redirects_end(tmp_path: Path) -> None:
    with scripted(lambda _: moved(b"/again")) as server:
        code, said = fetched(tmp_path, [f"{server.url}/a"], redirects=3)
    assert (code, len(server.heads)) == (ELSEWHERE, 4)
    assert said[-1] == "/again: HTTP/1.1 302 Found, to /again; not followed, the limit is --redirects 3"


@pytest.mark.parametrize(("answer", "code", "told"), [
    (b"302 Found\r\nLocation: file:///etc/passwd", ELSEWHERE,
     "HTTP/1.1 302 Found; not followed: file:///etc/passwd begins with neither http:// nor https://"),
    (b"302 Found", ELSEWHERE, "HTTP/1.1 302 Found; it names no place to go on to"),
    (b"304 Not Modified", FAILED, "HTTP/1.1 304 Not Modified; nobody asked whether it has changed"),
    (b"101 Switching Protocols\r\nUpgrade: x", FAILED,
     "HTTP/1.1 101 Switching Protocols; nobody asked for another protocol"),
])
def test_answers_that_lead_nowhere_say_so(answer: bytes, code: int, told: str, tmp_path: Path) -> None:
    with scripted(lambda _: b"HTTP/1.1 " + answer + b"\r\nContent-Length: 0\r\n\r\n" + CUT) as server:
        assert fetched(tmp_path, [f"{server.url}/a"]) == (code, [f"/a: {told}"])
    assert tree(tmp_path) == {}


def test_fields_of_a_file_may_ask_for_a_304(tmp_path: Path) -> None:
    headers = ((b"Host", b"a"), (b"If-None-Match", b"*"))
    with scripted(lambda _: b"HTTP/1.1 304 Not Modified\r\n\r\n") as server:
        code, said = fetched(tmp_path, [f"{server.url}/a"], headers=headers)
    assert (code, said) == (ELSEWHERE, ["/a: HTTP/1.1 304 Not Modified"])


def test_what_a_server_refuses(tmp_path: Path) -> None:
    with scripted(lambda _: b"HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\nno" + CUT) as server:
        code, said = fetched(tmp_path, [f"{server.url}/a"])
    assert (code, said, tree(tmp_path)) == (REFUSED, ["/a: HTTP/1.1 404 Not Found"], {})


@pytest.mark.parametrize(("answer", "body"), [
    (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6;x=y\r\n world\r\n0\r\nT: x\r\n\r\n",
     b"hello world"),
    (b"HTTP/1.1 200 OK\r\n\r\nuntil close" + CUT, b"until close"),
    (b"HTTP/1.0 200 OK\r\nContent-Length: 3\r\n\r\nold", b"old"),
    (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + ok(b"after"), b"after"),
    (b"HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nno", b"no"),
])
def test_every_way_to_end_a_body(answer: bytes, body: bytes, tmp_path: Path) -> None:
    with scripted(lambda _: answer) as server:
        code, _ = fetched(tmp_path, [f"{server.url}/a"])
    assert (code, tree(tmp_path)) == (ALL, {"a": body})


@pytest.mark.parametrize(("answer", "why"), [
    (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort" + CUT, "broken off"),
    (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel" + CUT, "broken off"),
    (b"HTTP/1.1 200 OK\r\nContent-Le" + CUT, "broken off"),
    (b"hello\r\n\r\n", "not HTTP/1.1"),
    (b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", "not HTTP/1.1"),
    (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "not HTTP/1.1"),
    (b"\x1b[31mred\r\n\r\n", "not HTTP/1.1"),
    (b"HTTP/1.1 102 Processing\r\n\r\n" * 200, "more than 100 interim responses"),
])
def test_answers_that_can_not_be_used(answer: bytes, why: str, tmp_path: Path) -> None:
    with scripted(lambda _: answer) as server:
        code, said = fetched(tmp_path, [f"{server.url}/a"])
    assert code == FAILED
    assert why in said[-1]
    assert "\x1b" not in said[-1]
    assert tree(tmp_path) == {}


def test_nothing_comes(tmp_path: Path) -> None:
    import threading

    done = threading.Event()
    with scripted(lambda _: (done.wait(5), CUT)[1]) as server:
        code, said = fetched(tmp_path, [f"{server.url}/a"], timeout_s=0.2)
        done.set()
    assert (code, said) == (FAILED, ["/a: nothing came for 0.2 s"])


def test_head_shows_the_fields_and_saves_nothing(tmp_path: Path) -> None:
    with scripted(lambda _: b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\nX: \x9b1m\r\n\r\n") as server:
        code, said = fetched(tmp_path, [f"{server.url}/a", f"{server.url}/b"], head=True)
    assert (code, server.connections, tree(tmp_path)) == (ALL, 1, {})
    assert said[0] == "/a: HTTP/1.1 200 OK\n  content-length: 99\n  x: \\x9b1m"
    assert server.heads[0].startswith(b"HEAD /a HTTP/1.1\r\n")
