"""Conversations for the tests of this room: said in a few lines, compiled to real frames, read back by the whole river.

    talk = Talk()
    talk.open("c1")
    talk.up("c1", GET)            # a packet from the client, then the server's ACK
    talk.down("c1", b"HTTP/1.1 ...", after=0.2)
    talk.fin("c1", "down")
    found = talk.found()
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from whywire.capture import open_bytes, open_capture
from whywire.capture.compile import Compiled
from whywire.connections import Account, account
from whywire.exchanges import Exchanges, find, payload_of
from whywire.ladder import parse
from whywire.ladder.quoting import quote_bytes
from whywire.packets import decode_capture

GET = b"GET /a HTTP/1.1\r\nHost: h\r\n\r\n"
HEADERS = 54
"""Bytes of a frame before the payload: Ethernet, IPv4, TCP without options."""
CAPTURES = Path(__file__).resolve().parent.parent / "captures"


def get(path: str, *fields: str, method: str = "GET") -> bytes:
    """Return a request."""
    return "\r\n".join([f"{method} {path} HTTP/1.1", "Host: h", *fields, "", ""]).encode()


def ok(body: bytes = b"", *fields: str, status: str = "200 OK", length: bool = True) -> bytes:
    """Return a response."""
    sized = [f"Content-Length: {len(body)}"] if length else []
    return "\r\n".join([f"HTTP/1.1 {status}", *sized, *fields, "", ""]).encode() + body


@dataclass
class _End:
    client: str
    server: str
    port: int
    seq: dict[str, int] = field(default_factory=lambda: {"up": 0, "down": 0})


class Talk:
    """Connections with tags c1, c2, ...; directions ``up`` (from the client) and ``down``."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.packets = 0
        self._ends: dict[str, _End] = {}

    def _line(self, tag: str, way: str, flags: str, length: int, after: float, extra: str = "") -> int:
        end = self._ends[tag]
        ends = f"{end.client}>{end.server}" if way == "up" else f"{end.server}>{end.client}"
        seq, other = end.seq[way], end.seq["down" if way == "up" else "up"]
        ack = f"ack {other} " if "A" in flags else ""
        self.lines.append(f"+{after:.6f} {tag} {ends} {flags} {seq}:{seq + length}({length}) {ack}{extra}")
        self.packets += 1
        return self.packets

    def open(self, tag: str, client: str = "a", server: str = "b", port: int = 80, after: float = 0.001,
             syn: bool = True) -> None:
        """Open a connection; without ``syn`` the capture begins behind the handshake."""
        end = self._ends[tag] = _End(client, server, port)
        self.lines.append(f"connection {tag} {client}:{40000 + len(self._ends)} > {server}:{port}")
        if syn:
            self._line(tag, "up", "S", 0, after)
            end.seq["up"] = 1
            self._line(tag, "down", "SA", 0, 0.0001)
            end.seq["down"] = 1
            self._line(tag, "up", "A", 0, 0.0001)
        end.seq = {"up": 1, "down": 1}

    def refused(self, tag: str, client: str, server: str, port: int, after: float = 0.0001) -> None:
        """Try a connection that is answered by a reset."""
        self._ends[tag] = _End(client, server, port)
        self.lines.append(f"connection {tag} {client}:{40000 + len(self._ends)} > {server}:{port}")
        self._line(tag, "up", "S", 0, after)
        self._ends[tag].seq["up"] = 1
        self._line(tag, "down", "RA", 0, 0.0001)

    def say(self, tag: str, way: str, data: bytes, after: float = 0.001, *, missing: bool = False,
            captured: int | None = None, ack: bool = True) -> int:
        """Send ``data`` in one packet, and the ACK of it; ``missing``: the capture has neither of them."""
        packet = 0
        if not missing:
            cut = "" if captured is None else f" captured {HEADERS + captured}"
            packet = self._line(tag, way, "PA", len(data), after, f"data {quote_bytes(data)}{cut}")
        self._ends[tag].seq[way] += len(data)
        if ack and not missing:
            self._line(tag, "down" if way == "up" else "up", "A", 0, 0.0001)
        return packet

    def up(self, tag: str, data: bytes, after: float = 0.001, **how: object) -> int:
        """Send from the client; return the packet's number."""
        return self.say(tag, "up", data, after, **how)  # type: ignore[arg-type]

    def down(self, tag: str, data: bytes, after: float = 0.001, **how: object) -> int:
        """Send from the server; return the packet's number."""
        return self.say(tag, "down", data, after, **how)  # type: ignore[arg-type]

    def fin(self, tag: str, way: str, after: float = 0.001, *, ack: bool = True) -> int:
        """End one direction; return the packet's number."""
        packet = self._line(tag, way, "FA", 0, after)
        self._ends[tag].seq[way] += 1
        if ack:
            self._line(tag, "down" if way == "up" else "up", "A", 0, 0.0001)
        return packet

    def close(self, tag: str, way: str = "down", after: float = 0.001) -> int:
        """End both directions, ``way`` first; return the first FIN's number."""
        first = self.fin(tag, way, after)
        self.fin(tag, "up" if way == "down" else "down", 0.0002)
        return first

    def rst(self, tag: str, way: str, after: float = 0.001) -> int:
        """Reset; return the packet's number."""
        return self._line(tag, way, "RA", 0, after)

    def raw(self, line: str) -> None:
        """Add a line of the ladder as it stands."""
        self.lines.append(line)
        self.packets += ">" in line

    def account(self) -> tuple[Account, Exchanges]:
        """Compile, decode, explain."""
        source = open_bytes(Compiled(parse("\n".join(self.lines))).capture())
        with closing(source):
            capture = decode_capture(source, "talk")
            told = account(capture)
            return told, find(told, payload_of(capture))

    def found(self) -> Exchanges:
        """Return what the room says of the conversation."""
        return self.account()[1]


@cache
def of_file(path: Path) -> Exchanges:
    """Return what the room says of a capture file."""
    with closing(open_capture(path)) as source:
        capture = decode_capture(source, path.name)
        return find(account(capture), payload_of(capture))


def founding(name: str) -> Exchanges:
    """Return what the room says of a founding capture."""
    return of_file(CAPTURES / "founding" / name)


def links(found: Exchanges, kind: str) -> list[tuple[str, str]]:
    """Return source and target of the links of one kind."""
    return [(str(link.source), str(link.target)) for link in found.links if link.kind == kind]
