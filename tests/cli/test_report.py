from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.lab.bench import can_run_labs
from tests.report.html.pages import talk_run
from whywire.cli.main import main
from whywire.cli.report import AROUND, LEAST, WHOLE_FILE, excerpt, share

MOST_KB = 400


def told(path: Path) -> dict[str, object]:
    """Return the data of a written page."""
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', path.read_text("utf-8"), re.DOTALL)
    assert found is not None
    loaded: dict[str, object] = json.loads(found[1])
    return loaded


def test_it_writes_the_page_and_says_where(founding: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "v2.html"
    assert main(["report", str(founding / "a-v2.pcapng"), "-o", str(out)]) == 0
    said = capsys.readouterr().out
    assert said.startswith(f"{out}: ")
    assert told(out)["name"] == "a-v2.pcapng"
    assert str(founding) not in out.read_text("utf-8")


def test_without_a_name_it_takes_that_of_the_capture(
    founding: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["report", str(founding / "a-v1.pcapng")]) == 0
    assert (tmp_path / "a-v1.html").is_file()


def test_a_run_with_its_sources_in_either_view(tmp_path: Path) -> None:
    run = talk_run(tmp_path)
    for words, view in (([], "merged"), (["--at", "a"], "at a")):
        out = tmp_path / "page.html"
        assert main(["report", str(run), *words, "-o", str(out)]) == 0
        page = told(out)
        assert (page["view"], len(page["sources"])) == (view, 1)  # type: ignore[arg-type]


def test_only_one_connection_and_chosen_rules(founding: Path, tmp_path: Path) -> None:
    out = tmp_path / "page.html"
    capture = str(founding / "a-http-browser-snap640.pcapng")
    assert main(["report", capture, "--connection", "c2", "--select", "CAP", "-o", str(out)]) == 0
    page = told(out)
    assert [row["c"] for row in page["connections"]] == [2]  # type: ignore[attr-defined]
    assert {rule["code"][:3] for rule in page["rules"]} <= {"CAP"}  # type: ignore[attr-defined]


def test_all_packets_however_many(founding: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("whywire.story.detail.MOST", 12)
    capture, out = str(founding / "d-http-redirect.pcapng"), tmp_path / "page.html"
    for words, detailed in (([], 11), (["--packets", "22"], 22), (["--all"], 22)):
        assert main(["report", capture, *words, "-o", str(out)]) == 0
        assert told(out)["counts"]["detailed"] == detailed  # type: ignore[index]


def test_damage_is_told_and_what_is_before_it_is_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cut = Path(__file__).parents[1] / "captures" / "formats" / "cut_midrecord.pcap"
    out = tmp_path / "page.html"
    assert main(["report", str(cut), "-o", str(out)]) == 2
    assert "everything before it is in the page" in capsys.readouterr().err
    assert told(out)["packets"]


def test_a_capture_without_packets_makes_a_page_that_says_so(tmp_path: Path) -> None:
    empty = Path(__file__).parents[1] / "captures" / "formats" / "hdr_only.pcap"
    out = tmp_path / "page.html"
    assert main(["report", str(empty), "-o", str(out)]) == 0
    page = told(out)
    assert (page["packets"], page["scenes"], page["connections"]) == ([], [], [])
    assert "holds no packets" in str(page["story"])


def test_where_it_can_not_write_it_says_so(founding: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", str(founding / "a-v1.pcapng"), "-o", str(tmp_path / "no" / "page.html")]) == 2
    assert "can't be written" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["v1", "v2", "v3", "v4"])
def test_the_page_of_a_lab_is_small(name: str, tmp_path: Path) -> None:
    can_run_labs()
    assert main(["lab", name, "-o", str(tmp_path / name)]) == 0
    out = tmp_path / "page.html"
    assert main(["report", str(tmp_path / name), "-o", str(out)]) == 0
    assert out.stat().st_size <= MOST_KB * 1000
    assert {source["host"] for source in told(out)["sources"]} == {"client", "server"}  # type: ignore[attr-defined]


def test_a_share_of_the_room() -> None:
    assert share([100, 200, 5000], 10_000) == 5000
    assert share([100, 5000, 5000], 4100) == 2000
    assert share([5000] * 100, 10) == LEAST
    assert share([], 10) == LEAST


def test_of_a_long_file_what_is_around_the_lines_that_matter() -> None:
    lines = [f"line {at}" for at in range(1, 2001)]
    found = excerpt(lines, {1000})
    assert [number for number, _ in found] == list(range(1000 - AROUND, 1001 + AROUND))
    assert found[0][1] == f"line {1000 - AROUND}"
    assert len(excerpt(lines[:WHOLE_FILE], {7})) == WHOLE_FILE
