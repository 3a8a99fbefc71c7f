"""The kernel's own verdict on every reset it sends: the tracepoint tcp:tcp_send_reset with its reason (root only)."""

from __future__ import annotations

import ctypes
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_LINE = re.compile(r"tcp_send_reset: .* src=(\S+) dest=(\S+) .*reason=(\w+)")
_PLACES = (Path("/sys/kernel/tracing"), Path("/sys/kernel/debug/tracing"))


class Resets:
    """The resets that were sent while tracing: (local endpoint, remote endpoint) -> reasons, in order."""

    def __init__(self, trace: Path) -> None:
        self._trace = trace

    def read(self) -> dict[tuple[str, str], list[str]]:
        """Return what the kernel wrote so far."""
        found: dict[tuple[str, str], list[str]] = {}
        for match in _LINE.finditer(self._trace.read_text()):
            found.setdefault((match[1], match[2]), []).append(match[3])
        return found


@contextmanager
def traced_resets(scratch: Path) -> Iterator[Resets | None]:
    """Trace resets in a trace instance of its own; None where the tracepoint or its reason is not there."""
    mounted = scratch / "tracing"
    mounted.mkdir()
    libc = ctypes.CDLL(None, use_errno=True)
    place = next((p for p in _PLACES if (p / "events").is_dir()), None)
    own = place is None and libc.mount(b"tracefs", os.fsencode(mounted), b"tracefs", 0, None) == 0
    place = mounted if own else place
    event = None if place is None else place / "events" / "tcp" / "tcp_send_reset" / "format"
    try:
        if place is None or event is None or not event.exists() or "reason" not in event.read_text():
            yield None
            return
        instance = place / "instances" / f"whywire-{os.getpid()}"
        instance.mkdir()
        try:
            (instance / "events" / "tcp" / "tcp_send_reset" / "enable").write_text("1")
            yield Resets(instance / "trace")
        finally:
            (instance / "events" / "tcp" / "tcp_send_reset" / "enable").write_text("0")
            instance.rmdir()
    finally:
        if own:
            libc.umount2(os.fsencode(mounted), 0)
