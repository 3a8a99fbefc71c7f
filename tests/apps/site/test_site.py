from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.apps.site.fakes import ask, descriptors, facts, serving
from whywire.apps.site import Site, SiteConfig
from whywire.apps.site import site as module
from whywire.base.errors import WhywireError


class Clock:
    """A clock that stands still."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a folder with a page and a style sheet that is there compressed too."""
    (tmp_path / "index.html").write_text("<h1>home")
    (tmp_path / "a.css").write_text("plain")
    (tmp_path / "a.css.gz").write_text("GZ")
    return tmp_path


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def site(root: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """Return a site to which all files look old enough to be kept."""
    monkeypatch.setattr(module, "settled", lambda *_: True)
    made = Site(SiteConfig(str(root)), clock=clock)
    yield made
    made.close()


def quick(site: Site, target: str, accepts: str = "", method: str = "GET") -> bytes | None:
    return site.quick(method.encode(), target.encode("latin-1"), facts(accepts))


@pytest.mark.parametrize(("target", "accepts", "body"), [
    ("/", "", b"<h1>home"), ("/index.html", "br", b"<h1>home"), ("/a.css", "", b"plain"), ("/a.css", "gzip", b"GZ"),
    ("/a.css?v=1", "gzip", b"GZ")])
def test_the_quick_answer_is_that_of_the_full_path(site: Site, target: str, accepts: str, body: bytes) -> None:
    assert quick(site, target, accepts) is None
    full = ask(site, target, accept_encoding=accepts)
    got = quick(site, target, accepts)
    assert got is not None
    head, _, content = got.partition(b"\r\n\r\n")
    assert content == body == full.body
    lines = dict(line.split(": ", 1) for line in head.decode().split("\r\n")[1:])
    assert lines.pop("Date") and lines.pop("Content-Length") == str(full.length)
    assert lines == full.fields and head.startswith(b"HTTP/1.1 200 OK\r\n")
    assert quick(site, target, accepts, "HEAD") == head + b"\r\n\r\n"


@pytest.mark.parametrize("target", [
    "/missing", "//", "/./", "/%69ndex.html", "/a.css/", "/../a.css", "http://a/", "*", "/a.css%00", "/\xff", "?", "",
    "/?/../.."])
def test_what_is_not_plain_takes_the_full_path(site: Site, target: str) -> None:
    for known in ("/", "/a.css", "/index.html"):
        ask(site, known)
    if target not in ("?", "", "*") and target != "/?/../..":
        ask(site, target)
    assert quick(site, target) == (quick(site, "/") if target == "/?/../.." else None)


def test_a_changed_file_is_seen_within_the_interval(site: Site, root: Path, clock: Clock) -> None:
    ask(site, "/a.css")
    (root / "a.css").write_text("other")
    assert b"plain" in (quick(site, "/a.css") or b"")
    assert ask(site, "/a.css").body == b"plain"
    clock.now += 1
    assert quick(site, "/a.css") is None
    assert ask(site, "/a.css").body == b"other"
    assert b"other" in (quick(site, "/a.css") or b"")


@pytest.mark.parametrize("change", ["variant comes", "variant goes", "file goes", "file is replaced by a link out"])
def test_whatever_changes_around_a_file_is_seen(site: Site, root: Path, clock: Clock, change: str) -> None:
    ask(site, "/a.css", accept_encoding="br, gzip")
    assert b"GZ" in (quick(site, "/a.css", "br, gzip") or b"")
    clock.now += 1
    if change == "variant comes":
        (root / "a.css.br").write_text("BR")
        wanted = (200, b"BR")
    elif change == "variant goes":
        (root / "a.css.gz").unlink()
        wanted = (200, b"plain")
    else:
        (root / "a.css").unlink()
        wanted = (404, None)
        if change != "file goes":
            (root / "a.css").symlink_to("/etc/passwd")
    assert quick(site, "/a.css", "br, gzip") is None
    got = ask(site, "/a.css", accept_encoding="br, gzip")
    assert (got.status, got.body if got.status == 200 else None) == wanted


def test_conditions_and_ranges_are_answered_from_memory(site: Site, root: Path) -> None:
    first = ask(site, "/a.css")
    (root / "a.css").unlink()
    assert ask(site, "/a.css", if_none_match=first.fields["ETag"]).status == 304
    assert ask(site, "/a.css", range="bytes=1-2").body == b"la"
    parts = ask(site, "/a.css", range="bytes=0-0,4-4")
    assert parts.status == 206 and parts.body.count(b"\r\n\r\n") == 2


def test_a_folder_that_is_built_anew_is_served_anew(root: Path, monkeypatch: pytest.MonkeyPatch, clock: Clock) -> None:
    monkeypatch.setattr(module, "settled", lambda *_: True)
    releases = root / "releases"
    for name in ("1", "2"):
        (releases / name).mkdir(parents=True)
        (releases / name / "a.txt").write_text(name)
    current = root / "current"
    current.symlink_to("releases/1")
    site = Site(SiteConfig(str(current)), clock=clock)
    assert ask(site, "/a.txt").body == b"1"
    current.unlink()
    current.symlink_to("releases/2")
    clock.now += 1
    assert quick(site, "/a.txt") is None
    assert ask(site, "/a.txt").body == b"2"
    site.close()


def test_a_file_that_was_changed_just_now_is_not_kept(root: Path) -> None:
    with serving(root) as site:
        (root / "a.css").write_text("now")
        asked = time.time_ns()
        ask(site, "/a.css")
        if asked - (root / "a.css").stat().st_mtime_ns < 50_000_000:  # else this machine stood still
            assert quick(site, "/a.css") is None


def test_a_file_from_the_future_is_served_and_not_kept(root: Path) -> None:
    os.utime(root / "a.css", (4_000_000_000,) * 2)
    with serving(root) as site:
        got = ask(site, "/a.css")
        assert got.status == 200 and not got.fields["Last-Modified"].endswith("2096 07:06:40 GMT")
        assert quick(site, "/a.css") is None


def test_options(site: Site, root: Path) -> None:
    for target in ("*", "/", "/a.css"):
        got = ask(site, target, "OPTIONS")
        assert (got.status, got.fields["Allow"], got.length) == (204, "GET, HEAD, OPTIONS", 0)
    assert ask(site, "/missing", "OPTIONS").status == 404
    (root / "dir").mkdir()
    for target in ("/dir", "/dir/"):
        assert ask(site, target, "OPTIONS").status == 204


@pytest.mark.parametrize(("method", "target", "status"), [
    ("POST", "/a.css", 405), ("POST", "/missing", 405), ("DELETE", "/../..", 405), ("CONNECT", "a:443", 405),
    ("TRACE", "*", 405), ("BREW", "/", 501), ("GET", "*", 400), ("GET", "/%zz", 400), ("GET", "/a%20b", 404)])
def test_each_refusal_has_a_page(site: Site, method: str, target: str, status: int) -> None:
    for accepts, kind, mark in (("*/*", "html", b"<!DOCTYPE html>"), ("text/plain", "plain", str(status).encode())):
        got = ask(site, target, method, accept=accepts)
        assert (got.status, got.fields["Content-Type"]) == (status, f"text/{kind}; charset=utf-8")
        assert got.body.startswith(mark) and got.fields["Vary"] == "Accept"
        assert got.fields["X-Content-Type-Options"] == "nosniff"
        assert ("Allow" in got.fields) == (status in (405, 501))


def test_the_page_of_an_error_says_nothing_of_the_request(site: Site) -> None:
    assert b"script" not in ask(site, "/<script>").body


def test_what_cannot_be_served_is_said(root: Path) -> None:
    for path in (root / "none", root / "a.css"):
        with pytest.raises(WhywireError) as problem:
            Site(SiteConfig(str(path)))
        assert str(path) in problem.value.what and problem.value.exit_code == 2


def test_a_folder_without_a_name_or_that_this_user_may_not_enter_is_said(
        root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(WhywireError, match="name is empty"):
        Site(SiteConfig(""))
    asked: list[tuple[object, int]] = []
    monkeypatch.setattr(os, "access", lambda path, mode: asked.append((path, mode)))  # root may enter any folder
    before = descriptors()
    with pytest.raises(WhywireError, match="Permission denied"):
        Site(SiteConfig(str(root)))
    assert (asked, descriptors()) == ([(str(root), os.X_OK)], before)


def test_nothing_stays_open(root: Path) -> None:
    before = descriptors()
    with serving(root, small=0) as site:
        for target in ("/a.css", "/", "/missing", "/a.css?x"):
            ask(site, target)
            ask(site, target, "HEAD")
            ask(site, target, "OPTIONS")
            ask(site, target, if_none_match="*")
            ask(site, target, range="bytes=99-")
    assert descriptors() == before
