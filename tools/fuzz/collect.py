"""What a run of a target has found: each way of breaking the contract once, with a small input that does it."""

from __future__ import annotations

import hashlib
import re
import resource
import signal
import time
import traceback
from collections.abc import Callable
from pathlib import Path

from tools.fuzz.holds import BrokenError

MOST_SECONDS = 20
"""CPU time that one input may take: the targets' inputs have some thousand bytes, and the machine may be busy."""
MOST_MIB = 64
"""One input may raise the process's peak memory by this much."""
SHRINK_SECONDS = 60


class HangsError(Exception):
    """An input took more CPU time than it may."""


class HungryError(Exception):
    """An input took more memory than it may."""


def bounded(one: Callable[[bytes], None], data: bytes, seconds: float = MOST_SECONDS) -> None:
    """Run a target on an input. Raises what it raises, and HangsError or HungryError."""
    def hangs(*_: object) -> None:
        raise HangsError(f"more than {seconds} s of CPU time")

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    signal.signal(signal.SIGVTALRM, hangs)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        one(data)
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) >> 10
    if grown > MOST_MIB:
        raise HungryError(f"{grown} MiB more")


def signature(error: BaseException) -> str:
    """Return what makes two failures the same: the kind, and where in whywire (or in the contract) it was raised."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__)
              if "/whywire/" in frame.filename or "/tools/" in frame.filename]
    where = "" if not frames or isinstance(error, HangsError) else f"{Path(frames[-1].filename).name}:{frames[-1].name}"
    if isinstance(error, BrokenError):  # one place checks many things
        where = re.sub(r"[0-9]+|\{.*", "", str(error))[:48]
    return f"{type(error).__name__} {where}"


class Collector:
    """Runs a target and keeps what breaks it, so that one finding does not end the run."""

    def __init__(self, one: Callable[[bytes], None], folder: Path) -> None:
        self._one = one
        self._folder = folder
        self.seen: dict[str, Path] = {}
        self.runs = 0
        self._warm = False

    def __call__(self, data: bytes) -> None:
        """Run an input; keep it when it fails in a new way."""
        self.runs += 1
        try:
            bounded(self._one, data)
        except HungryError:
            if self._warm:
                raise
        except Exception as error:
            name = signature(error)
            if name in self.seen:
                return
            self.seen[name] = self._folder
            small = shrunk(self._one, data, name)
            self.seen[name] = self._keep(small, name)
            print(f"FOUND {name}: {str(error)[:300]}\n  {self.seen[name]} ({len(small)} bytes)", flush=True)
            traceback.print_exception(error, limit=-6)
        finally:
            self._warm = self._warm or self.runs > 20

    def _keep(self, data: bytes, name: str) -> Path:
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / f"{name.split(maxsplit=1)[0].lower()}-{hashlib.sha1(data).hexdigest()[:8]}"
        path.write_bytes(data)
        return path


def shrunk(one: Callable[[bytes], None], data: bytes, name: str) -> bytes:
    """Return a smaller input that fails in the same way, as far as some seconds of trying lead."""
    def fails(candidate: bytes) -> bool:
        try:
            bounded(one, candidate, 5)
        except Exception as error:
            return signature(error) == name
        return False

    until = time.monotonic() + SHRINK_SECONDS
    size = len(data) // 2
    while size and time.monotonic() < until:
        at = 0
        while at < len(data) and time.monotonic() < until:
            candidate = data[:at] + data[at + size:]
            if fails(candidate):
                data = candidate
            else:
                at += size
        size //= 2
    return data
