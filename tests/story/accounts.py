"""Stories of captures and of ladders, for the tests of this room and of report."""

from __future__ import annotations

from contextlib import closing
from functools import cache
from pathlib import Path

from tests.ladders import capture_of, run_of
from whywire.capture import open_capture
from whywire.capture.run import open_run
from whywire.connections import Account, account
from whywire.exchanges import Exchanges, find, payload_of
from whywire.packets import decode_capture
from whywire.packets.merge import open_view

CAPTURES = Path(__file__).resolve().parent.parent / "captures"


@cache
def founding(name: str) -> Account:
    """Return the account of a founding capture."""
    path = CAPTURES / "founding" / name
    with closing(open_capture(path)) as source:
        return account(decode_capture(source, name))


@cache
def spoken(name: str) -> Exchanges:
    """Return the exchanges of a founding capture."""
    with closing(open_capture(CAPTURES / "founding" / name)) as source:
        capture = decode_capture(source, name)
        return find(founding(name), payload_of(capture))


def of_ladder(text: str) -> Account:
    """Return the account of a ladder's packets alone."""
    source, _ = capture_of(text)
    with closing(source):
        return account(decode_capture(source, "ladder.pcapng"))


def of_run(text: str, folder: Path) -> Account:
    """Return the account of a ladder as a run: both ends, and the calls."""
    run = open_run(run_of(text, folder))
    view = open_view(run, None)
    try:
        return account(view, run)
    finally:
        for source in view.sources:
            source.close()
