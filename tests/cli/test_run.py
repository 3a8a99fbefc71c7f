"""`whywire run` with real programs on real virtual hosts."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from whywire.cli.main import main

ROOT = Path(__file__).resolve().parents[2]
PYTHON = sys.executable

SERVER = """\
import socket, sys
with socket.create_server(("", int(sys.argv[1]))) as listener:
    connection, _ = listener.accept()
    while data := connection.recv(100):
        connection.sendall(data.upper())
    connection.close()
"""
CLIENT = """\
import socket, sys
with socket.create_connection((sys.argv[1], int(sys.argv[2]))) as connection:
    connection.sendall(b"hello")
    print("answer:", connection.recv(100))
"""
WAITING_CLIENT = """\
import socket, sys
connection = socket.create_connection((sys.argv[1], int(sys.argv[2])))
connection.sendall(b"hello")
connection.recv(100)
with open(sys.argv[3], "w") as gate:
    gate.write("connected")
connection.recv(100)
"""
HELD_CLIENT = """\
import socket, sys
with socket.create_connection((sys.argv[1], int(sys.argv[2]))) as connection:
    connection.sendall(b"hello")
    print("answer:", connection.recv(100))
    open(sys.argv[3]).read()
"""


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with two programs, made the current one."""
    (tmp_path / "server.py").write_text(SERVER)
    (tmp_path / "client.py").write_text(CLIENT)
    (tmp_path / "waiting.py").write_text(WAITING_CLIENT)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    return tmp_path


def words(client: str = "client.py {server} 12345", server: str = "server.py 12345") -> list[str]:
    return ["run", "--server", f"{PYTHON} {server}", "--client", f"{PYTHON} {client}"]


def test_the_story_names_the_lines(programs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*words(), "-o", "out"]) == 0
    told = capsys.readouterr()
    assert 'connection.sendall(b"hello")' in told.out
    assert "client.py:3" in told.out
    assert "answer: b'HELLO'" in told.out
    assert "whywire explain out" in told.err
    assert sorted(path.name for path in (programs / "out").glob("*.pcapng")) == ["client.pcapng", "server.pcapng"]
    capsys.readouterr()
    assert main(["explain", "out"]) == 0
    assert capsys.readouterr().out == told.out


@pytest.mark.usefixtures("programs")
def test_as_json_causes_are_known(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*words(), "-o", "out", "--format", "json"]) == 0
    story = json.loads(capsys.readouterr().out)
    assert story["view"] == "merged"
    data = [one for one in story["packets_explained"] if "data" in one["kinds"]]
    assert [(one["from"], one["length"], one["cause"]["certainty"]) for one in data] == [
        ("client", 5, "known"), ("server", 5, "known")]
    assert main(["explain", "out", "--at", "server", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["view"] == "at server"


def test_a_program_that_fails_is_part_of_the_story(programs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (programs / "client.py").write_text(CLIENT + "sys.exit(3)\n")
    assert main([*words(), "-o", "out"]) == 0
    assert "exit code 3" in capsys.readouterr().out


def test_a_server_that_dies_at_once(programs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (programs / "server.py").write_text("import sys\nprint('no licence found')\nsys.exit(4)\n")
    assert main([*words(), "-o", "out"]) == 1
    told = capsys.readouterr()
    assert "exit code 4" in told.err
    assert "no licence found" in told.err
    assert "Traceback" not in told.err


def test_a_program_that_does_not_exist(programs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "--server", "whywire-no-such-program 1", "--client", "true"]) in (1, 2)
    assert "whywire-no-such-program" in capsys.readouterr().err
    assert not (programs / "runs").exists()


def test_a_folder_that_holds_something_is_left_alone(programs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (programs / "out").mkdir()
    (programs / "out" / "thesis.txt").write_text("mine")
    assert main([*words(), "-o", "out"]) == 2
    assert "not empty" in capsys.readouterr().err
    assert (programs / "out" / "thesis.txt").read_text() == "mine"


def test_interrupted_it_explains_what_was_recorded_and_leaves_nothing(programs: Path) -> None:
    os.mkfifo(programs / "gate")
    marker = f"waiting.py {{server}} 12345 {programs}/gate"
    started = subprocess.Popen(
        [PYTHON, "-m", "whywire", *words(marker), "-o", "out", "--quiet", "60", "--format", "json"],
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        start_new_session=True)
    assert (programs / "gate").read_text() == "connected"  # returns when the client has come so far
    os.killpg(started.pid, signal.SIGINT)
    told, said = started.communicate(timeout=30)
    assert started.returncode == 130, said
    assert json.loads(told)["run"]["ended"] == "interrupted"
    assert [one["length"] for one in json.loads(told)["packets_explained"] if one["length"]] == [5, 5]
    assert "Traceback" not in said
    assert left(str(programs)) == []


def left(marker: str) -> list[str]:
    """Return the command lines of processes that name ``marker``."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = path.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if marker in line:
            found.append(line)
    return found


def test_the_page_of_a_run_that_goes_on(programs: Path) -> None:
    """While the run goes on its page says so; when it is over the page is that of any other run."""
    os.mkfifo(programs / "gate")
    (programs / "held.py").write_text(HELD_CLIENT)
    process = subprocess.Popen(
        [PYTHON, "-m", "whywire", *words("held.py {server} 12345 gate"), "-o", "out", "--live", "--quiet", "60s"],
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stderr is not None
        url = process.stderr.readline().split()[5]
        with (programs / "gate").open("w") as gate:  # waits until the client has its answer
            so_far = page_with(url, "5 bytes 1..5", 2)
            gate.write("go on")
        at_the_end = page_with(url, "The recording stopped when the client had ended", 1)
        said = process.communicate(timeout=60)
    finally:
        process.kill()
        process.wait()
    assert process.returncode == 0, said[1]
    assert "The run goes on: this is its story so far." in so_far
    assert "(still running)" in so_far
    assert "Neither side has closed so far." in so_far
    assert "TCP212" not in so_far
    assert "The run goes on" not in at_the_end
    assert "so far." not in at_the_end
    assert "FIN ACK" in at_the_end
    assert "HELLO" in said[0]


def page_with(url: str, text: str, times: int) -> str:
    """Return the live page when a text is in it as often as that."""
    deadline = time.monotonic() + 30
    page = ""
    while page.count(text) < times:
        assert time.monotonic() < deadline, page[-3000:]
        with urllib.request.urlopen(f"{url}page", timeout=30) as got:
            page = got.read().decode()
        time.sleep(0.02)
    return page
