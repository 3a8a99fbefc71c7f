from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.lab.bench import eventually
from whywire.lab.halt import halted

WAITS = "import sys, threading; print('up', flush=True); print(sys.stdin.readline(), end='', flush=True)"


def state(pid: int) -> str:
    """Return the state letter of a process."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


def test_a_program_is_halted_and_goes_on() -> None:
    with subprocess.Popen([sys.executable, "-c", WAITS], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                          start_new_session=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline() == "up\n"
        with halted(process.pid):
            assert state(process.pid) == "T"
        assert eventually(lambda: state(process.pid) == "S")
        process.stdin.write("still here\n")
        process.stdin.close()
        assert process.stdout.read() == "still here\n"
    assert process.returncode == 0


def test_nobody_and_a_process_that_is_gone_are_no_trouble() -> None:
    with subprocess.Popen([sys.executable, "-c", "pass"]) as process:
        pass
    with halted(0), halted(process.pid):
        assert process.returncode == 0
