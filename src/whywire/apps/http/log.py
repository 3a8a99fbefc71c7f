"""The access log: a line an answer, in one of three formats, written in batches.

What a client sends can't forge a line: quotes, backslashes and everything that is not printable ASCII are escaped.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Sequence
from time import gmtime, time
from typing import NamedTuple

from whywire.apps.http.app import HeadFacts
from whywire.apps.http.clock import MONTHS
from whywire.base.errors import WhywireError

COMMON, COMBINED, JSON = "common", "combined", "json"
FORMATS = (COMMON, COMBINED, JSON)
BATCH = 2000
"""Lines that are kept at most; then they are written at once."""
_UNSAFE = re.compile(r'[^\x20\x21\x23-\x5b\x5d-\x7e]')


class Entry(NamedTuple):
    """One answer."""

    at: float
    """Seconds since 1970."""
    peer: str
    line: bytes
    """The request line; empty when there was none."""
    status: int
    size: int
    """Bytes of content sent."""
    headers: Sequence[tuple[str, str]] = ()
    facts: HeadFacts | None = None
    took: float = 0.0
    """Seconds from the head to the end of the answer."""
    why: str = ""
    """Why the connection was cut, or the request refused."""


def escaped(text: str) -> str:
    """Return text (latin-1) that can stand between quotes in a line of a log."""
    return _UNSAFE.sub(lambda found: f"\\x{ord(found[0]):02X}", text)


def _field(headers: Sequence[tuple[str, str]], name: str) -> str:
    return next((value for key, value in headers if key == name), "")


class _Stamp:
    """The time as logs write it, made once a second."""

    def __init__(self) -> None:
        self._second = -1
        self._text = ""

    def __call__(self, at: float) -> str:
        if int(at) != self._second:
            self._second = int(at)
            t = gmtime(at)
            self._text = (f"{t.tm_mday:02}/{MONTHS[t.tm_mon - 1]}/{t.tm_year:04}:"
                          f"{t.tm_hour:02}:{t.tm_min:02}:{t.tm_sec:02} +0000")
        return self._text


_stamp = _Stamp()


def common(entry: Entry) -> str:
    """Return the line of the common log format."""
    request = escaped(entry.line.decode("latin-1")) if entry.line else "-"
    return (f'{entry.peer.rpartition(":")[0].strip("[]") or entry.peer} - - [{_stamp(entry.at)}] "{request}" '
            f"{entry.status} {entry.size}")


def combined(entry: Entry) -> str:
    """Return the line of the combined log format: common, with Referer and User-Agent."""
    tail = entry.facts.log_tail if entry.facts is not None else None
    if tail is None:
        headers = entry.headers if entry.facts is None else entry.facts.headers
        tail = f' "{escaped(_field(headers, "referer")) or "-"}" "{escaped(_field(headers, "user-agent")) or "-"}"'
        if entry.facts is not None:
            entry.facts.log_tail = tail
    return common(entry) + tail


def as_json(entry: Entry) -> str:
    """Return one JSON object in ASCII."""
    headers = entry.headers if entry.facts is None else entry.facts.headers
    method, _, rest = entry.line.decode("latin-1").partition(" ")
    target, _, version = rest.rpartition(" ")
    said = {"time": round(entry.at, 3), "client": entry.peer, "method": method, "target": target, "version": version,
            "status": entry.status, "bytes": entry.size, "ms": round(entry.took * 1000, 3),
            "host": _field(headers, "host"), "referer": _field(headers, "referer"),
            "agent": _field(headers, "user-agent")}
    if entry.why:
        said["why"] = entry.why
    return json.dumps(said)


_WRITERS: dict[str, Callable[[Entry], str]] = {COMMON: common, COMBINED: combined, JSON: as_json}


class AccessLog:
    """A log file that is appended to (so that workers may share it), or standard output for ``-``."""

    def __init__(self, path: str, form: str = COMBINED, say: Callable[[str], None] = lambda _: None) -> None:
        self._path = path
        self._write = _WRITERS[form]
        self._say = say
        self._entries: list[Entry] = []
        self._fd = self._open()
        self.lost = 0
        """Lines that could not be written."""

    def _open(self) -> int:
        if self._path == "-":
            return os.dup(1)
        try:
            return os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise WhywireError(f"The access log {self._path} can't be opened: {error.strerror}.",
                               "Give a file in a folder that you may write to.") from None

    def add(self, peer: str, line: bytes, status: int, size: int, headers: Sequence[tuple[str, str]] = (),
            facts: HeadFacts | None = None, took: float = 0.0, why: str = "") -> None:
        """Note an answer."""
        self._entries.append(Entry(time(), peer, line, status, size, headers, facts, took, why))
        if len(self._entries) >= BATCH:
            self.flush()

    def flush(self) -> None:
        """Write what was noted."""
        if not self._entries:
            return
        entries, self._entries = self._entries, []
        text = ("\n".join(map(self._write, entries)) + "\n").encode("ascii")
        try:
            while text:
                text = text[os.write(self._fd, text):]
        except OSError as error:
            if not self.lost:
                self._say(f"the access log can't be written: {error.strerror}; its lines are lost until it can")
            self.lost += len(entries)
        else:
            self.lost = 0

    def reopen(self) -> None:
        """Go on in a new file of the same name: somebody has moved the old one away."""
        self.flush()
        new = self._open()
        os.close(self._fd)
        self._fd = new

    def close(self) -> None:
        """Write the rest."""
        self.flush()
        os.close(self._fd)
