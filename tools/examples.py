"""The commands in the documents: found, run, and their output written anew.

A command stands in a fence of its own, ``console``: lines that begin with ``$ ``, each followed by its output. In a
fence ``console exact`` the output is the real one; ``./dev docs`` writes it anew and a test compares. In a plain
``console`` fence the output, if any, is left as it is (times differ from run to run), but the command has to work.

Commands run in a folder as a reader has it: the clone's ``tests/captures``, a ``capture.pcapng``, a ``server.py`` and a
``client.py``.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from textwrap import dedent
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
FENCE = re.compile(r"^ *```console( exact)?\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
COLUMNS = "100"

NOT_RUN = {
    "sudo ": "changes the system",
    "./dev test": "runs the tests, this one among them",
    "./dev check": "runs lint and types, which .ci/run does",
    "./dev fuzz": "runs for minutes and fetches atheris; tests/hostile runs its targets",
    "./dev docs": "writes what the test compares with",
    ".ci/run": "runs the tests",
    "whywire calc ": "needs a server that runs; tests/cli/test_calc.py holds what the guide says of it",
    "whywire fetch ": "needs a server that runs; tests/apps/fetch holds what the guide says of it",
    "whywire proxy ": "needs an origin, or a proxy that runs; tests/cli/test_proxy.py holds what the guide says of it",
    "whywire view ": "opens a browser; tests/cli/test_view.py holds what the guide says of it",
    "whywire serve ": "serves until it is stopped; tests/apps/site holds what the guide says of it",
}
"""Commands that a test does not run, by how they begin, each with the reason."""


class Example(NamedTuple):
    """A command of a document and the output that stands below it."""

    command: str
    output: str
    exact: bool

    @property
    def left_out(self) -> bool:
        """Tell whether `NOT_RUN` has it."""
        return any(self.command.startswith(start) for start in NOT_RUN)


def documents() -> list[Path]:
    """Return the documents of the repository."""
    return [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]


def examples(text: str) -> Iterator[Example]:
    """Yield the commands of a document."""
    for fence in FENCE.finditer(text):
        yield from _split(dedent(fence[2]), fence[1] is not None)


def _split(body: str, exact: bool) -> Iterator[Example]:
    command, output = "", ""
    for line in body.splitlines(keepends=True):
        if line.startswith("$ "):
            if command:
                yield Example(command, output, exact)
            command, output = line[2:].rstrip("\n"), ""
        elif command.endswith("\\") and not output:
            command += "\n" + line.rstrip("\n")
        else:
            output += line
    if command:
        yield Example(command, output, exact)


def stage(folder: Path) -> None:
    """Lay out the folder in which the commands run."""
    (folder / "bin").mkdir()
    (folder / "tests").mkdir()
    (folder / "tests" / "captures").symlink_to(ROOT / "tests" / "captures")
    (folder / "src").symlink_to(ROOT / "src")
    shutil.copy(ROOT / "tests" / "captures" / "founding" / "a-v2.pcapng", folder / "capture.pcapng")
    for name in ("server.py", "client.py"):
        shutil.copy(ROOT / "src" / "whywire" / "labs" / "v2" / name, folder)
    for name in ("bin/whywire", "dev"):
        command = folder / name
        command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m whywire "$@"\n')
        command.chmod(0o755)


def run(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a command as a reader would, in a folder made by `stage`. Its two outputs come as one."""
    environment = {**os.environ, "PATH": f"{folder / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
                   "PYTHONPATH": str(ROOT / "src"), "COLUMNS": COLUMNS, "TERM": "dumb"}
    return subprocess.run(["sh", "-c", command], cwd=folder, env=environment, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=120, check=False)


def refreshed(text: str, output_of: Callable[[str], str]) -> str:
    """Return a document with the output in its exact fences written anew."""
    def anew(fence: re.Match[str]) -> str:
        if fence[1] is None:
            return fence[0]
        told = "".join(f"$ {one.command}\n{output_of(one.command)}" for one in _split(fence[2], True))
        return f"```console exact\n{told}```"

    return FENCE.sub(anew, text)
