"""Trace lines of all hosts as `Call` records: numbered by start, sockets named across processes, sources kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from whywire.base.records import Call
from whywire.lab.trace import Line, joined

_EXPLICIT = {"close", "shutdown", "setsockopt"}


@dataclass(frozen=True, slots=True)
class TracedProgram:
    """A host's program with what its tracer wrote."""

    host: str
    address: str
    name: str
    script: str | None
    lines: list[Line]
    ended: dict[int, int]
    """Process -> CLOCK_REALTIME ns at which it was gone, where the lab saw it."""


class CallMaker:
    """Turns lines into calls. ``keep_source(host, file)`` returns a file's name below ``sources/``, or None."""

    def __init__(self, keep_source: Callable[[str, str], str | None]) -> None:
        self._keep_source = keep_source
        self._sockets: dict[tuple[str, int], int] = {}
        self._addresses: dict[str, str] = {}
        """Of each host of the run, by its name."""
        self._texts: dict[str, list[str]] = {}

    def calls(self, programs: Iterable[TracedProgram], stop_ns: int) -> list[Call]:
        """Return all calls of the run that started before ``stop_ns``, by start."""
        found: list[tuple[Line, TracedProgram, dict[int, str]]] = []
        programs = list(programs)
        self._addresses = {program.host: program.address for program in programs}
        for program in programs:
            names = _names(program)
            lines = [line for line in joined(program.lines, stop_ns) if line["ns"] <= stop_ns]
            lines += _closed_by_exit(lines, program, stop_ns)
            found += [(line, program, names) for line in lines]
        found.sort(key=lambda each: (each[0]["ns"], each[0]["i"]))
        return [self._call(number, *each) for number, each in enumerate(found, start=1)]

    def _call(self, number: int, line: Line, program: TracedProgram, names: dict[int, str]) -> Call:
        name, text = line["n"], line.get("a", "")
        how = None
        if name in _EXPLICIT:
            how = text.partition(" = ")[0]
            text = text if name == "setsockopt" else ""
        local, peer = _ends(line, program.address)
        if peer is not None and (called := peer.rpartition(":"))[0] in self._addresses:
            peer = f"{self._addresses[called[0]]}:{called[2]}"  # a connect that failed has nothing but the name
        file = line.get("f")
        end = line.get("end")
        if name == "exit" and line["pid"] in program.ended:
            end = program.ended[line["pid"]]
        return Call(
            number=number, host=program.host, program=names.get(line["pid"], program.name), pid=line["pid"],
            tid=line["tid"], name=name, start_ns=line["ns"], end_ns=end,
            socket=self._socket(program.host, line.get("ino")), fd=line.get("fd"), args=text,
            result=line.get("r"), error=line.get("x"), byte_count=line.get("b"),
            accepted=self._socket(program.host, line.get("ai")), how=how, local=local, peer=peer,
            file=self._keep_source(program.host, file) if file else None, line=line.get("l") or None,
            function=line.get("fn"), source=self._source(file, line.get("l")))

    def _socket(self, host: str, inode: int | None) -> int | None:
        return self._sockets.setdefault((host, inode), len(self._sockets) + 1) if inode else None

    def _source(self, file: str | None, line: int | None) -> str | None:
        if not file or not line:
            return None
        if file not in self._texts:
            try:
                self._texts[file] = Path(file).read_text("utf-8", "replace").splitlines()
            except OSError:
                self._texts[file] = []
        lines = self._texts[file]
        return lines[line - 1].strip() if line <= len(lines) else None


def _ends(line: Line, address: str) -> tuple[str | None, str | None]:
    """Return local and peer of a call; a connection accepted has its own, a refused one the host's address."""
    local = line.get("alo") or line.get("lo")
    peer = line.get("ape") or line.get("pe") or line.get("to")
    if local and peer and local.startswith(("0.0.0.0:", "[::]:")):
        local = f"{address}:{local.rpartition(':')[2]}"
    return local, peer


def _names(program: TracedProgram) -> dict[int, str]:
    """Return how the story names each process: as the program, unless another script runs in it."""
    script = Path(program.script).name if program.script else None
    names = {}
    for line in program.lines:
        if line["t"] == "p":
            main = line.get("main") or ""
            other = main not in ("", "-c", "-m", "__main__.py", script) and script is not None
            names[line["pid"]] = main if other else program.name
    return names


def _closed_by_exit(lines: list[Line], program: TracedProgram, stop_ns: int) -> list[Line]:
    """Return a close for each socket that its only process left open when it ended.

    Python closes most of them itself while it ends (the tracer sees that); the kernel closes the others.
    """
    users: dict[int, set[int]] = {}
    last: dict[int, Line] = {}
    closed: set[int] = set()
    for line in sorted(lines, key=lambda each: int(each["ns"])):
        for inode in (line.get("ino"), line.get("ai")):
            if inode and line["n"] not in ("select", "poll", "epoll"):
                users.setdefault(inode, set()).add(line["pid"])
                last[inode] = line
        if line["n"] == "close" and line.get("ino"):
            closed.add(line["ino"])
    added = []
    for inode, line in last.items():
        gone = [program.ended.get(pid) for pid in users[inode]]
        moment = max((each for each in gone if each is not None), default=None)
        if inode in closed or None in gone or moment is None or moment > stop_ns:
            continue
        local, peer = _ends(line, program.address)
        began = next((each["ns"] for each in lines if each["n"] == "exit" and each["pid"] == line["pid"]), moment)
        added.append({"ns": began, "end": moment, "i": 1 << 30, "pid": line["pid"], "tid": line["pid"],
                      "n": "close", "a": "exit", "ino": inode, "lo": local, "pe": peer})
    return added
