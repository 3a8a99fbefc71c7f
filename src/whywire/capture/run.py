"""The run folder: all that the lab hands to the readers. `RunWriter` makes one, `open_run` reads one.

    run.toml                  what ran, where, how it ended (`run_meta`)
    <host>.pcapng             what each host saw
    calls.jsonl, wire.jsonl   the socket calls; what the wire did on purpose (`calls`)
    sources/<host>/<file>     the programs' files as they were
    output/<host>-<name>.txt  what the programs printed

A folder may come from somebody else, so no name in it leads outside of it, and a damaged one is read as far
as it goes.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import BinaryIO

from whywire.base.errors import WhywireError
from whywire.base.records import Call, WireEvent
from whywire.capture.calls import Record, decode, encode
from whywire.capture.run_meta import CUT, NOT_STARTED, RUNNING, HostMeta, ProgramMeta, RunMeta, from_toml, to_toml

__all__ = ["CUT", "NOT_STARTED", "RUNNING", "HostMeta", "ProgramMeta", "RunFolder", "RunMeta", "RunWriter", "is_run",
           "open_run", "safe_name"]

META, CALLS, WIRE, SOURCES, OUTPUT = "run.toml", "calls.jsonl", "wire.jsonl", "sources", "output"

_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}")
_LINE_LIMIT = 1 << 20
_META_LIMIT = 1 << 20
_OUTPUT_LIMIT = 4 << 20
"""More of what a program printed is not read; nobody reads that much of it in a story."""


def safe_name(name: str) -> bool:
    """Tell whether a host's name can be a file's: letters, digits, ``_ . -``, not first a dot, at most 64."""
    return _NAME.fullmatch(name) is not None


def is_run(path: str | Path) -> bool:
    """Tell whether ``path`` is a run folder, also a damaged one."""
    folder = Path(path)
    try:
        return folder.is_dir() and ((folder / META).is_file() or (folder / CALLS).is_file()
                                    or any(folder.glob("*.pcapng")))
    except OSError:  # a folder that this user may not look into
        return False


def open_run(path: str | Path) -> RunFolder:
    """Open a run folder. Raises WhywireError where there is nothing to explain in it."""
    folder = Path(path)
    if not is_run(folder):
        raise WhywireError(f"{path} is not a run folder: it has no {META} and no pcapng file",
                           "a run folder is what 'whywire run' and 'whywire lab' write below runs/")
    return RunFolder(folder)


class RunFolder:
    """A run folder, opened. ``problems`` grows with what is read."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.problems: list[str] = []
        self.meta = self._meta()
        self.name = self.meta.name
        self.capture_paths = self._capture_paths()
        """Host -> its capture, in the order of ``run.toml``."""
        self.recovered: tuple[Call, ...] = ()
        """Calls of a run that was cut before it could write them down."""

    def calls(self) -> tuple[Call, ...]:
        """Return the socket calls, by start time."""
        found = self._records(CALLS, Call) or self.recovered
        return tuple(sorted(found, key=lambda call: (call.start_ns, call.number)))

    def wire_events(self) -> tuple[WireEvent, ...]:
        """Return what the wire did on purpose, by time."""
        return tuple(sorted(self._records(WIRE, WireEvent), key=lambda event: (event.time_ns, event.number)))

    def source_path(self, host: str, file: str) -> Path | None:
        """Return where a source file of a host's program is kept; None where it is not."""
        return self._inside(f"{SOURCES}/{host}", file) if safe_name(host) else None

    def output(self, program: ProgramMeta) -> str:
        """Return what a program printed, as text; empty where nothing was kept."""
        name = program.output or ""
        path = self._inside("", name) if name else None
        try:
            return "" if path is None else self._beginning(path, name, _OUTPUT_LIMIT)
        except OSError as error:
            self._note(f"{program.output} could not be read: {error.strerror}")
            return ""

    def _beginning(self, path: Path, name: str, most: int) -> str:
        """Return a file's text; of one that is larger than ``most`` the beginning, with a note. Raises OSError."""
        with path.open("rb") as file:
            data = file.read(most + 1)
        if len(data) > most:
            self._note(f"{name} is large; what lies behind its first {most:,} bytes is not read")
        return data[:most].decode("utf-8", errors="replace").replace("\r\n", "\n").replace("\r", "\n")

    def _note(self, problem: str) -> None:
        if problem not in self.problems:
            self.problems.append(problem)

    def _inside(self, below: str, name: str) -> Path | None:
        """Return the path of an existing file, unless it lies outside of the folder (``..``, a link)."""
        root = self.path / below
        try:
            path = (root / name).resolve()
            return path if path.is_relative_to(root.resolve()) and path.is_file() else None
        except (OSError, ValueError, RuntimeError):  # a NUL in the name, a loop of links
            return None

    def _meta(self) -> RunMeta:
        try:
            text = self._beginning(self.path / META, META, _META_LIMIT)
        except OSError as error:
            self._note(f"{META} could not be read ({error.strerror}): hosts and programs are not known")
            return RunMeta(self.path.resolve().name)
        meta, problems = from_toml(text, self.path.resolve().name)
        for problem in problems:
            self._note(problem)
        return meta

    def _capture_paths(self) -> dict[str, Path]:
        names = [host.name for host in self.meta.hosts]
        found: dict[str, Path] = {}
        for name in names or sorted(path.stem for path in self.path.glob("*.pcapng")):
            path = self._inside("", f"{name}.pcapng") if safe_name(name) else None
            if path is not None:
                found[name] = path
            else:
                self._note(f"the run folder has no capture of host {name!r}")
        if not found:
            raise WhywireError(f"{self.path} is a run folder without a capture",
                               "it should hold a pcapng file for each host, such as client.pcapng")
        return found

    def _records(self, name: str, kind: type[Record]) -> list[Record]:
        path = self._inside("", name)
        if path is None:
            self._note(f"the run folder has no {name}")
            return []
        with path.open(encoding="utf-8", errors="replace") as file:
            records, problems = decode(iter(lambda: file.readline(_LINE_LIMIT), ""), kind, name)
        for problem in problems:
            self._note(problem)
        return records


class RunWriter:
    """Makes a run folder and fills it; what was written before a crash is readable. Use it with ``with``."""

    def __init__(self, path: str | Path) -> None:
        """Create the folder. Raises WhywireError where that is not possible or it holds something already."""
        self.path = Path(path)
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            if any(self.path.iterdir()):
                raise WhywireError(f"{path} is not empty; a run gets a folder of its own",
                                   "name another with -o")
            self._calls: BinaryIO = (self.path / CALLS).open("wb")
            self._wire: BinaryIO = (self.path / WIRE).open("wb")
        except OSError as error:
            raise WhywireError(f"the run folder {path} could not be made: {error.strerror}",
                               "name a place that you can write to with -o") from error
        self._sources: dict[tuple[str, str], str] = {}

    def __enter__(self) -> RunWriter:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def capture_path(self, host: str) -> Path:
        """Return where the capture of ``host`` belongs; write it with `PcapngWriter`."""
        return self.path / f"{_checked(host)}.pcapng"

    def output_path(self, host: str, name: str) -> Path:
        """Return a new, empty file for a program's output; ProgramMeta names it relative to `path`."""
        stem = f"{_checked(host)}-{re.sub(r'[^A-Za-z0-9_.-]', '_', name)[:64]}"
        path = self.path / OUTPUT / f"{stem}.txt"
        path.parent.mkdir(exist_ok=True)
        number = 2
        while path.exists():
            path = path.with_name(f"{stem}-{number}.txt")
            number += 1
        path.touch()
        return path

    def add_call(self, call: Call) -> None:
        """Append a call; it is in the file when this returns."""
        self._calls.write(encode(call).encode())
        self._calls.flush()

    def add_wire_event(self, event: WireEvent) -> None:
        """Append a deed of the wire."""
        self._wire.write(encode(event).encode())
        self._wire.flush()

    def copy_source(self, host: str, file: str | Path) -> str | None:
        """Keep a copy of a program's file; return its name below ``sources/<host>/`` (`Call.file`).

        The same file gives the same name; of two files with one name the second gets its folder before it.
        None where the file can't be read (a frozen module, a program that deleted itself).
        """
        original = Path(file).absolute()
        key = (host, str(original))
        if key not in self._sources:
            try:
                content = original.read_bytes()
            except OSError:
                return None
            name = self._free_name(host, original)
            target = self.path / SOURCES / _checked(host) / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
            self._sources[key] = name
        return self._sources[key]

    def write_meta(self, meta: RunMeta) -> None:
        """Write ``run.toml``, whole; a later one replaces it."""
        part = self.path / (META + ".part")
        part.write_text(to_toml(meta), encoding="utf-8")
        part.replace(self.path / META)

    def close(self) -> None:
        """Close what is open."""
        self._calls.close()
        self._wire.close()

    def _free_name(self, host: str, original: Path) -> str:
        taken = {name for (owner, _), name in self._sources.items() if owner == host}
        parts = original.parts[1:]
        for count in range(1, len(parts) + 1):
            name = "/".join(parts[-count:])
            if not any(name == other or other.startswith(name + "/") or name.startswith(other + "/")
                       for other in taken):
                return name
        return f"{len(taken)}/{original.name}"


def _checked(host: str) -> str:
    if not safe_name(host):
        raise WhywireError(f"{host!r} can't be a host's name",
                           "use letters, digits, '-', '_' and '.', at most 64, a letter or digit first")
    return host
