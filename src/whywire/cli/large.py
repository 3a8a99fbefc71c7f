"""One connection, or one packet, of a capture too large to lay out whole: read once, then found by an index."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from whywire.capture.index import SUFFIX, key_of, place_of, read, write
from whywire.connections.accounts import account_of
from whywire.connections.indexed import pack, unpack
from whywire.connections.model import Account
from whywire.connections.track import Tracker
from whywire.packets.table import Capture

MOST_CACHED = 8 << 30
"""Bytes of indices in the cache folder; the oldest go first."""


def open_one(path: str, connection: int | None, packet: int | None, beside: bool) -> tuple[Account, Capture]:
    """Return the account of the connection that is asked for (or that a packet belongs to), and the capture.

    ``beside``: an index is kept beside the file, not in the cache folder. Raises WhywireError for what can't be opened.
    """
    capture, tracker = _followed(path, beside)
    if connection is None and packet is not None:
        rows = tracker.rows
        connection = rows.connection[packet - 1] + 1 if packet <= rows.count else 0
    return account_of(capture, tracker, connection or 0), capture


def _followed(path: str, beside: bool) -> tuple[Capture, Tracker]:
    """Return the capture with its connections, from an index where there is one; else read it and write one."""
    from whywire.capture.opening import open_capture

    file = Path(path)
    source = open_capture(path)
    key = key_of(file)
    for place in (place_of(file, True), place_of(file, False)):
        found = read(place, key)
        if found is not None:
            return unpack(path, source, found.extra, found.columns)
    from whywire.cli.progress import Progress
    from whywire.packets.decode import decode_into
    from whywire.packets.table import PacketTable

    table = PacketTable()
    with Progress(path) as progress:
        decode_into(table, source, 0, progress.step)
    if progress.interrupted:
        raise KeyboardInterrupt
    capture = Capture(path, "file", table, tuple(problem.what for problem in source.problems), (source,))
    tracker = Tracker(table)
    tracker.track()
    _keep(file, place_of(file, beside), capture, tracker)
    return capture, tracker


def _keep(file: Path, place: Path, capture: Capture, tracker: Tracker) -> None:
    """Write an index; where that is not possible say so and go on, for the answer does not need it."""
    extra, columns = pack(capture, tracker)
    try:
        _make_room(place, sum(len(column) * column.itemsize for column in columns.values()))
        write(place, key_of(file), extra, columns)
    except OSError as error:
        print(f"whywire: no index is kept: {place}: {error.strerror}", file=sys.stderr)


def _make_room(place: Path, size: int) -> None:
    """Remove the oldest indices of the cache folder until one of ``size`` bytes fits. Raises OSError: it never will."""
    parent = place.parent
    while not parent.exists():
        parent = parent.parent
    free = os.statvfs(parent)
    if size > free.f_bavail * free.f_frsize // 2:
        raise OSError(28, "it would take more than half of what is free on the disk")
    if place.parent.name != "index" or not place.parent.is_dir():
        return
    held = sorted(place.parent.glob(f"*{SUFFIX}"), key=lambda each: each.stat().st_mtime)
    total = size + sum(each.stat().st_size for each in held)
    for each in held:
        if total <= MOST_CACHED:
            return
        total -= each.stat().st_size
        each.unlink()
