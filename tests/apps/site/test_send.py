from __future__ import annotations

import asyncio
import os
import socket
from pathlib import Path

import pytest

from tests.apps.site import ours
from tests.apps.site.fakes import FakeReply, ask, descriptors, serving
from whywire.apps.http.app import ClientGone
from whywire.apps.site import send as module
from whywire.apps.site.plan import Answer
from whywire.apps.site.send import send

SIZE = 1_000_000


@pytest.fixture
def big(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a file that is sent in ten slices, the last of them read."""
    monkeypatch.setattr(module, "SLICE", 100_000)
    monkeypatch.setattr(module, "COPIED", 500_000)
    monkeypatch.setattr(module, "END", 50_000)
    path = tmp_path / "big"
    path.write_bytes(os.urandom(SIZE))
    return path


def test_a_large_file_arrives_as_it_is(big: Path) -> None:
    with serving(big.parent) as site:
        got = ask(site, "/big")
        assert (got.body, got.ended, got.cut) == (big.read_bytes(), True, "")
        assert ask(site, "/big", range="bytes=5-999990").body == big.read_bytes()[5:999991]
        assert ask(site, "/big", range="bytes=-10").body == big.read_bytes()[-10:]
        assert ask(site, "/big", "HEAD").length == SIZE


@pytest.mark.parametrize("change", ["shrinks", "grows", "is written over"])
@pytest.mark.parametrize("when", [100_000, 900_000])
def test_a_file_that_changes_is_never_sent_mixed(big: Path, change: str, when: int) -> None:
    before = big.read_bytes()

    def between(sent: int) -> None:
        if sent == when:
            with big.open("r+b") as file:
                if change == "shrinks":
                    file.truncate(SIZE // 2)
                elif change == "grows":
                    file.seek(0, os.SEEK_END)
                    file.write(b"more")
                else:
                    file.write(b"!" * SIZE)

    with serving(big.parent) as site:
        got = ask(site, "/big", between=between)
    assert not got.ended and got.cut == "'big' was changed while it was sent"
    assert len(got.body) < SIZE and before.startswith(got.body)


@pytest.mark.parametrize("change", ["shrinks", "grows"])
def test_a_smaller_one_is_read_at_once_and_not_sent_when_it_changes_meanwhile(
        big: Path, monkeypatch: pytest.MonkeyPatch, change: str) -> None:
    before = big.read_bytes()[:400_000]
    big.write_bytes(before)
    monkeypatch.setattr(FakeReply, "send_file", None)

    def read(fd: int, size: int, at: int) -> bytes:
        found = real(fd, size, at)
        with big.open("r+b") as file:
            file.truncate(200_000 if change == "shrinks" else 500_000)
        return found

    real = os.pread
    with serving(big.parent) as site:
        assert ask(site, "/big").body == before
        monkeypatch.setattr(os, "pread", read)
        got = ask(site, "/big")
    assert not got.ended and got.cut == "'big' was changed while it was sent"
    assert got.body == b""


def test_a_file_that_is_replaced_is_sent_as_it_was(big: Path) -> None:
    before = big.read_bytes()

    def between(sent: int) -> None:
        if sent == 100_000:
            (big.parent / "new").write_bytes(b"new")
            (big.parent / "new").rename(big)

    with serving(big.parent) as site:
        got = ask(site, "/big", between=between)
        assert got.ended and got.body == before
        assert ask(site, "/big").body == b"new"


def test_no_descriptor_is_left_when_the_client_goes(big: Path) -> None:
    def gone(_: int) -> None:
        raise ClientGone

    before = descriptors()
    with serving(big.parent) as site:
        held = descriptors()
        with pytest.raises(ClientGone):
            ask(site, "/big", between=gone)
        assert descriptors() == held
    assert descriptors() == before


def test_an_answer_without_a_file() -> None:
    reply = FakeReply()
    asyncio.run(send(reply, Answer(200, (("A", "b"),), 3, (b"abc",)), None, head=False))
    assert (reply.status, reply.headers, reply.body, reply.ended) == (200, (("A", "b"),), b"abc", True)


def test_over_a_socket_a_file_that_shrinks_cuts_the_connection(tmp_path: Path) -> None:
    size = 60_000_000
    said: list[str] = []
    with (tmp_path / "big").open("wb") as file:
        file.truncate(size)
    with ours.running(tmp_path, said) as address, socket.socket() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
        client.settimeout(20)
        client.connect(address)
        client.sendall(b"GET /big HTTP/1.1\r\nHost: a\r\n\r\n")
        got = len(client.recv(1000))
        os.truncate(tmp_path / "big", size // 2)
        try:
            while piece := client.recv(1 << 20):
                got += len(piece)
        except ConnectionResetError:
            pass
        assert got < size
    assert len(said) == 1 and said[0].endswith("'big' was changed while it was sent")
