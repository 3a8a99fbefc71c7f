from __future__ import annotations

import webbrowser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from whywire.cli import browser
from whywire.cli.main import main


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    addresses: list[str] = []
    monkeypatch.setattr(browser, "why_not", lambda: "")
    monkeypatch.setattr(webbrowser, "open", lambda address: addresses.append(address) or True)
    return addresses


def test_the_page_is_kept_and_opened(
        founding: Path, cache: Path, opened: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    for _ in range(2):
        assert main(["view", str(founding / "a-v2.pcapng")]) == 0
    (kept,) = (cache / "whywire" / "pages").iterdir()
    assert kept.parent.stat().st_mode & 0o777 == 0o700
    assert [unquote(urlsplit(address).path) for address in opened] == [str(kept)] * 2
    assert kept.name.startswith("a-v2-")
    assert "Content-Security-Policy" in kept.read_text()
    told = capsys.readouterr()
    assert told.out.splitlines() == [str(kept)] * 2
    assert told.err == ""


def test_two_captures_of_one_name_are_two_pages(
        founding: Path, tmp_path: Path, cache: Path, opened: list[str]) -> None:
    (tmp_path / "a-v2.pcapng").write_bytes((founding / "a-v2.pcapng").read_bytes())
    for folder in (founding, tmp_path):
        assert main(["view", str(folder / "a-v2.pcapng")]) == 0
    assert len(list((cache / "whywire" / "pages").iterdir())) == len(set(opened)) == 2


def test_without_a_browser_it_says_why_and_where(
        founding: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(browser, "why_not", lambda: "nobody is here")
    out = tmp_path / "page.html"
    assert main(["view", str(founding / "a-v2.pcapng"), "-o", str(out)]) == 0
    told = capsys.readouterr()
    assert told.out == f"{out}\n"
    assert told.err == "Not opened: nobody is here. Open the file above in a browser.\n"
    assert out.stat().st_size > 10_000


def test_a_cut_file_is_shown_up_to_the_cut(
        founding: Path, tmp_path: Path, opened: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    cut = tmp_path / "cut.pcapng"
    cut.write_bytes((founding / "a-v2.pcapng").read_bytes()[:-70])
    assert main(["view", str(cut)]) == 2
    assert len(opened) == 1
    assert "everything before it is in the page" in capsys.readouterr().err


def test_where_nothing_can_be_kept(
        founding: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert main(["view", str(founding / "a-v2.pcapng")]) == 2
    assert "name a file with -o" in capsys.readouterr().err
