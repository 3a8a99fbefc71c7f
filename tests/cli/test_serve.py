"""`whywire serve` as a user starts it: a process, signals, files."""

from __future__ import annotations

import os
import re
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import trustme
from prometheus_client.parser import text_string_to_metric_families

from whywire.cli.main import main

PATIENCE = 15.0
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2] / "src")}
GET = b"GET /a.txt HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "site"
    made.mkdir()
    (made / "a.txt").write_text("hello\n")
    return made


@contextmanager
def serving(*words: str, environment: dict[str, str] | None = None,
            fds: tuple[int, ...] = ()) -> Iterator[tuple[subprocess.Popen[str], list[str]]]:
    """Start the command; give the process and the addresses that its first line names."""
    command = [sys.executable, "-m", "whywire", "serve", *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, pass_fds=fds,
                          env={**ENVIRONMENT, **(environment or {})}) as process:
        try:
            assert process.stdout is not None and process.stderr is not None
            line = process.stdout.readline()
            assert line.startswith("Serving "), process.stderr.read()
            yield process, re.findall(r"(?:https?://|unix:)[^\s,]+(?<![.])", line)
        finally:
            if process.poll() is None:
                process.terminate()
            process.wait(PATIENCE)


def connect(where: str) -> socket.socket:
    """Open a connection to an address as the first line names it."""
    if where.startswith("unix:"):
        peer = socket.socket(socket.AF_UNIX)
        peer.settimeout(PATIENCE)
        peer.connect(where.removeprefix("unix:"))
        return peer
    host, port = where.split("//")[1].rstrip("/").rsplit(":", 1)
    return socket.create_connection((host.strip("[]"), int(port)), PATIENCE)


def ask(where: str, data: bytes = GET) -> bytes:
    """Send bytes and return all that comes."""
    with connect(where) as peer:
        peer.sendall(data)
        return rest(peer)


def rest(peer: socket.socket) -> bytes:
    """Return what comes until the end."""
    pieces = []
    while piece := peer.recv(65536):
        pieces.append(piece)
    return b"".join(pieces)


@pytest.mark.parametrize("loop", ["", "asyncio"])
def test_a_folder_is_served_and_ctrl_c_ends_it(folder: Path, loop: str) -> None:
    with serving(str(folder), "--port", "0", environment={"WHYWIRE_LOOP": loop}) as (process, (where,)):
        assert where.startswith("http://127.0.0.1:")
        assert ask(where).endswith(b"\r\n\r\nhello\n")
        assert ask(where, GET.replace(b"a.txt", b"none")).startswith(b"HTTP/1.1 404 ")
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE) == 0
        assert process.stderr is not None and process.stderr.read() == ""


def test_ipv6(folder: Path) -> None:
    with serving(str(folder), "--port", "0", "--host", "::1") as (_, (where,)):
        assert where.startswith("http://[::1]:") and ask(where).endswith(b"hello\n")


def test_a_unix_socket_is_there_and_gone_at_the_end(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "door"
    with serving(str(folder), "--unix", str(path), "--log", "-", "--log-format", "common") as (process, (where,)):
        assert where == f"unix:{path}" and ask(where).endswith(b"hello\n")
        process.terminate()
        assert process.stdout is not None
        assert process.stdout.read().startswith("unix - - [")
    assert not path.exists()


def test_sockets_of_systemd(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        code = (f"import os, sys; os.dup2({listener.fileno()}, 3); os.environ['LISTEN_PID'] = str(os.getpid()); "
                f"os.execv(sys.executable, [sys.executable, '-m', 'whywire', 'serve', {str(folder)!r}])")
        with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True,
                              pass_fds=(listener.fileno(),), env={**ENVIRONMENT, "LISTEN_FDS": "1"}) as process:
            try:
                assert process.stdout is not None
                assert f"127.0.0.1:{port}/" in process.stdout.readline()
                assert ask(f"http://127.0.0.1:{port}/").endswith(b"hello\n")
            finally:
                process.terminate()
                assert process.wait(PATIENCE) == 0


def test_workers_share_a_port_are_counted_together_and_come_back(folder: Path, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        side = free.getsockname()[1]
    log = tmp_path / "log"
    with serving(str(folder), "--port", "0", "--workers", "2", "--metrics", f"127.0.0.1:{side}", "--log",
                 str(log)) as (process, (where,)):
        for _ in range(20):
            assert ask(where).endswith(b"hello\n")
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        assert len(children) == 2
        deadline = time.monotonic() + PATIENCE
        while counted(side) != 20 or log.read_text().count("\n") != 20:  # what is not written dies with its worker
            assert time.monotonic() < deadline
        os.kill(int(children[0]), signal.SIGKILL)
        assert process.stderr is not None and "is started again" in process.stderr.readline()
        for _ in range(4):
            assert ask(where).endswith(b"hello\n")
        process.terminate()
        assert process.wait(PATIENCE) == 0
    assert log.read_text().count('"GET /a.txt HTTP/1.1" 200 6') >= 20


def counted(port: int) -> float:
    """Return how many answers with 200 the metrics know."""
    text = ask(f"http://127.0.0.1:{port}/", b"GET /metrics HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
    families = text_string_to_metric_families(text.partition(b"\r\n\r\n")[2].decode())
    return next((sample.value for family in families for sample in family.samples
                 if sample.labels.get("code") == "200"), 0.0)


def test_reload_reads_configuration_and_certificate_and_keeps_the_old_when_they_are_bad(
        folder: Path, tmp_path: Path) -> None:
    authority, cert, config = trustme.CA(), tmp_path / "both.pem", tmp_path / "site.toml"
    trust = ssl.create_default_context()
    authority.configure_trust(trust)

    def renew() -> None:
        issued = authority.issue_cert("localhost")
        cert.write_bytes(issued.private_key_and_cert_chain_pem.bytes())

    def seen() -> tuple[int, bytes]:
        with connect(where) as plain, trust.wrap_socket(plain, server_hostname="localhost") as peer:
            peer.sendall(GET)
            answer = rest(peer)
            return int(str(peer.getpeercert()["serialNumber"]), 16), answer  # type: ignore[index]

    renew()
    config.write_text("")
    with serving(str(folder), "--port", "0", "--cert", str(cert), "--config", str(config)) as (process, (where,)):
        assert process.stderr is not None
        first, answer = seen()
        assert answer.endswith(b"hello\n") and where.startswith("https://")
        renew()
        config.write_text("not = [toml")
        process.send_signal(signal.SIGHUP)
        assert "not reloaded" in process.stderr.readline()
        config.write_text('redirects = [{ from = "/a.txt", to = "/b.txt" }]\n')
        process.send_signal(signal.SIGHUP)
        said = [process.stderr.readline() for _ in range(2)]  # the hint of the line before, and the news
        assert said[1] == "whywire: reloaded\n", said
        second, answer = seen()
        assert answer.startswith(b"HTTP/1.1 30") and second != first


@pytest.mark.parametrize("workers", ["1", "2"])
def test_an_answer_that_has_begun_survives_the_stop(workers: str, folder: Path) -> None:
    with (folder / "large").open("wb") as file:
        file.truncate(30_000_000)
    words = (str(folder), "--port", "0", "--workers", workers)
    with serving(*words) as (process, (where,)), connect(where) as peer:
        peer.sendall(b"GET /large HTTP/1.1\r\nHost: a\r\n\r\n")
        seen = len(peer.recv(1000).partition(b"\r\n\r\n")[2])
        process.terminate()
        deadline = time.monotonic() + PATIENCE
        while True:  # the listening socket is closed first
            try:
                connect(where).close()
            except ConnectionError:  # refused, or reset while it waited to be accepted
                break
            assert time.monotonic() < deadline
        assert seen + len(rest(peer)) == 30_000_000
        assert process.wait(PATIENCE) == 0


def test_the_classic_profile(folder: Path) -> None:
    with serving(str(folder), "--port", "0", "--profile", "classic") as (_, (where,)):
        assert ask(where) == b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 6\r\n\r\nhello\n"


@pytest.mark.parametrize(("words", "said"), [
    (["--serial"], "--serial does nothing"), (["--profile", "classic", "--log", "x"], "--log does nothing"),
    (["--key", "k"], "--key without --cert"), (["--metrics", "x"], "no address for the metrics"),
    (["none"], "none"), (["--cert", "none", "--port", "0"], "none"), (["--config", "none"], "none"),
    (["--host", "192.0.2.1"], "Can't listen"), (["--port", "0", "--log", "none/log"], "access log"),
    (["--port", "0", "--workers", "2", "--log", "none/log"], "access log"),
    (["--unix", "x.sock", "--port", "9"], "--port does nothing with --unix"), ([""], "name is empty"),
])
def test_a_mistake_is_said(words: list[str], said: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    done = subprocess.run([sys.executable, "-m", "whywire", "serve", *words], capture_output=True, text=True,
                          timeout=PATIENCE, check=False, env=ENVIRONMENT)
    assert done.returncode == 2 and said in done.stderr and "Traceback" not in done.stderr
    assert done.stdout == "", "nothing was served, and nothing else was said"


@pytest.mark.parametrize("words", [["--port", "65536"], ["--port", "x"], ["--workers", "0"], ["--requests", "-1"],
                                   ["--requests", "0"], ["--head", "5"], ["--head-time", "0"], ["--host", ""]])
def test_a_bad_value_is_said_by_the_parser(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["serve", *words])
    assert words[0] in capsys.readouterr().err
