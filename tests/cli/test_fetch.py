"""The command `whywire fetch`, as it is typed."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from tests.apps.classic.running import served
from tests.apps.fetch.scripted import ok, scripted, tree
from whywire.cli.main import main


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def test_paths_come_from_standard_input(
        here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("\n/redirect\nnone\n"))
    (here.parent / "site").mkdir()
    (here.parent / "site" / "index.html").write_text("index")
    (here.parent / "site" / "result.html").write_text("result")
    with served(here.parent / "site", idle_s=0.2) as port:
        assert main(["fetch", "127.0.0.1", str(port)]) == 3
    said = capsys.readouterr().out.splitlines()
    assert said == ["/: HTTP/1.1 200 OK, 5 bytes, saved as index.html",
                    "/redirect: HTTP/1.1 301 Moved Permanently, to /result.html; following it",
                    "the server closed the connection after its answer: opening a new one",
                    "/result.html: HTTP/1.1 200 OK, 6 bytes, saved as result.html",
                    "/none: HTTP/1.1 404 Not Found"]
    assert tree(here) == {"index.html": b"index", "result.html": b"result"}


def test_options_reach_the_request(here: Path) -> None:
    (here / "fields.txt").write_text("Host: localhost\nConnection: keep-alive\n")
    with scripted(lambda _: ok(b"x")) as server:
        port = str(server.port)
        assert main(["fetch", "localhost", port, "/a", "--headers", "fields.txt", "--to", "sub/dir"]) == 0
        assert main(["fetch", "--classic", "--close", f"{server.url}/favicon.ico"]) == 0
        assert main(["fetch", "--overwrite", f"{server.url}/favicon.ico"]) == 0
    assert server.heads[0] == b"GET /a HTTP/1.1\r\nHost: localhost\r\nConnection: keep-alive\r\n\r\n"
    assert server.heads[1] == b"GET /favicon.ico HTTP/1.1\r\nConnection: close\r\n\r\n"
    assert sorted(tree(here)) == ["favicon.ico", "fields.txt", "sub/dir/a"]


@pytest.mark.parametrize("words", [
    ["localhost"], ["localhost", "x"], ["localhost", "0"], ["localhost", "70000"], ["local host", "80"], ["ftp://a/"],
    ["http://a/", "b"], ["http://a/", "--headers", "none.txt"], ["http://a/", "--headers", "wrong.txt"],
])
def test_words_that_make_no_request(words: list[str], here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "wrong.txt").write_text("no field\n")
    assert main(["fetch", *words]) == 2
    assert capsys.readouterr().err.startswith("whywire: ")


@pytest.mark.parametrize("words", [["--connections", "0"], ["--connections", "x"], ["--redirects", "99"],
                                   ["--timeout", "0"]])
def test_numbers_have_limits(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["fetch", *words, "http://a/"])
    assert words[1] in capsys.readouterr().err


def test_a_bar_for_a_long_body_on_a_terminal(
        here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    monkeypatch.setattr("whywire.apps.fetch.progress.AFTER_S", 0.0)
    monkeypatch.setattr("whywire.apps.fetch.progress.EVERY_S", 0.0)
    with scripted(lambda _: ok(b"x" * 500_000)) as server:
        assert main(["fetch", f"{server.url}/big"]) == 0
    shown = capsys.readouterr().err
    assert "big  [" in shown
    assert shown.endswith("\r\x1b[K")
    assert len(tree(here)["big"]) == 500_000
