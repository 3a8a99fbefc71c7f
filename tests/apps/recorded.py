"""What the founding captures hold of HTTP: each connection's bytes, request by request. Nothing in them is missing."""

from __future__ import annotations

import re
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import NamedTuple

from whywire.capture import open_capture
from whywire.packets import decode_capture

FOUNDING = Path(__file__).resolve().parent.parent / "captures" / "founding"
_LENGTH = re.compile(rb"Content-Length: (\d+)")


class Exchange(NamedTuple):
    """A request's and its response's bytes, as recorded."""

    asked: bytes
    head: bytes
    body: bytes

    @property
    def target(self) -> str:
        """What was asked for."""
        return self.asked.split()[1].decode()


@cache
def recorded(name: str) -> list[list[Exchange]]:
    """Return the exchanges of each connection of a founding capture that were answered."""
    return spoken(FOUNDING / name)


def spoken(path: Path) -> list[list[Exchange]]:
    """Return the same of any capture, in the order of the first requests; each byte once."""
    pieces: dict[tuple[str, str], dict[int, bytes]] = {}
    with closing(open_capture(path)) as source, decode_capture(source, path.name) as capture:
        table = capture.table
        for row in range(len(table)):
            if data := capture.payload(row):
                ends = (table.source_endpoint(row), table.destination_endpoint(row))
                pieces.setdefault(ends, {})[table.seq[row]] = data
    streams = {ends: _in_order(found) for ends, found in pieces.items()}
    ups = {ends: data for ends, data in streams.items() if data.startswith(b"GET ")}
    return [_exchanges(data, streams.get(ends[::-1], b"")) for ends, data in ups.items()]


def _in_order(pieces: dict[int, bytes]) -> bytes:
    first = next(iter(pieces))
    return b"".join(pieces[seq] for seq in sorted(pieces, key=lambda seq: seq - first & 0xFFFFFFFF))


def _exchanges(up: bytes, down: bytes) -> list[Exchange]:
    found = []
    for asked in up.split(b"\r\n\r\n"):
        if not down:
            break
        head, _, rest = down.partition(b"\r\n\r\n")
        length = _LENGTH.search(head)
        size = int(length[1]) if length else len(rest)
        found.append(Exchange(asked + b"\r\n\r\n", head + b"\r\n\r\n", rest[:size]))
        down = rest[size:]
    return found


def site(folder: Path, connections: list[list[Exchange]]) -> None:
    """Fill a folder with the files that were answered with 200."""
    for each in (one for connection in connections for one in connection if one.head.startswith(b"HTTP/1.1 200")):
        path = folder / (each.target[1:] or "index.html")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(each.body)
