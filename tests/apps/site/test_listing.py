from __future__ import annotations

import os
import re
from html import unescape
from pathlib import Path
from urllib.parse import urljoin

import pytest

from tests.apps.site.fakes import ask, serving
from whywire.apps.site import listing
from whywire.apps.site.listing import Entry, page, shown, size_text

NASTY = ["a b", "a&b", 'a"b', "a'b", "<script>alert(1)<script>", "javascript:alert(1)", "ä", "a%2fb", "#x", "a?b",
         "a\nb", "http:", "\u202egpj.exe", "a;b"]


def links(body: bytes) -> list[str]:
    return [unescape(link) for link in re.findall(r'href="([^"]*)"', body.decode())]


def test_folders_first_then_by_name_with_size_and_date(tmp_path: Path) -> None:
    for name, size in (("b.txt", 5), ("A.txt", 1500), ("c.bin", 3 << 20)):
        (tmp_path / name).write_bytes(b"x" * size)
    for name in ("z", "Y"):
        (tmp_path / name).mkdir()
    for path in tmp_path.iterdir():
        os.utime(path, (1_600_000_000,) * 2)
    with serving(tmp_path, listing=True) as site:
        got = ask(site, "/")
    assert links(got.body) == ["./Y/", "./z/", "./A.txt", "./b.txt", "./c.bin"]
    assert re.findall(rb'class="n">([^<]*)', got.body) == [b"", b"", b"1.5 KiB", b"5 B", b"3.0 MiB"]
    assert got.body.count(b"2020-09-13 12:26") == 5
    assert got.fields["Content-Security-Policy"].startswith("default-src 'none'")


def test_every_name_is_escaped_and_leads_to_its_file(tmp_path: Path) -> None:
    (tmp_path / "d").mkdir()
    for number, name in enumerate(NASTY):
        (tmp_path / "d" / name).write_text(str(number))
    (tmp_path / "d" / os.fsdecode(b"latin-\xe4")).write_text("latin")
    with serving(tmp_path, listing=True) as site:
        body = ask(site, "/d/").body
        found = [ask(site, urljoin("/d/", link)).body for link in links(body) if link != "../"]
    assert sorted(found) == sorted([*(str(number).encode() for number in range(len(NASTY))), b"latin"])
    assert b"<script>" not in body and "\u202e".encode() not in body and b"a\nb" not in body
    assert all(link.startswith("./") and not set(link) & set('"<>\n ') for link in links(body) if link != "../")


def test_only_what_would_be_served_is_listed(tmp_path: Path) -> None:
    (tmp_path / "canary").write_text("outside")
    top = tmp_path / "root"
    (top / "sub").mkdir(parents=True)
    (top / "file").write_text("x")
    (top / ".env").write_text("x")
    (top / "back\\slash").write_text("x")
    os.mkfifo(top / "pipe")
    for name, goal in {"out": "../canary", "in": "file", "dir": "sub", "dangling": "none", "hid": ".env"}.items():
        (top / name).symlink_to(goal)
    with serving(top, listing=True) as site:
        assert links(ask(site, "/").body) == ["./dir/", "./sub/", "./file", "./in"]
        assert links(ask(site, "/sub/").body) == ["../"]


def test_a_long_list_is_cut_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "MOST", 2)
    for number in range(5):
        (tmp_path / str(number)).write_text("x")
    with serving(tmp_path, listing=True) as site:
        body = ask(site, "/").body
        assert b"more than 2 files" in body and len(links(body)) == 2
        for number in range(3):
            (tmp_path / str(number)).unlink()
        assert b"more than" not in ask(site, "/").body


def test_a_list_has_a_tag_that_follows_its_content(tmp_path: Path) -> None:
    with serving(tmp_path, listing=True) as site:
        first = ask(site, "/").fields["ETag"]
        assert ask(site, "/", if_none_match=first).status == 304
        (tmp_path / "new").write_text("x")
        assert ask(site, "/", if_none_match=first).status == 200


@pytest.mark.parametrize(("size", "text"), [
    (0, "0 B"), (999, "999 B"), (1000, "1.0 KiB"), (1023 * 1024, "1.0 MiB"), (5 << 40, "5.0 TiB"),
    (5000 << 50, "5000.0 PiB")])
def test_sizes(size: int, text: str) -> None:
    assert size_text(size) == text


def test_a_date_that_no_calendar_has_is_left_out() -> None:
    assert b"<td>-</td>" in page("/", iter([Entry(b"a", False, 1, 10**15)]))
    assert shown(b"a\x00\xff") == "a��"
