"""Requests and responses over any cut of any bytes into segments: they never raise, and how they were cut is no matter.

A script makes one connection: each step is a byte for who sends and what happens to the segment (lost, sent twice, cut
by the snap length), a byte for its length, and then its bytes.
"""

from __future__ import annotations

from collections.abc import Iterable

from tools.fuzz.explain import explain

LOST, TWICE, CUT = 0x10, 0x20, 0x40
GET = b"GET /a HTTP/1.1\r\nHost: h\r\n\r\n"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
CALC = bytes.fromhex("6553f100" "000f" "1400" "003c" "0000")
ANSWER = bytes.fromhex("6553f100" "0019" "10c8" "003c" "0000")


def seeds() -> Iterable[bytes]:
    """Conversations in HTTP and of the calculator."""
    def said(*parts: tuple[int, bytes]) -> bytes:
        return b"".join(bytes([who, len(text)]) + text for who, text in parts)
    yield said((0, GET), (1, OK), (0, GET), (1, OK))
    yield said((0, GET[:7]), (0, GET[7:] + GET), (1, OK + OK[:9]), (1, OK[9:]))
    yield said((0, b"GET /a HTTP/1.0\r\n\r\n"), (1, b"HTTP/1.0 200 OK\r\n\r\nuntil close"))
    yield said((0, b"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"),
               (0, b"5\r\nhello\r\n0\r\n\r\n"), (1, b"HTTP/1.1 100 Continue\r\n\r\n"), (1 | TWICE, OK))
    yield said((0, CALC + b"1+2"), (1, ANSWER + b'{"result": 3}'))
    yield said((0 | LOST, GET), (0, GET), (1 | CUT, OK))


def one(data: bytes) -> None:
    """Make a capture of the script and explain it."""
    explain(capture(data))


def capture(script: bytes) -> bytes:
    """Return the pcap file (raw IP) of a script."""
    out = [bytes.fromhex("d4c3b2a1020004000000000000000000ffff000065000000")]
    position = [1, 1]
    time = 0

    def packet(who: int, flags: int, payload: bytes = b"", cut: bool = False) -> None:
        nonlocal time
        time += 5_000
        frame = _frame(who, flags, position[who], position[1 - who], payload)
        kept = frame[:60] if cut else frame
        out.append(b"".join(n.to_bytes(4, "little") for n in (1, time, len(kept), len(frame))) + kept)

    position[0], position[1] = 0, 0
    packet(0, 2)
    position[0] = 1
    packet(1, 0x12)
    position[1] = 1
    packet(0, 0x10)
    at = 0
    for _ in range(200):
        if at + 2 > len(script):
            break
        kind, size = script[at], script[at + 1]
        payload = script[at + 2:at + 2 + size]
        at += 2 + len(payload)
        who = kind & 1
        for _ in range(0 if kind & LOST else 2 if kind & TWICE else 1):
            packet(who, 0x18 | (kind >> 1 & 1), payload, bool(kind & CUT))
        position[who] += len(payload) + (kind >> 1 & 1)
    for who in (0, 1):
        packet(who, 0x11)
        position[who] += 1
    return b"".join(out)


def _frame(who: int, flags: int, seq: int, ack: int, payload: bytes) -> bytes:
    ends = [(b"\x0a\0\0\1", 40_000), (b"\x0a\0\0\2", 80)]
    (source, port), (destination, to) = ends[who], ends[1 - who]
    tcp = b"".join((port.to_bytes(2, "big"), to.to_bytes(2, "big"), (1000 * (who + 1) + seq).to_bytes(4, "big"),
                    (1000 * (2 - who) + ack if flags & 0x10 else 0).to_bytes(4, "big"),
                    bytes([0x50, flags, 0xFF, 0xFF, 0, 0, 0, 0]), payload))
    head = bytes([0x45, 0]) + (20 + len(tcp)).to_bytes(2, "big") + bytes([0, 0, 0x40, 0, 64, 6, 0, 0])
    return head + source + destination + tcp
