"""Programs with the tracer in them, on loopback: what it writes down."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import whywire.lab

INJECT = Path(whywire.lab.__file__).with_name("inject")
PAIR = """\
import socket
server = socket.create_server(("127.0.0.1", 0))
port = server.getsockname()[1]
client = socket.create_connection(("127.0.0.1", port))
conn, addr = server.accept()
"""


def environment(folder: Path, trace: bool = True, **more: str) -> dict[str, str]:
    """Return the environment of a traced program, or of the same without the tracer."""
    plain = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    ours = {"WHYWIRE_TRACE": str(folder / "trace"), "PYTHONPATH": str(INJECT)} if trace else {}
    return {**plain, "PYTHONDONTWRITEBYTECODE": "1", "PYTHON_COLORS": "0", **ours, **more}


def lines(folder: Path) -> list[dict[str, Any]]:
    """Return what the tracer wrote."""
    path = folder / "trace"
    return [json.loads(line) for line in path.read_text("ascii").splitlines()] if path.exists() else []


def traced(folder: Path, code: str, **more: str) -> list[dict[str, Any]]:
    """Run a program and return its calls, start and end joined; it must end well."""
    script = folder / "program.py"
    script.write_text(code)
    done = subprocess.run([sys.executable, str(script)], env=environment(folder, **more), capture_output=True,
                          text=True, check=False, cwd=folder, timeout=20)
    assert (done.returncode, done.stderr) == (0, "")
    found: dict[tuple[int, int], dict[str, Any]] = {}
    for line in lines(folder):
        if line["t"] in "se":
            key = (line["pid"], line["i"])
            found[key] = {**found.get(key, {}), **line}
    return sorted(found.values(), key=lambda line: (line["ns"], line["i"]))


def named(calls: list[dict[str, Any]], name: str) -> list[dict[str, Any]]:
    """Return the calls of one name."""
    return [call for call in calls if call["n"] == name]
