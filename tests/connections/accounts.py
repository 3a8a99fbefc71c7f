"""Accounts of captures for the tests of this room."""

from __future__ import annotations

from contextlib import closing
from functools import cache
from pathlib import Path

from whywire.capture import open_capture
from whywire.connections import Account, Connection, account
from whywire.connections.model import Segment
from whywire.packets import decode_capture

CAPTURES = Path(__file__).resolve().parent.parent / "captures"


@cache
def of_file(path: Path) -> Account:
    """Return the account of a capture file."""
    with closing(open_capture(path)) as source:
        return account(decode_capture(source, path.name))


def trap(name: str) -> Account:
    """Return the account of a capture in ``captures/traps``."""
    return of_file(CAPTURES / "traps" / f"{name}.pcap")


def founding(name: str) -> Account:
    """Return the account of a founding capture, by its file name."""
    return of_file(CAPTURES / "founding" / name)


def only(found: Account) -> Connection:
    """Return the one connection of an account."""
    (connection,) = found.connections
    return connection


def kinds(found: Account) -> dict[str, list[int]]:
    """Return kind -> packet numbers over all connections, the plain kinds left out."""
    plain = {"syn", "syn-ack", "ack", "data", "fin"}
    result: dict[str, list[int]] = {}
    for segment in segments(found):
        for kind in segment.kinds:
            if kind not in plain:
                result.setdefault(kind, []).append(segment.packet)
    return result


def segments(found: Account) -> list[Segment]:
    """Return the segments of all connections in packet order."""
    return sorted((s for c in found.connections for s in c.segments), key=lambda s: s.packet)
