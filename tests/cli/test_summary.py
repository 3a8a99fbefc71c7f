from __future__ import annotations

import gzip
import importlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT
from whywire.capture.opening import open_capture
from whywire.cli import progress, summary
from whywire.cli.main import main
from whywire.connections import account
from whywire.packets.decode import decode_capture

TRAPS = ROOT / "tests" / "captures" / "traps"


def numbers(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, object]:
    assert main(["explain", *words, "--summary", "--format", "json"]) == 0
    found: dict[str, object] = json.loads(capsys.readouterr().out)
    return found


def test_a_summary_has_the_numbers_of_the_story(founding: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = founding / "a-v2.pcapng"
    with decode_capture(open_capture(path), "x") as capture:
        told = account(capture)
    found = numbers(capsys, str(path))
    assert found["capture"]["connections"] == len(told.connections)  # type: ignore[index]
    assert found["capture"]["packets"] == told.packets  # type: ignore[index]
    assert found["capture"]["payload_bytes"] == sum(  # type: ignore[index]
        (end.bytes or 0) for c in told.connections for end in (c.client, c.server))


def test_gzip_and_a_pipe_say_the_same(founding: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = founding / "a-v3.pcapng"
    packed = tmp_path / "a.pcapng.gz"
    packed.write_bytes(gzip.compress(path.read_bytes()))
    plain = numbers(capsys, str(path))
    piped = [subprocess.run([sys.executable, "-m", "whywire", "explain", "-", "--summary", "--format", "json"],
                            input=each.read_bytes(), stdout=subprocess.PIPE, check=True,
                            env={**os.environ, "PYTHONPATH": str(ROOT / "src")}).stdout for each in (path, packed)]
    words = [sys.executable, "-m", "whywire", "explain", "-", "--summary"]
    told = subprocess.run(words, input=path.read_bytes(), stdout=subprocess.PIPE, check=True,
                          env={**os.environ, "PYTHONPATH": str(ROOT / "src")}).stdout
    assert told.startswith(b"standard input\n")
    for other in (numbers(capsys, str(packed)), *map(json.loads, piped)):
        assert {**other, "capture": {**other["capture"], "name": ""}} == {  # type: ignore[dict-item]
            **plain, "capture": {**plain["capture"], "name": ""}}  # type: ignore[dict-item]


def test_an_interrupt_prints_what_was_seen(founding: Path, monkeypatch: pytest.MonkeyPatch,
                                           capsys: pytest.CaptureFixture[str]) -> None:
    def interrupted(self: progress.Progress, at: int, _packets: int) -> bool:
        self.bytes, self.interrupted = at, True
        return False

    monkeypatch.setattr(progress.Progress, "step", interrupted)
    assert main(["explain", str(founding / "a-v2.pcapng"), "--summary"]) == 130
    assert "Interrupted: this is what was seen until then" in capsys.readouterr().out


def test_a_summary_loads_nothing_that_lays_out_connections(founding: Path) -> None:
    code = f"""
import sys
from whywire.cli import summary
from whywire.cli.main import main
summary.KEPT = 0  # as of a large capture
assert main(["explain", {str(founding / "a-v2.pcapng")!r}, "--summary"]) == 0
print(sorted(name for name in sys.modules if name.startswith("whywire.")), file=sys.stderr)
"""
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True,
                          env={**os.environ, "PYTHONPATH": str(ROOT / "src")})
    assert "whywire.connections.tally" in done.stderr
    for name in ("connections.model", "connections.scene", "story.document", "story.teller", "report.picture"):
        assert f"whywire.{name}'" not in done.stderr


def test_damage_is_said_behind_what_was_counted(capsys: pytest.CaptureFixture[str]) -> None:
    path = ROOT / "tests" / "captures" / "formats" / "cut_midrecord.pcap"
    assert main(["explain", str(path), "--summary"]) == 2
    told = capsys.readouterr()
    assert "7 packets" in told.out
    assert "cut in mid-record" in told.err


def test_of_a_large_capture_the_worst_connections_are_asked_where_that_is_wanted(
    founding: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:
    path = str(founding.parent / "traps" / "real_zerowin.pcap")
    whole = numbers(capsys, path)
    assert "undecided" not in whole["causes"]  # type: ignore[operator]
    monkeypatch.setattr(summary, "KEPT", 0)
    monkeypatch.setattr(summary, "SMALL", 0)
    counted = numbers(capsys, path)
    assert counted["laid_out"] == {"connections": 0, "packets": 0}
    asked = numbers(capsys, path, "--worst", "1")
    assert asked["laid_out"] == whole["laid_out"]
    assert {each["code"] for each in counted["findings"]} < {each["code"] for each in asked["findings"]}  # type: ignore[attr-defined]
    assert all(each["asked"] in (None, 1) for each in asked["findings"])  # type: ignore[attr-defined]


def test_worst_without_a_summary_is_told_how_to_ask(capsys: pytest.CaptureFixture[str]) -> None:
    path = str(TRAPS / "real_zerowin.pcap")
    assert main(["explain", path, "--worst", "3"]) == 2
    assert "--summary --worst 3" in capsys.readouterr().err


@pytest.mark.parametrize("words", [["--connection", "c1"], ["--packet", "1"], ["--format", "ladder"], ["--all"],
                                   ["--index"], ["--select", "TCP1"], ["--ignore", "TCP1"], ["--level", "note"],
                                   ["--exit-code"]], ids=lambda words: str(words[0]))
def test_an_option_that_a_summary_does_not_heed_is_refused(
    words: list[str], capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["explain", str(TRAPS / "real_zerowin.pcap"), "--summary", *words]) == 2
    told = capsys.readouterr()
    assert not told.out
    assert f"a summary takes no {words[0]}" in told.err


@pytest.mark.parametrize("room", ["connections", "story", "findings"])
def test_what_is_loaded_when_asked_for_is_named_before(room: str) -> None:
    module = importlib.import_module(f"whywire.{room}")
    assert set(module.__all__) <= set(dir(module))
    with pytest.raises(AttributeError, match=rf"module 'whywire\.{room}' has no attribute 'nothing'"):
        module.nothing  # noqa: B018
