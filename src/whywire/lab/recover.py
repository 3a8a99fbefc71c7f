"""The calls of a run that was cut (kill -9, a crash of the machine): read from the tracers' own files.

A run that ends in order turns those into ``calls.jsonl`` and removes them. A folder may come from somebody else, so
nothing in them is trusted.
"""

from __future__ import annotations

import json
from pathlib import Path

from whywire.base.records import Call
from whywire.capture.calls import decode, encode
from whywire.capture.run_meta import RunMeta
from whywire.lab.calls import CallMaker, TracedProgram
from whywire.lab.trace import Line

PREFIX = ".trace-"
_FOREVER = 1 << 62
_BROKEN = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)


def recovered(folder: Path, meta: RunMeta) -> tuple[tuple[Call, ...], tuple[str, ...]]:
    """Return the calls in the tracers' files, by start, and a sentence for each file that can't be read."""
    programs: list[TracedProgram] = []
    problems: list[str] = []
    for host in meta.hosts:
        path = folder / f"{PREFIX}{host.name}"
        if not path.is_file() or path.is_symlink():
            continue
        name = next((program.name for program in meta.programs if program.host == host.name), host.name)
        programs.append(TracedProgram(host.name, host.address, name, None, _lines(path), {}))
        try:
            CallMaker(_name).calls(programs[-1:], _FOREVER)
        except _BROKEN:
            problems.append(f"{path.name} holds lines that are no trace; its calls are left out")
            programs.pop()
    calls = CallMaker(_name).calls(programs, _FOREVER)
    records, broken = decode(map(encode, calls), Call, "a trace")
    return tuple(records), (*problems, *broken[:1])


def _name(_host: str, file: str) -> str:
    return Path(file).name


def _lines(path: Path) -> list[Line]:
    """Return the lines of a trace; the last one may have been cut."""
    found: list[Line] = []
    for text in path.read_bytes().split(b"\n"):
        try:
            line = json.loads(text)
        except (ValueError, RecursionError):
            continue
        if isinstance(line, dict):
            found.append(line)
    return found
