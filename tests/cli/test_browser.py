from __future__ import annotations

import os
import sys
import urllib.request
import webbrowser
from pathlib import Path

import pytest

from whywire.cli import browser
from whywire.cli.browser import open_browser, showing, why_not


@pytest.fixture(autouse=True)
def desktop(monkeypatch: pytest.MonkeyPatch) -> None:
    """An ordinary user in front of a display."""
    monkeypatch.delenv("BROWSER", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)


def test_it_is_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr(webbrowser, "open", lambda address: opened.append(address) or True)
    assert open_browser("http://127.0.0.1/") == ""
    assert opened == ["http://127.0.0.1/"]


def test_none_was_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webbrowser, "open", lambda _: False)
    assert "no browser was found" in open_browser("x")


def test_it_could_not_be_started(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: str) -> bool:
        raise webbrowser.Error("broken")

    monkeypatch.setattr(webbrowser, "open", fail)
    assert open_browser("x") == "the browser could not be started: broken"


def test_not_as_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert open_browser("x") == "no browser is started as root"


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems have no DISPLAY")
def test_not_without_a_display(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DISPLAY")
    assert "no display" in open_browser("x")
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    assert why_not() == ""


def test_a_browser_that_is_named_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setenv("BROWSER", "mine")
    assert why_not() == ""


def test_the_live_page_has_a_process_of_its_own(
        founding: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.pcapng"
    path.write_bytes((founding / "a-v2.pcapng").read_bytes())
    monkeypatch.setattr(browser, "open_browser", lambda _: "")
    with showing(path) as url, urllib.request.urlopen(f"{url}page", timeout=30) as answer:
        assert b"Content-Security-Policy" in answer.read()
    with pytest.raises(OSError, match="refused"):
        urllib.request.urlopen(url, timeout=5)


def test_why_it_is_not_open_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(browser, "open_browser", lambda _: "nobody looks")
    with showing(tmp_path / "x") as where:
        assert where.startswith("http://127.0.0.1:")
        assert where.endswith("/ (not opened: nobody looks)")


def test_nothing_is_started_where_it_is_not_wanted(tmp_path: Path) -> None:
    with showing(tmp_path / "x", wanted=False) as where:
        assert where == ""
