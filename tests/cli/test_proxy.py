"""`whywire proxy` as a user calls it: a process, a port, a Ctrl-C."""

from __future__ import annotations

import argparse
import http.client
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from whywire.cli import proxy
from whywire.cli.main import main

ENVIRONMENT = {**os.environ, "PYTHONPATH": "src"}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        body = self.path.encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "max-age=60")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        return


@contextmanager
def origin() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def running(*words: str) -> Iterator[tuple[subprocess.Popen[str], str, int]]:
    with subprocess.Popen([sys.executable, "-m", "whywire", "proxy", *words, "--port", "0"], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, env=ENVIRONMENT) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        try:
            assert "http://127.0.0.1:" in line, process.stderr.read() if process.stderr else ""
            yield process, line, int(line.split(" on http://127.0.0.1:")[1].split("/")[0])
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(15)
        assert process.returncode == 0
        assert process.stderr is not None
        assert process.stderr.read() == ""


def get(port: int, path: str) -> tuple[bytes, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", path, headers={"Host": "site"})
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return body, answer.getheader("Cache-Status", "")


@pytest.fixture
def short() -> Iterator[Path]:
    """Return a folder whose path leaves room for a Unix socket's name: 107 bytes in all (unix(7))."""
    with tempfile.TemporaryDirectory(prefix="ww", dir="/tmp") as folder:
        yield Path(folder)


@pytest.mark.parametrize("store", ["memory", "disk"])
def test_from_start_to_ctrl_c(tmp_path: Path, short: Path, capsys: pytest.CaptureFixture[str], store: str) -> None:
    where = str(short / "own" / "proxy.sock")
    kept = f"disk:{tmp_path / 'cache'}" if store == "disk" else "memory"
    with origin() as url:
        with running(url, "--admin", where, "--store", kept) as (_, line, port):
            assert line.startswith(f"Proxy for {url} on http://127.0.0.1:")
            assert f"kept in {kept}. Ctrl-C stops." in line
            assert get(port, "/a")[0] == b"/a"
            assert any("; hit" in get(port, "/a")[1] for _ in range(100))  # the answer leaves before it is stored
            get(port, "/b")
            for words in (["stats"], ["list"], ["list", "http://site/b"], ["purge", "http://site/a", "http://site/*"]):
                assert main(["proxy", *words, "--admin", where]) == 0
            said = capsys.readouterr().out
            assert "  hits         1\n" in said
            assert said.count("http://site/b") == 2
            assert "1 removed: http://site/a\n1 removed: http://site/*\n" in said
            assert "; hit" not in get(port, "/a")[1]
        if store == "disk":
            with running(url, "--admin", where, "--store", kept) as (_, _, port):
                assert "; hit" in get(port, "/a")[1]


def test_forward_mode_says_so() -> None:
    with running("--forward", "--admin", "off") as (_, line, port):
        assert line.startswith("Forward proxy on ")
        assert b"forward proxy" in get(port, "/x")[0]


@pytest.mark.parametrize(("words", "message"), [
    ([], "Name one origin"), (["ftp://x"], "is not of the form"), (["http://a", "http://b"], "one too many"),
    (["--forward", "http://a"], "is named"), (["http://a", "--store", "what"], "names no store"),
    (["http://a", "--store", "redis://[bad"], "no address of a Redis"), (["calc://a"], "is not of the form"),
    (["purge"], "needs to know what"), (["stats", "--admin", "off"], "leaves nobody to ask"),
    (["stats", "--admin", "/nowhere/at/all"], "No proxy answers"),
    (["calc://a:1", "--log", "x"], "--log is for HTTP"),
    (["calc://a:1", "--cert", "x"], "--cert is for HTTP"), (["calc://a:1", "--unix", "/x"], "--unix is for HTTP"),
])
def test_mistakes_are_told_with_a_hint(words: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["proxy", *words]) in (1, 2)
    said = capsys.readouterr().err
    assert message in said
    assert "\n  " in said


@pytest.mark.parametrize("words", [["--store", "disk:/proc/none"], ["--admin", "0.0.0.0:9997"]])
def test_what_can_not_be_opened_is_told_before_it_is_said_to_run(words: list[str],
                                                                 capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["proxy", "http://127.0.0.1:1", "--port", "0", *words]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert "can't be used" in said.err


def test_a_port_that_is_taken_is_told(short: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with origin() as url:
        assert main(["proxy", url, "--port", url.rsplit(":", 1)[1], "--admin", str(short / "o" / "s")]) != 0
    assert "Traceback" not in capsys.readouterr().err


@pytest.mark.parametrize(("text", "expected"), [("5", 5), ("2K", 2048), ("3m", 3 << 20), ("1G", 1 << 30)])
def test_sizes(text: str, expected: int) -> None:
    assert proxy.size(text) == expected
    with pytest.raises(Exception, match="is not a size"):
        proxy.size(f"-{text}")


def test_what_a_lost_redis_is_owed_is_written_down_per_port_and_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", "/state")
    found = {proxy.owed(url, port) for url in ("redis://a/0", "redis://:secret@a/1") for port in (1, 2)}
    assert len(found) == 4
    assert all(str(path).startswith("/state/whywire/owed-") and "secret" not in str(path) for path in found)
    assert proxy.owed("redis://a/0", 0) is None
    monkeypatch.setenv("XDG_STATE_HOME", "")
    monkeypatch.setenv("HOME", "/home/me")
    assert str(proxy.owed("redis://a/0", 1)).startswith("/home/me/.local/state/whywire/")


@pytest.mark.parametrize("text", ["0", "-1", "x", "1.5", "9999999"])
def test_numbers_of_connections(text: str) -> None:
    assert proxy.links("3") == 3
    with pytest.raises(argparse.ArgumentTypeError, match="is not a number of connections"):
        proxy.links(text)
