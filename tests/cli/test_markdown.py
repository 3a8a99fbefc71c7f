from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.ladders import capture_file
from whywire.cli import markdown
from whywire.cli.main import main

RECORDED = Path(__file__).resolve().parents[2] / "src" / "whywire" / "labs" / "v2" / "recorded"


def report(*words: str) -> int:
    return main(["report", *words, "--format", "markdown"])


def test_a_report_and_its_picture(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "report.md"
    assert report(str(RECORDED), "-o", str(out)) == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["report.md", "report.svg"]
    assert "](report.svg)" in out.read_text()
    ElementTree.parse(tmp_path / "report.svg")
    assert capsys.readouterr().out == f"{out}: {len(out.read_text()):,} characters, with report.svg\n"


def test_a_picture_for_each_connection(founding: Path, tmp_path: Path) -> None:
    out = tmp_path / "two.md"
    assert report(str(founding / "d-http-redirect.pcapng"), "-o", str(out)) == 0
    assert sorted(path.name for path in tmp_path.glob("*.svg")) == ["two-c1.svg", "two-c2.svg"]
    assert all(f"]({name})" in out.read_text() for name in ("two-c1.svg", "two-c2.svg"))


def test_the_picture_as_text(tmp_path: Path) -> None:
    assert report(str(RECORDED), "--ladder", "-o", str(tmp_path / "report.md")) == 0
    assert [path.name for path in tmp_path.iterdir()] == ["report.md"]
    assert "-->" in (tmp_path / "report.md").read_text()


def test_its_name_without_one(founding: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert report(str(founding / "a-v2.pcapng")) == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a-v2.md", "a-v2.svg"]


def test_one_connection(founding: Path, tmp_path: Path) -> None:
    out = tmp_path / "x.md"
    assert report(str(founding / "d-http-redirect.pcapng"), "--connection", "c2", "-o", str(out)) == 0
    assert [path.name for path in tmp_path.glob("*.svg")] == ["x.svg"]
    assert "### c1" not in out.read_text()


def test_connections_told_in_short_have_a_picture(
        founding: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "ten.md"
    assert report(str(founding / "a-http-browser-snap640.pcapng"), "-o", str(out)) == 0
    text = out.read_text()
    assert sorted(path.name for path in tmp_path.glob("*.svg")) == sorted(f"ten-c{at}.svg" for at in range(1, 11))
    assert all(f"![Sequence picture of c{at}](ten-c{at}.svg)" in text for at in range(1, 11))
    assert "Each is told in short here, c1 to c10 with a picture; whywire report with --connection C or --all" in text
    assert "| 58 |" not in text
    assert "with 10 pictures, ten-c1.svg to ten-c10.svg" in capsys.readouterr().out


def test_a_picture_of_all_where_three_programs_talk(founding: Path, tmp_path: Path) -> None:
    out = tmp_path / "p.md"
    assert report(str(founding / "e-calc-proxy.pcapng"), "-o", str(out)) == 0
    picture = (tmp_path / "p.svg").read_text()
    assert all(f">{title}</text>" in picture for title in ("client", "likely proxy", "server", "127.0.0.1:9998"))
    text = out.read_text()
    assert text.index("![Sequence picture of all connections](p.svg)") < text.index("### c1 ")
    assert "![Sequence picture of c2: client, likely proxy and server](p-c2.svg)" in text


def test_all_of_them_packet_by_packet(founding: Path, tmp_path: Path) -> None:
    out = tmp_path / "all.md"
    assert report(str(founding / "a-http-browser-snap640.pcapng"), "--all", "-o", str(out)) == 0
    rows = [row.split(" | ")[0] for row in out.read_text().split("\n") if row.startswith("| ")]
    assert {f"| {packet}" for packet in range(1, 323)} <= set(rows)
    assert "told in short" not in out.read_text()


def test_too_many_connections_to_tell_each(tmp_path: Path) -> None:
    """Those with the worst findings have a picture, below the table, and the report says which."""
    lines = []
    for at in range(1, 61):
        lines += [f"+1.000 a:{at}>b:80 S 0:0(0) win 64240", f"+0.001 b:80>a:{at} SA 0:0(0) ack 1 win 64240",
                  f"+0.001 a:{at}>b:80 {'R 1:1(0)' if at == 40 else 'A 1:1(0) ack 1 win 64240'}"]
    path, out = capture_file("\n".join(lines), tmp_path / "many.pcapng"), tmp_path / "many.md"
    assert report(str(path), "-o", str(out)) == 0
    drawn = sorted(int(path.stem.partition("-c")[2]) for path in tmp_path.glob("*.svg"))
    assert (len(drawn), 40 in drawn) == (markdown.MOST_PICTURES, True)
    assert [f"![Sequence picture of c{number}]" in out.read_text() for number in drawn] == [True] * len(drawn)
    assert re.search(r"They are too many to tell each; c1.*, c40 have a picture\. whywire report with --connection C",
                     out.read_text())


def test_too_long_for_an_issue(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(markdown, "ISSUE", 1_000)
    assert report(str(RECORDED), "-o", str(tmp_path / "x.md")) == 0
    assert "takes 1,000 characters" in capsys.readouterr().err


def test_a_cut_file_is_told_up_to_the_cut(
        founding: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cut = tmp_path / "cut.pcapng"
    cut.write_bytes((founding / "a-v2.pcapng").read_bytes()[:-70])
    assert report(str(cut), "-o", str(tmp_path / "x.md")) == 2
    assert "everything before it is in the report" in capsys.readouterr().err
    assert "> **Warning:**" in (tmp_path / "x.md").read_text()


def test_where_it_can_not_be_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert report(str(RECORDED), "-o", str(tmp_path / "no" / "x.md")) == 2
    assert "can't be written" in capsys.readouterr().err


def test_the_name_tells_the_format(founding: Path, tmp_path: Path) -> None:
    assert main(["report", str(founding / "a-v2.pcapng"), "-o", str(tmp_path / "x.md")]) == 0
    assert (tmp_path / "x.svg").exists()
    assert main(["report", str(founding / "a-v2.pcapng"), "-o", str(tmp_path / "y.md"), "--format", "html"]) == 0
    assert (tmp_path / "y.md").read_text().startswith("<!DOCTYPE html>")


def test_a_text_picture_has_no_place_in_the_page(
        founding: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", str(founding / "a-v2.pcapng"), "--ladder", "-o", str(tmp_path / "x.html")]) == 2
    assert "--format markdown" in capsys.readouterr().err
