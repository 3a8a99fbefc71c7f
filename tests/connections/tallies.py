"""All captures of the tests, each as the flat pass counts it and as the small-file path lays it out."""

from __future__ import annotations

from pathlib import Path

from tests.conftest import ROOT
from whywire.base.errors import WhywireError
from whywire.capture.opening import open_capture
from whywire.connections import account
from whywire.connections.model import Account
from whywire.connections.tally import Patterns, Tally
from whywire.connections.track import Tracker
from whywire.packets.decode import decode_capture

CAPTURES = sorted(path for path in (ROOT / "tests" / "captures").rglob("*")
                  if path.is_file() and path.suffix not in (".md", ".tsv", ".txt"))


def both(path: Path, patterns: Patterns | None = None) -> tuple[Tally, Account] | None:
    """Return a capture's tally, also of ``patterns``, and its account; None for what is no capture (the readers' tests
    hold what is said)."""
    try:
        source = open_capture(path)
    except WhywireError:
        return None
    with decode_capture(source, path.name) as capture:
        tracker = Tracker(capture.table)
        tracker.track()
        tally = Tally(tracker.table, tracker.rows, tracker.flows, tracker.connections, tracker.count, patterns)
        return tally, account(capture)


def name_of(path: Path) -> str:
    """Return a capture's name below tests/captures."""
    return path.relative_to(ROOT / "tests" / "captures").as_posix()
