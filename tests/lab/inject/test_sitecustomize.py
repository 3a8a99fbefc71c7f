from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.lab.inject.traced import INJECT, PAIR, environment, named, traced


def test_the_sitecustomize_behind_ours_is_run(tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "sitecustomize.py").write_text("import builtins\nbuiltins.customized = True\n")
    calls = traced(tmp_path, "customized\n" + PAIR, PYTHONPATH=f"{INJECT}{os.pathsep}{tmp_path / 'own'}")
    assert named(calls, "connect")


def test_without_a_trace_file_nothing_is_replaced(tmp_path: Path) -> None:
    code = ("import socket, sys, time\nassert 'whywire_tracer' not in sys.modules\n"
            "assert 'built-in' in repr(time.sleep)\n")
    environ = {name: value for name, value in environment(tmp_path).items() if name != "WHYWIRE_TRACE"}
    subprocess.run([sys.executable, "-c", code], env=environ, check=True, timeout=20)


def test_a_trace_file_that_can_not_be_written_does_not_stop_the_program(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", "print('fine')"], capture_output=True, text=True, check=True,
                          env=environment(tmp_path, WHYWIRE_TRACE=str(tmp_path / "no" / "where")))
    assert done.stdout == "fine\n"
    assert done.stderr.startswith("whywire: this program is not traced: FileNotFoundError")
