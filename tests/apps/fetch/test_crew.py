"""A page with what it needs, over several connections."""

from __future__ import annotations

import threading
from pathlib import Path

from tests.apps.classic.running import served
from tests.apps.fetch.scripted import fetched, ok, scripted, tree
from whywire.apps.fetch.crew import fetch
from whywire.apps.fetch.links import read
from whywire.apps.fetch.options import ALL, REFUSED, Options

PAGE = b"<html>" + b"".join(b'<img src="i/%d.png">' % number for number in range(8))


def test_a_page_over_several_connections_at_once(tmp_path: Path) -> None:
    together = threading.Barrier(4, timeout=10)  # broken, and the answers late, unless four ask at once

    def answer(head: bytes) -> bytes:
        path = head.split(b" ")[1]
        if path == b"/p/":
            return ok(PAGE)
        together.wait()
        return ok(path)

    with scripted(answer) as server:
        code, said = fetched(tmp_path, [f"{server.url}/p/"], page=True, connections=4)
    assert (code, server.connections) == (ALL, 4)
    assert tree(tmp_path) == {"p/index.html": PAGE, **{f"p/i/{n}.png": b"/p/i/%d.png" % n for n in range(8)}}
    assert sum(line.startswith("[") for line in said) == 6
    assert len(said) == 9


def test_the_first_links_are_dealt_out_in_the_page_s_order(tmp_path: Path) -> None:
    with scripted(lambda head: ok(PAGE if head.startswith(b"GET / ") else b"x")) as server:
        code, said = fetched(tmp_path, [f"{server.url}/"], page=True, connections=3)
    firsts = {line[:3]: line.split(":")[0] for line in reversed(said)}
    assert code == ALL
    assert (firsts["[2]"], firsts["[3]"]) == ("[2] /i/1.png", "[3] /i/2.png")
    assert said[1] == "/i/0.png: HTTP/1.1 200 OK, 1 bytes, saved as i/0.png" or said[1].startswith("[")


def test_the_lines_of_several_connections_do_not_run_into_each_other(tmp_path: Path) -> None:
    inside, most = 0, 0

    def say(_: str) -> None:
        nonlocal inside, most
        inside += 1
        most = max(most, inside)
        overlap.wait(0.02)  # never set: time for another connection to come in between
        inside -= 1

    overlap = threading.Event()
    with scripted(lambda head: ok(PAGE if head.startswith(b"GET / ") else b"x")) as server:
        code = fetch([read(f"{server.url}/")], Options(folder=tmp_path, page=True, connections=4), say)
    assert (code, most) == (ALL, 1)


def test_other_servers_are_counted_and_not_asked(tmp_path: Path) -> None:
    page = b'<html><img src=a.png><img src="http://127.0.0.1:1/b.png"><img src=//c.invalid/d.png>'
    with scripted(lambda head: ok(page if head.startswith(b"GET / ") else b"x")) as server:
        code, said = fetched(tmp_path, [f"{server.url}/"], page=True)
    assert code == ALL
    assert said[1] == "of 3 things that the page needs, not fetched because at other servers: 2 (--follow-hosts would)"
    assert sorted(tree(tmp_path)) == ["a.png", "index.html"]


def test_what_is_missing_is_told_and_the_rest_fetched(tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "index.html").write_bytes(b"<html><img src=a.png><img src=b.png>")
    (tmp_path / "site" / "b.png").write_bytes(b"b")
    with served(tmp_path / "site", serial=True, idle_s=0.1) as port:
        code, _ = fetched(tmp_path / "to", [f"http://127.0.0.1:{port}/"], page=True, connections=2)
    assert code == REFUSED
    assert sorted(tree(tmp_path / "to")) == ["b.png", "index.html"]


def test_what_is_no_page_is_one_file(tmp_path: Path) -> None:
    with scripted(lambda _: ok(b"\xff\xd8 <img src=x>")) as server:
        code, _ = fetched(tmp_path, [f"{server.url}/a.jpg"], page=True)
    assert (code, len(server.heads)) == (ALL, 1)


def test_a_page_that_wants_to_write_elsewhere(tmp_path: Path) -> None:
    page = b'<html><img src="/%2e%2e/%2e%2e/evil"><img src="/..%2f..%2fevil2"><img src="/a%2f%2e%2e%2f%2e%2e%2fevil3">'
    with scripted(lambda head: ok(page if head.startswith(b"GET / ") else b"x")) as server:
        code, _ = fetched(tmp_path / "in" / "to", [f"{server.url}/"], page=True)
    assert code == ALL
    assert [name for name in tree(tmp_path) if not name.startswith("in/to/")] == []
