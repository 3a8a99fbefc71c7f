from __future__ import annotations

import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from whywire.base.errors import WhywireError
from whywire.capture.pcapng_writer import PcapngWriter
from whywire.cli import live
from whywire.cli.live import LAST_S, NOTHING_YET, LivePage, size_of


@pytest.fixture
def growing(tmp_path: Path) -> Path:
    path = tmp_path / "growing.txt"
    path.write_text("one")
    return path


def text_of(path: str | Path) -> str:
    return f"<p>{Path(path).read_text()}</p>"


def get(url: str, **headers: str) -> str:
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=10) as answer:
        return str(answer.read().decode())


def status(url: str, **headers: str) -> int:
    try:
        get(url, **headers)
    except urllib.error.HTTPError as error:
        error.close()
        return error.code
    return 200


@pytest.fixture(autouse=True)
def no_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "REST", 0)


def test_the_page_follows_the_file(growing: Path) -> None:
    with LivePage(growing, text_of) as page:
        assert get(f"{page.url}version") == "3\n"
        assert get(f"{page.url}page") == "<p>one</p>"
        growing.write_text("one, two")
        assert get(f"{page.url}version") == "8\n"
        assert get(f"{page.url}page?8") == "<p>one, two</p>"


def test_it_is_made_once_for_each_state(growing: Path) -> None:
    made: list[str] = []

    def make(path: str | Path) -> str:
        made.append(text_of(path))
        return made[-1]

    with LivePage(growing, make) as page:
        for _ in range(3):
            get(f"{page.url}page")
        assert len(made) == 1


def test_a_page_that_takes_long_to_make_rests(growing: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "REST", 1e9)
    with LivePage(growing, text_of) as page:
        get(f"{page.url}page")
        growing.write_text("more than one")
        assert get(f"{page.url}version") == "3\n"
        assert get(f"{page.url}page") == "<p>one</p>"


def test_nothing_yet(growing: Path) -> None:
    def refuse(path: str | Path) -> str:
        raise WhywireError(f"{path} is empty")

    with LivePage(growing, refuse) as page:
        assert get(f"{page.url}page") == NOTHING_YET


def test_the_frame_has_a_policy_that_it_keeps(growing: Path) -> None:
    with LivePage(growing, text_of) as page, urllib.request.urlopen(page.url, timeout=10) as answer:
        policy, frame = answer.headers["Content-Security-Policy"], answer.read().decode()
        assert policy.startswith("default-src 'none'; script-src 'sha256-")
        assert f"'sha256-{live._hash(frame.split('<script>')[1].split('</script>')[0])}'" in policy
        assert f"'sha256-{live._hash(frame.split('<style>')[1].split('</style>')[0])}'" in policy
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Cache-Control"] == "no-store"


def test_nobody_else_gets_an_answer(growing: Path) -> None:
    with LivePage(growing, text_of) as page:
        base = page.url.split("/", 3)
        root = "/".join(base[:3])
        assert page.url.startswith("http://127.0.0.1:")
        assert len(base[3]) > 20
        for wrong in ("/", "/page", "/version", f"/{base[3][:-2]}x/page", f"/{base[3]}other", f"/{base[3]}page/x"):
            assert status(root + wrong) == 404
        assert status(f"{page.url}page", Host="evil.example") == 404  # another site's name for this address
        assert status(f"{page.url}page") == 200


def test_the_end_does_not_wait_for_nobody(growing: Path) -> None:
    with LivePage(growing, text_of):
        began = time.monotonic()
    assert time.monotonic() - began < LAST_S


def test_who_still_looks_sees_the_last_state(growing: Path) -> None:
    seen: list[str] = []

    def look(url: str) -> None:
        while not seen or seen[-1] != "<p>the end</p>":
            get(f"{url}version")
            seen.append(get(f"{url}page"))

    with LivePage(growing, text_of) as page:
        get(f"{page.url}page")
        growing.write_text("the end")
        thread = threading.Thread(target=look, args=(page.url,))
        thread.start()
    thread.join(10)
    assert seen[-1] == "<p>the end</p>"


def test_sizes(tmp_path: Path) -> None:
    assert size_of(tmp_path / "no") == 0
    assert size_of(tmp_path) == 0
    (tmp_path / "a").write_bytes(bytes(3))
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "c").write_bytes(bytes(4))
    assert size_of(tmp_path / "a") == 3
    assert size_of(tmp_path) == 7


def test_the_page_of_a_capture(founding: Path, tmp_path: Path) -> None:
    assert "Content-Security-Policy" in live.page_of(founding / "a-v2.pcapng")
    with pytest.raises(WhywireError):
        live.page_of(founding / "no-such-file")
    with (tmp_path / "new.pcapng").open("wb") as file:
        PcapngWriter(file)
    assert live.page_of(tmp_path / "new.pcapng") == NOTHING_YET
