"""The classic server, held against the recordings byte for byte, and against what its clients may try."""

from __future__ import annotations

import errno
import socket
import threading
import time
from pathlib import Path

import pytest

from tests.apps.classic.running import ask, served
from tests.apps.recorded import Exchange, recorded, site
from whywire.apps.classic.options import Options
from whywire.apps.classic.server import accept_all, listening, run
from whywire.base.errors import WhywireError

RECORDINGS = ["a-http-404.pcapng", "b-http-redirect.pcapng", "b-http-own-client.pcapng", "b-http-page-start.pcapng",
              "d-http-keep-alive.pcapng", "d-http-keep-alive-expired.pcapng", "d-http-redirect.pcapng"]


@pytest.mark.parametrize("options", [{}, {"serial": True}, {"two_writes": True}], ids=["plain", "serial", "two-writes"])
@pytest.mark.parametrize("name", RECORDINGS)
def test_every_recorded_request_is_answered_as_recorded(name: str, options: dict[str, bool], tmp_path: Path) -> None:
    connections = recorded(name)
    site(tmp_path, connections)
    with served(tmp_path, idle_s=0.1, **options) as port:
        for exchanges in filter(None, connections):
            assert ask(port, *(one.asked for one in exchanges)) == [one.head + one.body for one in exchanges]


def test_the_browser_s_page(tmp_path: Path) -> None:
    for path, size in (("a/b/2.jpg", 220750), ("index.html", 168), ("a/1.jpg", 531923)):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(b"j" * size)
    heads = {one.target: one.asked for exchanges in _browser() for one in exchanges}
    with served(tmp_path, two_writes=True, idle_s=0.1) as port:
        sizes = {target: len(ask(port, heads[target])[0]) for target in ("/a/b/2.jpg", "/", "/a/1.jpg")}
    assert sizes == {"/a/b/2.jpg": 67 + 220750, "/": 64 + 168, "/a/1.jpg": 67 + 531923}


def _browser() -> list[list[Exchange]]:
    return recorded("a-http-browser-snap640.pcapng")


def test_two_writes_are_two(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_bytes(b"i" * 168)
    sizes: list[int] = []
    with served(tmp_path, two_writes=True, idle_s=0.1) as port, socket.create_connection(("127.0.0.1", port)) as sock:
        sock.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        while data := sock.recv(65536):
            sizes.append(len(data))
    assert sum(sizes) == 232
    assert sizes[0] in (64, 232)  # whether the client finds them together is the machine's affair


def test_a_connection_without_a_request_is_closed_in_a_second(tmp_path: Path) -> None:
    with served(tmp_path) as port:
        began = time.monotonic()
        assert ask(port, b"") == [b""]
        assert 0.9 < time.monotonic() - began < 3


def test_a_head_that_drips_does_not_outlast_the_timeout(tmp_path: Path) -> None:
    with served(tmp_path, idle_s=0.3) as port, socket.create_connection(("127.0.0.1", port), timeout=10) as sock:
        began = time.monotonic()
        try:
            for byte in b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"y" * 1000:
                sock.sendall(bytes([byte]))
                sock.settimeout(0.02)
                try:
                    assert sock.recv(1) == b""
                    break
                except TimeoutError:
                    pass
        except (BrokenPipeError, ConnectionResetError):
            pass
        assert time.monotonic() - began < 3


def test_serial_serves_one_after_another(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_bytes(b"hello")
    with served(tmp_path, serial=True, idle_s=0.4) as port:
        idle = socket.create_connection(("127.0.0.1", port))
        time.sleep(0.05)  # so that it is the first in the accept queue, whatever connect() means by done
        began = time.monotonic()
        assert ask(port, b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n")[0].endswith(b"hello")
        waited = time.monotonic() - began
        idle.close()
    assert waited > 0.25


@pytest.mark.parametrize(("asked", "status"), [
    (b"POST / HTTP/1.1\r\nHost: a\r\n\r\n", b"405 Method Not Allowed"),
    (b"GET / HTTP/1.1\r\nHost : a\r\n\r\n", b"400 Bad Request"),
    (b"GET / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", b"400 Bad Request"),
    (b"hello\r\n\r\n", b"400 Bad Request"),
    (b"GET / HTTP/2.0\r\n\r\n", b"505 HTTP Version Not Supported"),
    (b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\n\r\n", b"414 URI Too Long"),
    (b"GET /none HTTP/1.1\r\n\r\n", b"404 Not Found"),
])
def test_what_is_refused_is_refused_and_closed(asked: bytes, status: bytes, tmp_path: Path) -> None:
    said: list[str] = []
    with served(tmp_path, said) as port:
        answer, = ask(port, asked)
    assert answer.startswith(b"HTTP/1.1 " + status + b"\r\nConnection: close\r\n")
    assert len(said) == 1


def test_run_says_its_port_and_ends_when_the_listener_does(tmp_path: Path) -> None:
    with pytest.raises(WhywireError, match="there is no folder"):
        run(Options(tmp_path / "none"))
    with listening(Options(tmp_path, port=0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(WhywireError, match=f"can't listen on 127.0.0.1 port {port}"):
            run(Options(tmp_path, port=port))


class Failing:
    """A listener whose accept() fails with one error after another."""

    def __init__(self, *errors: int) -> None:
        self._errors = list(errors)

    def accept(self) -> None:
        raise OSError(self._errors.pop(0), "")


def test_too_many_open_files_is_no_end_and_a_closed_listener_is(tmp_path: Path) -> None:
    listener = Failing(errno.ECONNABORTED, errno.EMFILE, errno.EBADF)
    with pytest.raises(OSError) as caught:
        accept_all(listener, Options(tmp_path), [].append)  # type: ignore[arg-type]
    assert caught.value.errno == errno.EBADF


def test_a_file_that_shrinks_while_it_is_sent_ends_the_connection(tmp_path: Path) -> None:
    big = tmp_path / "big"
    big.write_bytes(b"b" * (32 << 20))
    with served(tmp_path) as port, socket.create_connection(("127.0.0.1", port), timeout=10) as sock:
        sock.sendall(b"GET /big HTTP/1.1\r\nHost: a\r\n\r\n")
        got = len(sock.recv(100))
        big.write_bytes(b"")
        while data := sock.recv(1 << 20):
            got += len(data)
    assert got < 32 << 20
    assert threading.active_count() < 10
