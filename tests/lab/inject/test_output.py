from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.lab.bench import eventually
from tests.lab.inject.traced import PAIR, environment, lines, named, traced


def test_the_start_of_a_call_that_blocks_is_there_at_once(tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text(PAIR + "conn.recv(1)\n")
    with subprocess.Popen([sys.executable, "program.py"], env=environment(tmp_path), cwd=tmp_path) as process:
        assert eventually(lambda: any(line.get("n") == "recv" for line in lines(tmp_path)))
        process.kill()
    assert [line["t"] for line in lines(tmp_path) if line.get("n") == "recv"] == ["s"]


def test_threads_and_forks(tmp_path: Path) -> None:
    calls = traced(tmp_path, PAIR + "import os, threading\nt = threading.Thread(target=lambda: conn.recv(5))\n"
                   "t.start()\nclient.send(b'x')\nt.join()\nif os.fork() == 0:\n    client.send(b'y')\n"
                   "    os._exit(0)\nos.wait()\n")
    first, second = named(calls, "send")
    assert first["pid"] != second["pid"]
    assert first["ino"] == second["ino"]
    assert named(calls, "recv")[0]["tid"] != first["tid"]
    assert sum(line["t"] == "p" and line["pid"] == second["pid"] for line in lines(tmp_path)) == 1
    assert any(line["t"] == "x" and line["pid"] == second["pid"] for line in lines(tmp_path))


def test_descriptors_keep_their_numbers(tmp_path: Path) -> None:
    code = PAIR + "print(server.fileno(), client.fileno(), conn.fileno(), open('/dev/null').fileno())\n"
    (tmp_path / "program.py").write_text(code)
    outputs = [subprocess.run([sys.executable, "program.py"], env=environment(tmp_path, trace), cwd=tmp_path,
                              capture_output=True, text=True, check=True).stdout for trace in (True, False)]
    assert outputs[0] == outputs[1] != ""


def test_a_program_that_closes_all_descriptors_is_still_traced(tmp_path: Path) -> None:
    calls = traced(tmp_path, "import os\nos.closerange(3, 70000)\nkept = [open('/dev/null', 'wb') for _ in range(3)]\n"
                   + PAIR + "client.send(b'x')\n")
    assert len(named(calls, "send")) == 1
