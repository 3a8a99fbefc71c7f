"""The captures that rules fire on and are silent on: opened, cut, mutated, and what all rules say of them."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import NamedTuple

from tests.ladders import compiled, run_of
from whywire.base.errors import WhywireError
from whywire.capture import open_bytes, open_capture
from whywire.capture.run import RunFolder, open_run
from whywire.connections import Account, account
from whywire.exchanges import find as exchanges_of
from whywire.exchanges import payload_of
from whywire.findings import Finding, find
from whywire.findings.rule import Rule
from whywire.packets import decode_capture
from whywire.packets.merge import open_view
from whywire.packets.table import Capture

HERE = Path(__file__).resolve().parent
OWN = HERE / "captures"
SHARED = HERE.parent / "captures"
MARKS = (" arrives ", " lost", " dropped")


class Case(NamedTuple):
    """A capture with what the rules say of it."""

    account: Account
    packets: int
    findings: tuple[Finding, ...]


def path_of(name: str) -> Path:
    """Return the file of a rule's reference: below tests/captures, or below the captures of the rules' tests."""
    own = OWN / name
    return own if own.exists() else SHARED / name


def firing(rule: Rule) -> str:
    """Return the reference of the capture on which a rule fires."""
    return rule.fires_on or f"{rule.code}/fires.ladder"


def silent(rule: Rule) -> str:
    """Return the reference of the near miss."""
    return rule.silent_on or f"{rule.code}/silent.ladder"


@cache
def run_folder(path: Path) -> Path:
    """Return a run folder that holds a ladder; it is removed when the tests end."""
    folder = Path(tempfile.mkdtemp(prefix="whywire-findings-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return run_of(path.read_text(), folder / "run")


@contextmanager
def opened(path: Path) -> Iterator[tuple[Capture, RunFolder | None]]:
    """Open a capture: a file, or a ladder (as a run in the merged view if it has calls, arrivals or losses)."""
    text = path.read_text() if path.suffix == ".ladder" else ""
    if not text:
        with decode_capture(open_capture(path), path.name) as capture:
            yield capture, None
    elif any(mark in text for mark in MARKS):
        run = open_run(run_folder(path))
        with open_view(run, None) as capture:
            yield capture, run
    else:
        with decode_capture(open_bytes(compiled(text).capture(), path.name), path.name) as capture:
            yield capture, None


@cache
def case(name: str) -> Case:
    """Return what all rules say of a capture, by its reference."""
    with opened(path_of(name)) as (capture, run):
        return judged(capture, run)


def judged(capture: Capture, run: RunFolder | None = None) -> Case:
    """Return what all rules say of an opened capture."""
    found = account(capture, run)
    spoken = exchanges_of(found, payload_of(capture))
    return Case(found, len(capture.table), find(found, capture, exchanges=spoken))


def fired(name: str, code: str) -> list[Finding]:
    """Return the findings of one rule on a capture."""
    return [finding for finding in case(name).findings if finding.code == code]


def prefixes(name: str) -> Iterator[Case]:
    """Yield what all rules say of every beginning of a capture, its calls cut at the same moment."""
    with opened(path_of(name)) as (capture, run):
        calls = run.calls() if run else ()
        times = list(capture.table.time_ns)
        for count in range(len(times)):
            table = capture.table.take(range(count))
            cut = capture._replace(table=table)
            if run is not None:
                until = times[count]
                kept = tuple(call for call in calls if call.start_ns <= until)
                run.calls = lambda kept=kept: kept  # type: ignore[method-assign]
            yield judged(cut, run)


def of_bytes(data: bytes) -> Case | None:
    """Return what all rules say of a file's bytes; None where they are no capture."""
    try:
        with decode_capture(open_bytes(data, "mutated"), "mutated") as capture:
            return judged(capture)
    except WhywireError:
        return None


def file_bytes(name: str) -> bytes:
    """Return the bytes of a capture's file; of a ladder those of the capture made of it."""
    path = path_of(name)
    return compiled(path.read_text()).capture() if path.suffix == ".ladder" else path.read_bytes()
