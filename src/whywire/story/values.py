"""How the values of a sentence look: numbers with units, calls with their place, sides by name.

`Values` answers a template's names from a statement's parameters and from where it is said (who sent, which call
asked for it). A name it can't answer is None, and the template leaves that part out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from whywire.base.times import duration
from whywire.story.words import chapter
from whywire.story.words.language import _, fill, plural

TYPE_CHECKING = False
if TYPE_CHECKING:
    from whywire.base.records import Call
    from whywire.connections.model import Value

CUT_SOURCE = 60
_HOW = {
    "exit": _("The {sender}'s program ended, which closes its sockets,"),
    "garbage": _("Python closed a socket object that nothing referred to any more"),
}
_WHAT = {"data": _("data"), "fin": _("a FIN")}
_BYTES = frozenset(("bytes", "total", "received", "unread", "by", "window", "segment_size", "size"))
_GROUPED = frozenset(("before", "after", "count", "attempt", "part", "parts", "duplicates"))
_CALLS = frozenset(("call", "after_call", "before_call"))


def quoted(name: str) -> str:
    """Return a file's name as a shell needs it."""
    if re.fullmatch(r"[\w@%+=:,./-]+", name):
        return name
    return "'" + name.replace("'", "'\"'\"'") + "'"


def byte_count(count: int | None) -> str:
    """Return ``13 bytes``, ``1 byte``, ``10,952 bytes``; None is not known."""
    if count is None:
        return chapter.BYTES_UNKNOWN
    return plural("{n} byte", "{n} bytes", count)


def bits_per_second(rate: int) -> str:
    """Return ``100 Mbit/s``, ``1.5 Mbit/s``, ``64 kbit/s``: no rate is rounded away."""
    for unit, name in ((1_000_000_000, "Gbit/s"), (1_000_000, "Mbit/s"), (1_000, "kbit/s")):
        if rate >= unit:
            return f"{rate / unit:,g} {name}" if rate % (unit // 1000) == 0 else f"{rate / unit:,.3f} {name}"
    return f"{rate} bit/s"


def packet_count(count: int) -> str:
    """Return ``10 packets``."""
    return plural("{n} packet", "{n} packets", count)


def segment_count(count: int) -> str:
    """Return ``9 segments``."""
    return plural("{n} segment", "{n} segments", count)


def file_name(name: str) -> str:
    """Return what a capture is called in a title: its file, or its folder, without where that lies."""
    if name in ("-", "/dev/stdin"):
        return fill(chapter.STANDARD_INPUT, {})
    return name.rstrip("/").rpartition("/")[2] or name


def place(call: Call) -> str:
    """Return where a call stands: ``server.py:18``, or the program's name."""
    name = call.program if call.file is None else call.file.rsplit("/", 1)[-1]
    return name if call.line is None else f"{name}:{call.line}"


def call_name(call: Call) -> str:
    """Return a call for the middle of a sentence: ``server.py:18 send()``."""
    if call.name == "exit":
        return place(call)
    return f"{place(call)} {call.name}({call.args if call.name == 'sleep' else ''})"


def call_source(call: Call) -> str:
    """Return a call with its source line where that is known: ``server.py:18 conn.send(data.upper())``."""
    if not call.source:
        return call_name(call)
    text = call.source if len(call.source) <= CUT_SOURCE else call.source[:CUT_SOURCE - 3] + "..."
    return f"{place(call)} {text}"


def call_list(calls: list[Call]) -> str:
    """Return several calls: ``3 calls of server.py:18 send()``, or their names."""
    counted: dict[str, int] = {}
    for call in calls:
        counted[call_name(call)] = counted.get(call_name(call), 0) + 1
    shown = [name if n == 1 else plural("{n} call of ", "{n} calls of ", n) + name
             for name, n in list(counted.items())[:4]]
    if len(counted) > 4:
        shown.append(plural("{n} other", "{n} others", len(counted) - 4))
    return ", ".join(shown)


class Values(dict[str, str | None]):
    """The values of one sentence, formatted when they are asked for."""

    def __init__(self, params: Mapping[str, Value], calls: Mapping[int, Call], context: Mapping[str, str | None],
                 long: bool = False) -> None:
        super().__init__(context)
        self._params = params
        self._calls = calls
        self._call: Callable[[Call], str] = call_source if long else call_name

    def get(self, name: str, default: str | None = None) -> str | None:  # type: ignore[override]
        """Return the value of ``name`` as text, or None."""
        raw = self._params.get(name)
        if raw is None and name == "bytes_plain":
            raw = self._params.get("bytes")
            return f"{raw:,}" if isinstance(raw, int) else None
        if raw is None:
            return super().get(name, default)
        return self._format(name, raw)

    def _format(self, name: str, raw: Value) -> str | None:
        if name == "how":
            return fill(_HOW[raw], self) if isinstance(raw, str) and raw in _HOW else None
        if name == "what":
            return fill(_WHAT[raw], self) if isinstance(raw, str) and raw in _WHAT else None
        if isinstance(raw, tuple):
            calls = [self._calls[n] for n in raw if isinstance(n, int) and n in self._calls]
            return call_list(calls) if calls else None
        if name in _CALLS:
            call = self._calls.get(raw) if isinstance(raw, int) else None
            return None if call is None else self._call(call)
        if name == "unread" and raw == 0:
            return None  # what shrank the window then was not unread bytes
        if isinstance(raw, int):
            if name.endswith("_ns"):
                return duration(raw)
            if name == "probes":
                return plural("{n} keep-alive probe", "{n} keep-alive probes", raw)
            if name in _BYTES:
                return byte_count(raw)
            return f"{raw:,}" if name in _GROUPED else str(raw)
        return str(raw)
