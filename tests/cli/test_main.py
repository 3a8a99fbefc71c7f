from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from whywire import __version__
from whywire.base.errors import WhywireError
from whywire.cli import main as door

ROOT = Path(__file__).resolve().parents[2]
HEAVY = {"asyncio", "inspect", "logging", "email", "json", "socket", "subprocess", "dataclasses", "tempfile",
         "shutil", "bz2"}


def process(*words: str, **options: Any) -> subprocess.CompletedProcess[str]:
    """Run whywire as a process of its own."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "COLUMNS": "100"}
    environment.pop("PYTHONUNBUFFERED", None)
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options}
    command = [sys.executable, "-m", "whywire", *words]
    return subprocess.run(command, text=True, timeout=60, env=environment, check=False, **pipes)


def command_that(monkeypatch: pytest.MonkeyPatch, run: Any) -> None:
    """Make `whywire explain x` call ``run``."""
    parser = SimpleNamespace(parse_args=lambda _: SimpleNamespace(command="explain", run=run))
    monkeypatch.setattr(door, "build", lambda *_: parser)


def raising(error: BaseException) -> Any:
    """Return a command that raises ``error``."""
    def run(_: object) -> int:
        raise error
    return run


def test_version_and_help() -> None:
    assert process("--version").stdout == f"whywire {__version__}\n"
    for words in ((), ("--help",)):
        shown = process(*words)
        assert shown.returncode == 0
        assert all(name in shown.stdout for name in door.COMMANDS)


@pytest.mark.parametrize("command", list(door.COMMANDS))
def test_help_of_every_command_has_an_example(command: str) -> None:
    shown = process(command, "--help")
    assert shown.returncode == 0, shown.stderr
    examples = shown.stdout.partition("examples:")[2]
    assert f"whywire {command}" in examples


def test_help_imports_no_room() -> None:
    code = "import sys; from whywire.cli.main import build; build(None).format_help(); print(*sys.modules)"
    before = set(subprocess.run([sys.executable, "-c", "import sys; print(*sys.modules)"], capture_output=True,
                                text=True, check=True).stdout.split())
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True,
                          env={**os.environ, "PYTHONPATH": str(ROOT / "src")})
    new = set(done.stdout.split()) - before
    assert {name for name in new if name.startswith("whywire")} == {
        "whywire", "whywire.base", "whywire.base.errors", "whywire.cli", "whywire.cli.main", "whywire.cli.terminal"}
    assert new & HEAVY == set()


def test_words_that_make_no_command() -> None:
    done = process("exlpain", "x")
    assert done.returncode == 2
    assert "exlpain" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("code", [1, 2])
def test_a_users_mistake_is_a_sentence(
        monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], code: int) -> None:
    command_that(monkeypatch, raising(WhywireError("x.pcap is empty", "record again", code)))
    assert door.main(["explain", "x.pcap"]) == code
    assert capsys.readouterr().err == "whywire: x.pcap is empty\n  record again\n"


def test_a_bug_is_ours_and_its_traceback_is_kept(
        monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    command_that(monkeypatch, raising(ZeroDivisionError("by nothing")))
    assert door.main(["explain", "x.pcap"]) == 1
    said = capsys.readouterr().err
    [report] = tmp_path.iterdir()
    assert "this is a bug in whywire" in said
    assert str(report) in said
    assert "Traceback" not in said
    kept = report.read_text()
    assert "ZeroDivisionError: by nothing" in kept
    assert __version__ in kept
    assert "x.pcap" in kept


def test_interrupted_quietly(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    command_that(monkeypatch, raising(KeyboardInterrupt()))
    assert door.main(["explain", "x.pcap"]) == 130
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("words", [["--help"], ["explain", "--help"], ["labs"]])
def test_nobody_reads_the_output(words: list[str]) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w") as closed:
        done = process(*words, stdout=closed)
    assert (done.returncode, done.stderr) == (141, "")


def test_a_closed_pipe_ends_quietly(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    silenced: list[bool] = []
    monkeypatch.setattr(door, "silence_output", lambda: silenced.append(True))
    command_that(monkeypatch, raising(BrokenPipeError()))
    assert door.main(["explain", "x.pcap"]) == 141
    assert silenced == [True]
    assert capsys.readouterr().err == ""
