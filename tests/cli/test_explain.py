from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from whywire.cli.main import main
from whywire.ladder import parse

CAPTURE = "a-v2.pcapng"
ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "100")


def explain(*words: str) -> int:
    return main(["explain", *words])


def test_text_fits_the_width(founding: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for width in (60, 100):
        assert explain(str(founding / CAPTURE), "--width", str(width)) == 0
        told = capsys.readouterr().out
        assert "Nagle" in told
        assert max(map(len, told.splitlines())) <= width


def test_plain_when_piped_coloured_when_asked(founding: Path, capsys: pytest.CaptureFixture[str]) -> None:
    explain(str(founding / CAPTURE))
    plain = capsys.readouterr().out
    explain(str(founding / CAPTURE), "--color", "always")
    coloured = capsys.readouterr().out
    assert "\x1b[" not in plain
    assert "\x1b[" in coloured


def test_json(founding: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert explain(str(founding / CAPTURE), "--format", "json") == 0
    story = json.loads(capsys.readouterr().out)
    assert story["file"] == str(founding / CAPTURE)
    assert len(story["packets_explained"]) == story["packets"] == 12


def test_ladder_reads_back(founding: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert explain(str(founding / CAPTURE), "--format", "ladder") == 0
    assert parse(capsys.readouterr().out).lines


def test_one_connection_and_one_packet(founding: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert explain(str(founding / "d-http-redirect.pcapng"), "--connection", "c2", "--format", "json") == 0
    assert {one["connection"] for one in json.loads(capsys.readouterr().out)["packets_explained"]} == {"c2"}
    assert explain(str(founding / CAPTURE), "--packet", "p8") == 0
    told = capsys.readouterr().out
    assert "Window" in told
    assert "161266469" in told  # the raw sequence number: 161266463 + 6


def test_all_folds_nothing(founding: Path, capsys: pytest.CaptureFixture[str]) -> None:
    explain(str(founding / "b-v3.pcapng"))
    folded = capsys.readouterr().out
    explain(str(founding / "b-v3.pcapng"), "--all")
    assert len(capsys.readouterr().out.splitlines()) > len(folded.splitlines())


def test_output_file(founding: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert explain(str(founding / CAPTURE), "--format", "json", "-o", str(tmp_path / "story.json")) == 0
    assert capsys.readouterr().out == ""
    assert json.loads((tmp_path / "story.json").read_text())["packets"] == 12


def test_output_that_can_not_be_written(founding: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert explain(str(founding / CAPTURE), "-o", str(tmp_path / "no" / "story")) == 2
    assert "can't be written" in capsys.readouterr().err


def test_a_cut_file_is_explained_up_to_the_cut(
        founding: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    whole = (founding / CAPTURE).read_bytes()
    cut = tmp_path / "cut.pcapng"
    cut.write_bytes(whole[:-70])
    assert explain(str(cut), "--format", "json") == 2
    told = capsys.readouterr()
    assert 0 < json.loads(told.out)["packets"] < 12
    assert str(cut) in told.err
    assert "Traceback" not in told.err


@pytest.mark.parametrize(("name", "content", "says"), [
    ("empty.pcap", b"", "empty"),
    ("letter.txt", b"Dear all, this is not a capture, and never was one.", "letter.txt"),
    ("short.pcap", b"\xd4\xc3\xb2\xa1\x02\x00", "short.pcap"),
])
def test_a_file_that_is_no_capture(
        tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, content: bytes, says: str) -> None:
    (tmp_path / name).write_bytes(content)
    assert explain(str(tmp_path / name)) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert says in told.err
    assert 1 <= len(told.err.splitlines()) <= 3


def test_a_path_that_leads_nowhere_or_to_a_directory(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert explain(str(tmp_path / "none.pcap")) == 2
    assert "no such file" in capsys.readouterr().err
    assert explain(str(tmp_path)) == 2
    assert "directory" in capsys.readouterr().err


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file; the same test runs as an ordinary user")
def test_a_file_that_may_not_be_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "closed.pcap").touch(mode=0o000)
    assert explain(str(tmp_path / "closed.pcap")) == 2
    assert "closed.pcap" in capsys.readouterr().err


@pytest.mark.parametrize(("words", "says"), [
    (["--packet", "13"], "13"), (["--connection", "c9"], "c9"), (["--at", "server"], "--at"),
])
def test_what_is_not_in_the_capture(
        founding: Path, capsys: pytest.CaptureFixture[str], words: list[str], says: str) -> None:
    assert explain(str(founding / CAPTURE), *words) == 2
    told = capsys.readouterr()
    assert says in told.err
    assert told.out == ""


def test_a_wrong_option_names_itself(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        explain("x.pcap", "--packet", "zero")
    assert ended.value.code == 2
    assert "--packet" in capsys.readouterr().err


def test_a_dash_is_standard_input() -> None:
    capture = ROOT / "tests" / "captures" / "founding" / "a-v1.pcapng"
    with capture.open("rb") as file:
        made = subprocess.run([sys.executable, "-m", "whywire", "explain", "-"], stdin=file, capture_output=True,
                              text=True, timeout=60, check=False, env=dict(os.environ, PYTHONPATH=str(ROOT / "src")))
    assert made.returncode == 0
    assert "10 packets, all TCP, 1 connection" in made.stdout


def test_a_full_disk_is_no_bug_of_ours() -> None:
    capture = ROOT / "tests" / "captures" / "founding" / "a-v1.pcapng"
    with open("/dev/full", "w") as full:  # noqa: PTH123
        made = subprocess.run([sys.executable, "-m", "whywire", "explain", str(capture)], stdout=full, text=True,
                              stderr=subprocess.PIPE, timeout=60, check=False,
                              env=dict(os.environ, PYTHONPATH=str(ROOT / "src")))
    assert (made.returncode, made.stderr) == (1, "whywire: the output can't be written: No space left on device\n")
