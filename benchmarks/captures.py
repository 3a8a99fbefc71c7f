"""Make the captures that the benchmarks read: always the same bytes for the same arguments.

    python benchmarks/captures.py KIND PACKETS OUT.pcap

Kinds: ``http`` (connections of some 34 packets: requests, responses of a few segments, some kept alive, a few ended
by a reset, a little loss), ``tiny`` (a SYN, an RST: two packets a connection), ``bulk`` (one connection, full segments,
1 % sent again after three duplicate ACKs).
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from struct import Struct
from typing import BinaryIO

FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16
MSS = 1448
ETHERNET = bytes.fromhex("020000000002020000000001" "0800")
RECORD, IP = Struct("<IIII").pack, Struct("!BBHHHBBHII").pack
TCP = Struct("!HHIIBBHHHBBBBII").pack
Packet = tuple[int, int, int, int, int, int, int, bytes]
"""Direction (0: from the client), client, port, seq, ack, flags, window, payload; numbers relative to the ISN."""

REQUEST = (b"GET /page HTTP/1.1\r\nHost: example.test\r\nUser-Agent: bench\r\nAccept: */*\r\n" + b"X-Pad: " + b"p" * 240
           + b"\r\n\r\n")
FILLER = bytes(range(32, 127)) * 20


def response(length: int) -> bytes:
    """Return the head of a response with ``length`` bytes of body."""
    return b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n" % length


def conversation(client: int, port: int, dice: random.Random) -> Iterator[Packet]:
    """Yield an HTTP connection: one to four exchanges, and how it ended."""
    yield 0, client, port, 0, 0, SYN, 64240, b""
    yield 1, client, port, 0, 1, SYN | ACK, 65160, b""
    yield 0, client, port, 1, 1, ACK, 502, b""
    up = down = 1
    for _ in range(dice.randint(1, 4)):
        yield 0, client, port, up, down, PSH | ACK, 502, REQUEST
        up += len(REQUEST)
        yield 1, client, port, down, up, ACK, 509, b""
        segments = dice.randint(1, 9)
        head = response(segments * MSS - 71)
        first = head + FILLER[:MSS - len(head)]
        for number in range(segments):
            payload = first if number == 0 else FILLER[:MSS]
            yield 1, client, port, down, up, ACK | (PSH if number == segments - 1 else 0), 509, payload
            if dice.random() < 0.002:
                yield 1, client, port, down, up, ACK, 509, payload
            down += len(payload)
            if number & 1 or number == segments - 1:
                yield 0, client, port, up, down, ACK, 501, b""
    if dice.random() < 0.05:
        yield 0, client, port, up, down, RST | ACK, 502, b""
        return
    yield 0, client, port, up, down, FIN | ACK, 502, b""
    yield 1, client, port, down, up + 1, FIN | ACK, 509, b""
    yield 0, client, port, up + 1, down + 1, ACK, 502, b""


def refused(client: int, port: int, _: random.Random) -> Iterator[Packet]:
    """Yield a connection that nobody takes."""
    yield 0, client, port, 0, 0, SYN, 64240, b""
    yield 1, client, port, 0, 1, RST | ACK, 0, b""


def bulk(client: int, port: int, dice: random.Random) -> Iterator[Packet]:
    """Yield one connection that never ends: a lost segment is asked for three times and sent again."""
    yield 0, client, port, 0, 0, SYN, 64240, b""
    yield 1, client, port, 0, 1, SYN | ACK, 65160, b""
    yield 0, client, port, 1, 1, ACK, 502, b""
    down, payload = 1, FILLER[:MSS]
    while True:
        lost = dice.random() < 0.01
        for number in range(5 if lost else 2):
            if not (lost and number == 0):
                yield 1, client, port, down + number * MSS, 1, ACK, 509, payload
            if lost and 0 < number < 4:
                yield 0, client, port, 1, down, ACK, 4096, b""
        if lost:
            yield 1, client, port, down, 1, ACK, 509, payload
        down += (5 if lost else 2) * MSS
        yield 0, client, port, 1, down, ACK, 4096, b""


def interleaved(kind: str, dice: random.Random) -> Iterator[Packet]:
    """Yield packets of some 40 conversations at a time (bulk: of one)."""
    if kind == "bulk":
        yield from bulk(0x0A000001, 40000, dice)
    make = {"http": conversation, "tiny": refused}[kind]
    number = 0
    open_ones: list[Iterator[Packet]] = []
    while True:
        while len(open_ones) < 40:
            open_ones.append(make(0x0A000000 + number // 50000 + 1, 10000 + number % 50000, dice))
            number += 1
        at = dice.randrange(len(open_ones))
        for _ in range(dice.randint(1, 4)):
            packet = next(open_ones[at], None)
            if packet is None:
                del open_ones[at]
                break
            yield packet


def write(out: BinaryIO, kind: str, packets: int) -> None:
    """Write ``packets`` frames as a pcap file with microseconds."""
    out.write(bytes.fromhex("d4c3b2a1020004000000000000000000ffff000001000000"))
    now = 1_700_000_000_000_000
    pieces: list[bytes] = []
    for number, packet in enumerate(interleaved(kind, random.Random(kind))):
        if number == packets:
            break
        down, client, port, seq, ack, flags, window, payload = packet
        now += 37
        isn = (client * 31 + port * 65537) & 0xFFFFFFFF
        own, peer = (isn ^ 0x5A5A5A5A, isn) if down else (isn, isn ^ 0x5A5A5A5A)
        ends = (0x0A010001, client) if down else (client, 0x0A010001)
        ports = (80, port) if down else (port, 80)
        total = 52 + len(payload)
        pieces.append(RECORD(now // 1_000_000, now % 1_000_000, total + 14, total + 14) + ETHERNET
                      + IP(0x45, 0, total, number & 0xFFFF, 0x4000, 64, 6, 0, *ends)
                      + TCP(*ports, own + seq & 0xFFFFFFFF, (peer + ack & 0xFFFFFFFF) if flags & ACK else 0, 0x80,
                            flags, window, 0, 0, 1, 1, 8, 10, now // 1000 & 0xFFFFFFFF, now // 1000 - 9 & 0xFFFFFFFF)
                      + payload)
        if len(pieces) == 4096:
            out.write(b"".join(pieces))
            pieces.clear()
    out.write(b"".join(pieces))


def main(words: list[str]) -> int:
    """Write the file that the words ask for."""
    if len(words) != 3 or words[0] not in ("http", "tiny", "bulk") or not words[1].isdigit():
        print(__doc__)
        return 2
    with open(words[2], "wb") as out:  # noqa: PTH123
        write(out, words[0], int(words[1]))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
