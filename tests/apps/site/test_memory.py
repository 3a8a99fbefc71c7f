from __future__ import annotations

import os
from pathlib import Path

from whywire.apps.http.clock import date_line
from whywire.apps.site.find import Seen, look
from whywire.apps.site.found import Found
from whywire.apps.site.memory import SETTLED, SETTLED_COARSE, Kept, Memory, settled

PLAIN, BR = ("",), ("br", "")


class Clock:
    """A clock that stands still."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


def kept(content: bytes, coding: str = "") -> Kept:
    found = Found(media="a/b", etag=f'"{content[:9]!r}"', size=len(content), coding=coding)
    found.data = content
    date = date_line()
    return Kept(found, b"HTTP/1.1 200 OK\r\n" + date + b"\r\n" + content)


def seen(path: Path) -> Seen:
    return Seen(((os.fsencode(path), look(os.fsencode(path))),), 0)


def test_an_answer_comes_out_as_it_went_in(tmp_path: Path) -> None:
    memory = Memory(10_000, 1.0, Clock())
    memory.put(b"/a", PLAIN, kept(b"abc"), seen(tmp_path))
    got = memory.get(b"/a", PLAIN)
    assert got is not None and got.full.endswith(b"\r\n\r\nabc") and got.full[got.end:] == b"abc"
    assert memory.get(b"/a", BR) is None and memory.get(b"/b", PLAIN) is None


def test_the_date_is_the_present_one(tmp_path: Path) -> None:
    memory = Memory(10_000, 1.0, Clock())
    one = kept(b"abc")
    old = b"Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
    one.redate(old)
    assert old in one.full
    memory.put(b"/a", PLAIN, one, seen(tmp_path))
    got = memory.get(b"/a", PLAIN)
    assert got is not None and got.full == b"HTTP/1.1 200 OK\r\n" + date_line() + b"\r\nabc"
    assert bytes(got.found.data or b"") == b"abc"


def test_files_are_looked_at_once_in_a_while(tmp_path: Path) -> None:
    clock = Clock()
    memory = Memory(10_000, 1.0, clock)
    path = tmp_path / "a"
    path.write_bytes(b"abc")
    memory.put(b"/a", PLAIN, kept(b"abc"), seen(path))
    path.write_bytes(b"abcd")
    clock.now += 0.9
    assert memory.get(b"/a", PLAIN) is not None
    clock.now += 0.1
    assert memory.get(b"/a", PLAIN) is None
    assert memory.held == 0 and not memory.pages


def test_without_an_interval_they_are_looked_at_each_time(tmp_path: Path) -> None:
    memory = Memory(10_000, 0, Clock())
    path = tmp_path / "a"
    path.write_bytes(b"abc")
    memory.put(b"/a", PLAIN, kept(b"abc"), seen(path))
    assert memory.get(b"/a", PLAIN) is not None
    path.unlink()
    assert memory.get(b"/a", PLAIN) is None


def test_clients_that_get_the_same_share_it(tmp_path: Path) -> None:
    memory = Memory(100_000, 1.0, Clock())
    memory.put(b"/a", PLAIN, kept(b"x" * 5000), seen(tmp_path))
    held = memory.held
    memory.put(b"/a", BR, kept(b"x" * 5000), seen(tmp_path))
    assert memory.held < held + 5000
    assert memory.get(b"/a", BR) is memory.get(b"/a", PLAIN)
    memory.put(b"/a", BR, kept(b"y" * 3000, "br"), seen(tmp_path))
    assert memory.get(b"/a", BR) is not memory.get(b"/a", PLAIN)


def test_a_newer_look_replaces_the_page(tmp_path: Path) -> None:
    memory = Memory(100_000, 1.0, Clock())
    path = tmp_path / "a"
    path.write_bytes(b"abc")
    memory.put(b"/a", PLAIN, kept(b"abc"), seen(path))
    path.write_bytes(b"abcd")
    memory.put(b"/a", BR, kept(b"abcd"), seen(path))
    assert memory.get(b"/a", PLAIN) is None and len(memory.pages) == 1


def test_it_stays_below_its_limit_and_what_is_used_stays(tmp_path: Path) -> None:
    memory = Memory(30_000, 1.0, Clock())
    for number in range(100):
        memory.put(b"/%d" % number, PLAIN, kept(b"%d" % number * 1000), seen(tmp_path))
        memory.get(b"/0", PLAIN)
        assert memory.held <= 30_000
        assert memory.held == sum(page.cost for page in memory.pages.values())
    assert memory.get(b"/0", PLAIN) is not None and memory.get(b"/1", PLAIN) is None
    memory.clear()
    assert memory.held == 0 and memory.get(b"/0", PLAIN) is None


def test_an_answer_above_the_limit_is_not_kept(tmp_path: Path) -> None:
    memory = Memory(1000, 1.0, Clock())
    memory.put(b"/a", PLAIN, kept(b"x" * 5000), seen(tmp_path))
    assert memory.held == 0


def test_a_change_that_the_next_could_look_like_is_not_settled() -> None:
    changed = 10**18 + 1
    assert not settled(Seen((), changed), changed + SETTLED)
    assert settled(Seen((), changed), changed + SETTLED + 1)
    assert not settled(Seen((), 10**18), 10**18 + SETTLED + 1)
    assert settled(Seen((), 10**18), 10**18 + SETTLED_COARSE + 1)
    assert not settled(Seen((), changed), changed - 10**9)


def test_a_folder_is_known_by_the_names_in_it(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"abc")
    os.utime(tmp_path, ns=(1, 1))
    before = look(os.fsencode(tmp_path))
    (tmp_path / "a").write_bytes(b"abcd")
    assert look(os.fsencode(tmp_path)) == before
    (tmp_path / "a.gz").write_bytes(b"x")
    assert look(os.fsencode(tmp_path)) != before
