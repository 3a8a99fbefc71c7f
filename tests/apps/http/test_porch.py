"""In front of a TLS port's door."""

from __future__ import annotations

import asyncio
import errno
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path

import pytest
import uvloop

from tests.apps.http.bench import PATIENCE, Bench, Echo, bench, read_answer, rest
from tests.apps.http.test_server import GET, wait_for
from tests.apps.http.test_tls import certificate
from whywire.apps.http import porch, tls
from whywire.apps.http.metrics import ACCEPTED, REFUSED
from whywire.apps.http.settings import Settings

LOOPS = {"asyncio": asyncio.new_event_loop, "uvloop": uvloop.new_event_loop}
Make = Callable[..., AbstractContextManager[Bench]]


@pytest.fixture(params=[(loop, fast) for loop in LOOPS for fast in (True, False)],
                ids=lambda each: f"{each[0]}-{'aiofastnet' if each[1] else 'alone'}")
def make(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Make:
    """Return what starts a TLS server, on each loop, with and without aiofastnet."""
    loop, fast = request.param
    if not fast:
        monkeypatch.setattr(porch, "find_spec", lambda _: None)
    cert, key, trust = certificate(tmp_path, "a")

    @contextmanager
    def made(settings: Settings | None = None) -> Iterator[Bench]:
        with bench(Echo(), settings, tls=tls.context(cert, key), trust=trust, loop_factory=LOOPS[loop]) as at:
            at.in_loop(lambda: at.loop.set_exception_handler(lambda _, context: at.said.append(context["message"])))
            yield at
        assert at.server.of_address == {} and not at.server.callers

    return made


def plain(at: Bench) -> socket.socket:
    """Connect without TLS."""
    return socket.create_connection(("127.0.0.1", at.port), PATIENCE)


def test_one_who_speaks_tls_is_let_in(make: Make) -> None:
    with make() as at, at.connect() as peer:
        peer.sendall(GET)
        assert read_answer(peer).content == b"GET /x a "
        assert len(at.server.doors) == 1 and not at.server.callers
        assert at.server.of_address == {"127.0.0.1": 1}


@pytest.mark.parametrize("sent", [GET, b"G", b"HEAD / HTTP/1.0\r\n\r\n" + b"x" * 100_000, b"SSH-2.0-x\r\n", b"\0"])
def test_one_who_speaks_plain_http_is_told(make: Make, sent: bytes) -> None:
    with make() as at, plain(at) as peer:
        peer.sendall(sent)
        head, _, page = rest(peer).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 Bad Request\r\n") and b"Connection: close" in head
    assert (page == b"") if sent.startswith(b"HEAD") else (b"This port speaks TLS: its addresses begin with https://"
                                                           in page)


def test_handshakes_count_against_the_limits(make: Make) -> None:
    for settings in (Settings(connections=2), Settings(per_address=2)):
        with make(settings) as at, plain(at) as silent, plain(at) as begun:
            begun.sendall(b"\x16\x03\x01")
            wait_for(lambda: len(at.server.callers) == 2)
            with plain(at) as third:
                assert third.recv(1) == b""
            assert at.server.values[REFUSED] == 1
            silent.close()
            wait_for(lambda: len(at.server.callers) == 1)
            with at.connect() as peer:
                peer.sendall(GET)
                assert read_answer(peer).status == 200
            begun.close()
            wait_for(lambda: not at.server.callers and not at.server.doors)


@pytest.mark.parametrize("piece", [b"", b"\x16", b"\x16\x03\x01\x02\0\x01"])
def test_a_handshake_that_does_not_end_is_ended(make: Make, piece: bytes) -> None:
    with make(Settings(head_time=0.3)) as at, plain(at) as peer:
        peer.sendall(piece)
        assert rest(peer) == b""
        wait_for(lambda: not at.server.callers)
        assert at.server.values[ACCEPTED] == 0


def test_a_handshake_that_breaks_off_leaves_nothing(make: Make) -> None:
    with make() as at:
        for piece in (b"", b"\x16\x03\x01", b"\x16nonsense that is no handshake at all", b"\x80\x2e\x01\0\2"):
            for linger in (b"\0\0\0\0\0\0\0\0", b"\1\0\0\0\0\0\0\0"):
                with plain(at) as peer:
                    peer.sendall(piece)
                    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        at.tls = ssl.create_default_context()
        with pytest.raises(ssl.SSLCertVerificationError):
            at.connect()
        wait_for(lambda: not at.server.callers and not at.server.doors)


def test_a_stop_waits_for_a_handshake_and_for_nobody_silent(make: Make) -> None:
    with make(Settings(drain_time=0.4)) as at, plain(at) as silent, plain(at) as begun:
        begun.sendall(b"\x16")
        wait_for(lambda: len(at.server.callers) == 2)
        assert asyncio.run_coroutine_threadsafe(at.server.drain(), at.loop).result(PATIENCE) == 1
        assert rest(silent) == b""
        with suppress(ConnectionResetError):  # where its byte was not read
            assert rest(begun) == b""


def test_without_descriptors_it_rests_and_goes_on(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    class Exhausted:
        def __init__(self, real: socket.socket) -> None:
            self._real = real
            self.calls = 0

        def __getattr__(self, name: str) -> object:
            return getattr(self._real, name)

        def accept(self) -> object:
            self.calls += 1
            if self.calls == 1:
                raise OSError(errno.EMFILE, "too many open files")
            return self._real.accept()

    held: list[Exhausted] = []

    def begin(self: porch.Porch) -> None:
        if not held:
            held.append(Exhausted(self._listener))
            self._listener = held[0]  # type: ignore[assignment]
        real(self)

    real = porch.Porch._begin
    monkeypatch.setattr(porch.Porch, "_begin", begin)
    monkeypatch.setattr(porch, "REST", 0.05)
    with make() as at, at.connect() as peer:
        peer.sendall(GET)
        assert read_answer(peer).status == 200
        assert held[0].calls > 1 and at.said == ["no connection can be accepted for a second"]
