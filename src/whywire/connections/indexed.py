"""A capture that was read and followed, as columns for an index, and back."""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, cast

from whywire.base.columns import Columns
from whywire.capture.block import FrameSource, Interface
from whywire.connections.track import Tracker
from whywire.packets.table import Capture, PacketTable

PARTS = ("table", "rows", "flows", "connections")


def pack(capture: Capture, tracker: Tracker) -> tuple[dict[str, Any], dict[str, array[int]]]:
    """Return what an index has to hold: what is no column, as JSON takes it, and the columns by name."""
    table = capture.table
    extra = {
        "count": tracker.count, "problems": list(capture.problems),
        "interfaces": [asdict(interface) for interface in table.interfaces],
        "addresses": [address.hex() for address in table.addresses], "protocols": table.protocols,
        "errors": table.errors, "reassembled": {str(row): whole.hex() for row, whole in table.reassembled.items()},
        "rows": {part: _part(tracker, part).count for part in PARTS},
    }
    columns = {f"{part}.{name}": column for part in PARTS for name, column in _part(tracker, part).columns.items()}
    return extra, columns


def unpack(
    name: str, source: FrameSource, extra: Mapping[str, Any], columns: Mapping[str, memoryview]
) -> tuple[Capture, Tracker]:
    """Return the capture and its tracker as they were. ``source`` is the file, for the bytes of packets."""
    table = PacketTable()
    table.interfaces = [Interface(**each) for each in extra["interfaces"]]
    table.addresses = [bytes.fromhex(each) for each in extra["addresses"]]
    table.protocols, table.errors = extra["protocols"], extra["errors"]
    table.reassembled = {int(row): bytes.fromhex(whole) for row, whole in extra["reassembled"].items()}
    tracker = Tracker(table)
    tracker.count = extra["count"]
    for part in PARTS:
        holder = _part(tracker, part)
        for column in holder.columns:
            holder.columns[column] = cast("array[int]", columns[f"{part}.{column}"])
        holder.count = extra["rows"][part]
        holder.attach()
    return Capture(name, "file", table, tuple(extra["problems"]), (source,)), tracker


def _part(tracker: Tracker, name: str) -> Columns:
    found: Columns = getattr(tracker, name)
    return found
