"""What the administrator's commands print, for answers that a proxy gives."""

from __future__ import annotations

from typing import Any

import pytest

from whywire.base.errors import WhywireError
from whywire.cli import proxy_admin


def asked(monkeypatch: pytest.MonkeyPatch, answers: list[Any]) -> list[tuple[Any, ...]]:
    seen: list[tuple[Any, ...]] = []

    def answer(*words: Any) -> Any:
        seen.append(words)
        return answers.pop(0)
    monkeypatch.setattr(proxy_admin, "_asked", answer)
    return seen


def test_entries_are_a_line_each(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    seen = asked(monkeypatch, [[{"url": "http://a/1", "variant": "", "bytes": 1234, "status": 200, "age": 5,
                                 "fresh_for": 7},
                                {"url": "http://a/2", "variant": "accept=x", "bytes": 0, "status": 404, "age": 9,
                                 "fresh_for": -3},
                                {"url": "calc://a:1/1 + 1", "variant": "steps", "bytes": 9, "status": 200, "age": 1,
                                 "fresh_for": 1 << 31}]])
    assert proxy_admin.ask("list", ["http://a/ä?"], "/s") == 0
    assert seen == [("/s", "GET", "/entries?limit=100000&prefix=http%3A%2F%2Fa%2F%C3%A4%3F")]
    assert capsys.readouterr().out == (
        "200        1,234 bytes  age 5 s, fresh 7 s  http://a/1\n"
        "404            0 bytes  age 9 s, stale 3 s  http://a/2  (accept=x)\n"
        "200            9 bytes  age 1 s, fresh for good  calc://a:1/1 + 1  (steps)\n")


def test_words_of_purge_become_wishes(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    seen = asked(monkeypatch, [{"removed": 1}, {"removed": 2}, {"removed": 3}, {"removed": 0, "later": True}])
    assert proxy_admin.ask("purge", ["http://a/1", "http://a/*", "*", "http://a/2"], "/s") == 0
    assert [one[3] for one in seen[:3]] == ['{"url": "http://a/1"}', '{"prefix": "http://a/"}', '{"all": true}']
    assert capsys.readouterr().out.splitlines()[2:] == [
        "3 removed: *", "The store can't be reached; removed before it is read again: http://a/2"]


def test_stats_are_a_table(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    asked(monkeypatch, [{"store": {"store": "disk", "limit": 1 << 20, "up": True, "more": {"disk_free": 1000}}}])
    assert proxy_admin.ask("stats", [], "/s") == 0
    assert capsys.readouterr().out == ("store:\n  store        disk\n  limit        1,048,576\n  up           True\n"
                                       "  more         disk_free 1,000\n")


def test_a_url_is_asked_for_as_it_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = asked(monkeypatch, [{"removed": 1}] * 4)
    proxy_admin.ask("purge", ["HTTP://A:80/Img/*", "http://A:8080/x", "http://A*", "http*"], "/s")
    assert [one[3] for one in seen] == ['{"prefix": "http://a/Img/"}', '{"url": "http://a:8080/x"}',
                                        '{"prefix": "http://A"}', '{"prefix": "http"}']


def test_an_expression_is_asked_for_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = asked(monkeypatch, [{"removed": 1}] * 3)
    proxy_admin.ask("purge", ["calc://a:1/1 + 1", "calc://a:1/2*", "calc*"], "/s")
    assert [one[3] for one in seen] == ['{"url": "calc://a:1/1 + 1"}', '{"prefix": "calc://a:1/2"}',
                                        '{"prefix": "calc"}']


@pytest.mark.parametrize("words", [("purge", "/news"), ("purge", "localhost/news*"), ("list", "localhost:9998/"),
                                   ("stats", "http://a/")])
def test_what_names_no_url_is_told_and_not_asked(words: tuple[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    seen = asked(monkeypatch, [])
    with pytest.raises(WhywireError) as caught:
        proxy_admin.ask(words[0], words[1:], "/s")
    assert "proxy list" in str(caught.value.hint)
    assert seen == []


def test_an_empty_list_says_so(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    asked(monkeypatch, [[], []])
    proxy_admin.ask("list", ["http://a/x"], "/s")
    proxy_admin.ask("list", [], "/s")
    assert capsys.readouterr().out == "Nothing is kept that begins with http://a/x\nNothing is kept.\n"


def test_nobody_there() -> None:
    with pytest.raises(WhywireError, match="No proxy answers"):
        proxy_admin.ask("stats", [], "127.0.0.1:9")
