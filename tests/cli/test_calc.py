"""`whywire calc serve` and `ask`, as processes where that is what a user starts."""

from __future__ import annotations

import os
import pty
import select
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tools.examples import Example, examples
from whywire.cli.main import main

ROOT = Path(__file__).resolve().parents[2]
WHYWIRE = [sys.executable, "-W", "error", "-m", "whywire"]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT / "src")}


@pytest.fixture(scope="module")
def port() -> Iterator[str]:
    """Where `whywire calc serve` listens."""
    process = subprocess.Popen([*WHYWIRE, "calc", "serve", "--port", "0", "--fresh", "60"], env=ENVIRONMENT, text=True,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line.startswith("the calculator listens on 127.0.0.1:")
    yield line.strip().rpartition(":")[2]
    process.send_signal(signal.SIGINT)
    out, errors = process.communicate(timeout=20)
    assert (process.returncode, errors) == (0, "")
    assert "': 200, " in out


def ask(port: str, *words: str) -> int:
    return main(["calc", "ask", "--port", port, *words])


@pytest.mark.parametrize(("words", "out"), [
    (["(2 + 3) * 4"], "20\n"), (["1", "+", "2"], "3\n"), (["-2**2"], "-4\n"), (["-(1+2)"], "-3\n"), (["-.5"], "-0.5\n"),
    (["--steps", "(2 + 3) * 4"], "5 * 4\n20\n"), (["--steps", "7"], "7\n"), (["--", "-pi"], "-3.141592653589793\n"),
    (["--max-age", "60", "1/4"], "0.25\n"), (["--no-cache", "10**20"], "100000000000000000000\n"),
])
def test_ask(words: list[str], out: str, port: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert ask(port, *words) == 0
    assert capsys.readouterr().out == out


def test_an_error_answer(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert ask(port, "1/0") == 2
    assert capsys.readouterr() == ("", "whywire: 400: division by zero has no value\n")


GUIDE = [one for one in examples((ROOT / "docs" / "how-to" / "calculator.md").read_text())
         if one.command.startswith("whywire calc ask")]


@pytest.mark.parametrize("example", GUIDE, ids=[one.command for one in GUIDE])
def test_the_guide(example: Example, port: str, capsys: pytest.CaptureFixture[str]) -> None:
    words = shlex.split(example.command)
    assert ask(port, *words[3:]) == (2 if "whywire: 400" in example.output else 0)
    out, errors = capsys.readouterr()
    assert (out + errors).strip() == example.output.strip()


def test_nobody_listens(capsys: pytest.CaptureFixture[str]) -> None:
    assert ask("1", "1") == 1
    assert capsys.readouterr().err.startswith("whywire: 127.0.0.1:1 can't be reached: Connection refused\n  start a ")


@pytest.mark.parametrize("words", [["serve", "--port", "65536"], ["ask", "--max-age", "-1", "1"],
                                   ["ask", "--port", "x", "1"], ["ask", "--max-age", "70000", "1"], [],
                                   ["serve", "1+1"]])
def test_words_that_make_no_command(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["calc", *words])
    assert caught.value.code == 2
    assert capsys.readouterr().err != ""


def test_lines_of_the_input(port: str) -> None:
    found = subprocess.run([*WHYWIRE, "calc", "ask", "--port", port], input="1+1\n\n 2**10 \n1/0\n" + "3*3\n" * 100,
                           env=ENVIRONMENT, capture_output=True, text=True, timeout=60, check=False)
    assert found.returncode == 2
    assert found.stdout.splitlines() == ["2", "1024", "400: division by zero has no value", *["9"] * 100]
    assert found.stderr == ""


def test_a_line_of_a_slow_pipe_is_answered_before_the_next_one_comes(port: str) -> None:
    process = subprocess.Popen([*WHYWIRE, "calc", "ask", "--port", port], env=ENVIRONMENT, stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE)
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        for asked, answer in ((b"6 * 7\n", b"42\n"), (b"1/0\n2", b"400: division by zero has no value\n")):
            process.stdin.write(asked)
            process.stdin.flush()
            assert read_until(process.stdout.fileno(), b"\n") == answer
        assert (process.communicate(b" ** 10", timeout=20)[0], process.returncode) == (b"1024\n", 2)
    finally:
        process.kill()
        process.communicate()


def read_until(terminal: int, what: bytes) -> bytes:
    """Return what a program wrote to its terminal, up to ``what``."""
    found = b""
    deadline = time.monotonic() + 20
    while what not in found:
        ready, _, _ = select.select([terminal], [], [], deadline - time.monotonic())
        assert ready, found
        found += os.read(terminal, 4096)
    return found


def test_the_prompt_and_its_history(port: str, tmp_path: Path) -> None:
    """The second session finds the expression of the first one with the arrow key."""
    environment = {**ENVIRONMENT, "XDG_STATE_HOME": str(tmp_path), "TERM": "vt100"}
    for typed, answer in ((b"6 * 7\n", b"\n42\r\ncalc> "), (b"\x1b[A\n", b"\n42\r\ncalc> ")):
        ours, theirs = pty.openpty()
        process = subprocess.Popen([*WHYWIRE, "calc", "ask", "--port", port], env=environment, stdin=theirs,
                                   stdout=theirs, stderr=theirs)
        os.close(theirs)
        try:
            assert b"A calculator at 127.0.0.1:" in read_until(ours, b"calc> ")
            os.write(ours, typed)
            read_until(ours, answer)
            os.write(ours, b"1/0\n")
            read_until(ours, b"400: division by zero has no value\r\ncalc> ")
            os.write(ours, b"6 * 7\n")
            read_until(ours, b"42\r\ncalc> ")
            os.write(ours, b"\x04")
            assert process.wait(20) == 0
        finally:
            process.kill()
            process.wait()
            os.close(ours)
    assert "6 * 7" in (tmp_path / "whywire" / "calc_history").read_text()


def test_it_ends_by_itself_after_so_many_connections() -> None:
    process = subprocess.Popen([*WHYWIRE, "calc", "serve", "--port", "0", "--connections", "1", "--quiet"],
                               env=ENVIRONMENT, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    port = process.stdout.readline().strip().rpartition(":")[2]
    assert ask(port, "1") == 0
    out, errors = process.communicate(timeout=20)
    assert (process.returncode, out, errors) == (0, "", "")
