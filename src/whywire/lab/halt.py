"""Halting a program for the blink that a burst takes, so that it finds all of it or nothing."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager

_LIMIT_S = 0.02
_STOPPED = b"TtZX"


@contextmanager
def halted(pid: int) -> Iterator[None]:
    """Keep the processes of a program's group from running meanwhile; 0: nobody.

    SIGSTOP and SIGCONT: calls that were waiting (recv, accept, connect, sleep) go on waiting behind it, without
    the program noticing.
    """
    stopped = _signal(pid, signal.SIGSTOP) if pid else False
    try:
        if stopped:
            deadline = time.monotonic() + _LIMIT_S
            while not _is_stopped(pid) and time.monotonic() < deadline:
                time.sleep(0.00002)
        yield
    finally:
        if stopped:
            _signal(pid, signal.SIGCONT)


def _signal(pid: int, number: signal.Signals) -> bool:
    """Signal the program's group where it leads one (a client at a terminal does not), else itself."""
    try:
        if os.getpgid(pid) == pid:
            os.killpg(pid, number)
        else:
            os.kill(pid, number)
    except (ProcessLookupError, PermissionError):
        return False
    return True


def _is_stopped(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:  # noqa: PTH123
            return file.read().rpartition(b")")[2].split()[0] in _STOPPED
    except OSError:
        return True
