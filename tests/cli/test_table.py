from __future__ import annotations

import csv
import gzip
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.conftest import ROOT
from whywire.cli import progress
from whywire.cli import table as command
from whywire.cli.main import main

RUN = ROOT / "src" / "whywire" / "labs" / "v2" / "recorded"
CUT = ROOT / "tests" / "captures" / "formats" / "cut_midrecord.pcap"


@pytest.fixture
def capture(founding: Path) -> str:
    return str(founding / "a-v2.pcapng")


def test_packets_by_default_and_the_format_by_the_name(capture: str, tmp_path: Path) -> None:
    target = tmp_path / "p.parquet"
    assert main(["table", capture, "-o", str(target)]) == 0
    table = pq.read_table(target)
    assert table.num_rows == 12
    assert "cause" not in table.column_names
    assert main(["table", capture, "-o", str(target), "--causes"]) == 0
    assert pq.read_table(target).column("cause").to_pylist()[:2] == ["call", "answers"]


def test_several_tables_go_into_a_folder(capture: str, tmp_path: Path) -> None:
    assert main(["table", capture, "--what", "all", "--format", "jsonl", "-o", str(tmp_path / "t")]) == 0
    assert {path.name: len(path.read_text().splitlines()) for path in (tmp_path / "t").iterdir()} == {
        "packets.jsonl": 12, "connections.jsonl": 1, "exchanges.jsonl": 0, "findings.jsonl": 1}
    assert main(["table", capture, "--what", "packets,connections", "-o", str(tmp_path / "u")]) == 0
    assert {path.name for path in (tmp_path / "u").iterdir()} == {"packets.parquet", "connections.parquet"}


def test_text_goes_to_standard_output(capture: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["table", capture, "--what", "connections", "--format", "csv"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [(row["opening"], row["closing"]) for row in rows] == [("handshake", "orderly")]


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("words", [(), ("--what", "findings")])
def test_a_pipe_says_the_same(packed: bool, words: tuple[str, ...], capture: str,
                              capsys: pytest.CaptureFixture[str]) -> None:
    data = Path(capture).read_bytes()
    piped = subprocess.run([sys.executable, "-m", "whywire", "table", "-", "--format", "jsonl", *words], check=True,
                           input=gzip.compress(data) if packed else data, stdout=subprocess.PIPE,
                           env={**os.environ, "PYTHONPATH": str(ROOT / "src")}).stdout.decode()
    assert main(["table", capture, "--format", "jsonl", *words]) == 0
    assert piped == capsys.readouterr().out


def test_a_run_has_arrivals_and_the_calls_behind_its_packets(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["table", str(RUN), "--format", "jsonl", "--causes"]) == 0
    merged = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert all(row["arrival_ns"] > row["time_ns"] and row["lost"] is False for row in merged)
    assert merged[0]["cause_ref"].startswith("k")
    assert merged[0]["cause_certainty"] == "known"
    assert main(["table", str(RUN), "--format", "jsonl", "--at", "server"]) == 0
    assert {json.loads(line)["arrival_ns"] for line in capsys.readouterr().out.splitlines()} == {None}


@pytest.mark.parametrize(("words", "told"), [
    ((), "a table needs a file to be written to"),
    (("-o", "a.xlsx"), "its name does not say the format"),
    (("--what", "all"), "several tables need a folder"),
    (("--at", "server", "--format", "csv"), "--at server chooses a host of a run"),
    (("--what", "exchanges", "--format", "csv", "--detail-limit", "3"), "more than the limit of 3"),
])
def test_bad_use_is_a_sentence(words: tuple[str, ...], told: str, capture: str, tmp_path: Path,
                               monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["table", capture, *words]) == 2
    assert told in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("words", [("--what", "rows"), ("--detail-limit", "many")])
def test_bad_words_are_refused_by_name(words: tuple[str, str], capture: str,
                                       capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["table", capture, *words])
    assert words[1] in capsys.readouterr().err


def test_a_file_where_the_folder_would_be(capture: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "t").write_text("")
    assert main(["table", capture, "--what", "all", "-o", str(tmp_path / "t")]) == 2
    assert "can't be the tables' folder" in capsys.readouterr().err


def test_damage_is_said_behind_what_was_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "p.csv"
    assert main(["table", str(CUT), "-o", str(target)]) == 2
    assert len(target.read_text().splitlines()) == 8
    assert "cut in mid-record" in capsys.readouterr().err


def test_an_interrupt_while_reading_writes_what_was_read(
        capture: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def interrupted(self: progress.Progress, _at: int, _packets: int) -> bool:
        self.interrupted = True
        return False

    monkeypatch.setattr(progress.Progress, "step", interrupted)
    assert main(["table", capture, "-o", str(tmp_path / "p.csv")]) == 130
    assert "has the first 12 packets" in capsys.readouterr().err
    assert len((tmp_path / "p.csv").read_text().splitlines()) == 13


def test_a_terminal_shows_how_many_rows_were_written(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setattr(command, "LEAST_S", 0.0)
    tell = command._teller(1_000_000)
    tell(250_000)
    assert screen.getvalue() == "\r 25%  250,000 of 1,000,000 rows written"
    tell(-1)
    assert screen.getvalue().endswith("\r" + " " * 39 + "\r")
