"""Captures of one kind of packet, over and over: what grows faster than its input shows in them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from struct import pack

A, B = b"\x0a\0\0\1", b"\x0a\0\0\2"
FIN, SYN, RST, ACK, DATA = 1, 2, 4, 16, 24
TEN = b"x" * 10
GET = b"GET / HTTP/1.1\r\nHost: h\r\n\r\n"
Timed = tuple[int, bytes]


def pcap(frames: Iterable[Timed]) -> bytes:
    """Return a pcap file (raw IP) of frames with their time in microseconds."""
    out = [bytes.fromhex("d4c3b2a1020004000000000000000000ffff000065000000")]
    out += [pack("<IIII", time // 10**6, time % 10**6, len(frame), len(frame)) + frame for time, frame in frames]
    return b"".join(out)


def ip(source: bytes, destination: bytes, payload: bytes, ident: int = 0, fragment: int = 0x4000) -> bytes:
    """Return an IPv4 packet of TCP."""
    return pack("!BBHHHBBH", 0x45, 0, 20 + len(payload), ident, fragment, 64, 6, 0) + source + destination + payload


def segment(seq: int, ack: int, flags: int, payload: bytes = b"", *, back: bool = False, port: int = 40_000,
            window: int = 65_535) -> bytes:
    """Return a segment from the client (10.0.0.1) or, ``back``, from the server (10.0.0.2:80)."""
    ports = (80, port) if back else (port, 80)
    header = pack("!HHIIBBHHH", *ports, seq & 0xFFFFFFFF, ack & 0xFFFFFFFF, 0x50, flags, window, 0, 0)
    return ip(B, A, header + payload) if back else ip(A, B, header + payload)


OPENED = [(0, segment(1000, 0, SYN)), (10_000, segment(5000, 1001, SYN | ACK, back=True)),
          (20_000, segment(1001, 5001, ACK))]


def later(frames: Iterable[bytes], every: int = 1000) -> list[Timed]:
    """Return an opened connection and then these frames."""
    return OPENED + [(30_000 + number * every, frame) for number, frame in enumerate(frames)]


def sent(number: int, step: int = 10) -> bytes:
    """Return ten bytes of the client, the ``number``-th of them ``step`` apart."""
    return segment(1001 + number * step, 5001, DATA, TEN)


FLOODS: dict[str, Callable[[int], list[Timed]]] = {
    "connections": lambda n: [(i * 10, segment(i * 7919, 0, SYN, port=1024 + i % 64_000)) for i in range(n)],
    "ports used again": lambda n: [(i * 1000, segment(i * 99_999, 0, SYN)) for i in range(n)],
    "one connection": lambda n: later(x for i in range(n // 2) for x in (
        sent(i), segment(5001, 1011 + i * 10, ACK, back=True))),
    "never acknowledged": lambda n: later(sent(i) for i in range(n)),
    "acknowledged byte by byte": lambda n: later([sent(i) for i in range(n // 2)] + [
        segment(5001, 1002 + i, ACK, back=True) for i in range(n // 2)]),
    "fragments": lambda n: [(i * 10, ip(A, B, bytes(64), i % 65536, 0x2000 | 8 * (i % 7))) for i in range(n)],
    "duplicate ACKs": lambda n: later([sent(0), sent(2)] + [segment(5001, 1011, ACK, back=True)] * n, 10),
    "resets": lambda n: later([segment(5001, 0, RST, back=True)] * n),
    "resets with ACK": lambda n: later([segment(5001, 1001, RST | ACK, back=True)] * n),
    "answered by resets": lambda n: later([segment(5001, 1001, FIN | ACK, back=True)] + [
        x for i in range(n // 2) for x in (sent(i), segment(5002, 0, RST, back=True))]),
    "SYNs": lambda n: [(i * 1000, segment(1000, 0, SYN)) for i in range(n)],
    "SYN-ACKs": lambda n: OPENED[:1] + [(i * 1000, segment(5000, 1001, SYN | ACK, back=True)) for i in range(n)],
    "everything twice": lambda n: later(sent(i // 2) for i in range(n)),
    "one segment again": lambda n: later([sent(i) for i in range(n // 2)] + [sent(n // 2 - 1)] * (n // 2)),
    "holes": lambda n: later(sent(i, 20) for i in range(n)),
    "holes filled": lambda n: later([sent(i, 20) for i in range(n // 2)] + [
        segment(1011 + i * 20, 5001, DATA, TEN) for i in range(n // 2)]),
    "keep-alives": lambda n: later([sent(0), segment(5001, 1011, ACK, back=True)] + [
        segment(1010, 5001, ACK)] * n, 10**6),
    "window probes": lambda n: later([sent(0)] + [segment(5001, 1011, ACK, back=True, window=0),
                                                  segment(1011, 5001, DATA, b"y")] * (n // 2), 10**6),
    "FINs": lambda n: later([segment(1001 + i * 11, 5001, FIN | DATA, TEN) for i in range(n)]),
    "ACKs of nothing": lambda n: later([segment(5001, 1001 + i, ACK, back=True) for i in range(n)]),
    "a clock that runs back": lambda n: [(10**9 - i * 1000, x) for i, (_, x) in enumerate(FLOODS["one connection"](n))],
    "requests": lambda n: later(segment(1001 + i * len(GET), 5001, DATA, GET) for i in range(n)),
    "ACKs a second apart": lambda n: later([segment(5001, 1001 + i, ACK, back=True) for i in range(n)], 10**6),
    "window updates a second apart": lambda n: later([sent(0)] + [
        segment(5001, 1011, ACK, back=True, window=1000 + i % 60_000) for i in range(n)], 10**6),
    "FINs behind a FIN": lambda n: later([segment(5001, 1001, FIN | ACK, back=True)] + [
        segment(1001 + i * 11, 5002, FIN | DATA, TEN) for i in range(n)]),
    "FINs acknowledged": lambda n: later(x for i in range(n // 2) for x in (
        segment(1001 + i * 11, 5001, FIN | DATA, TEN), segment(5001, 1012 + i * 11, ACK, back=True))),
    "copies acknowledged byte by byte": lambda n: later([segment(1001, 5001, DATA, b"x" * 1400)] * (n // 4) + [
        segment(5001, 1002 + i % 1400, ACK, back=True) for i in range(n // 2)] + [sent(i) for i in range(n // 4)]),
    "overlaps acknowledged byte by byte": lambda n: later([segment(1001 + i, 5001, DATA, TEN)
                                                           for i in range(n // 2)] + [
        segment(5001, 1002 + i, ACK, back=True) for i in range(n // 2)]),
    "resets of one side": lambda n: later([sent(i) for i in range(n // 2)] + [
        segment(1001 + n * 5, 0, RST)] * (n // 2))[3:],
    "resets with ACK of one side": lambda n: later([sent(i) for i in range(n // 2)] + [
        segment(1001 + n * 5, 5001, RST | ACK)] * (n // 2))[3:],
    "one ACK for all": lambda n: later([sent(i) for i in range(n // 2)] + [
        segment(5001, 1001 + n * 5, ACK, back=True)] + [sent(n // 2 + i) for i in range(n // 2)], 20),
    "windows withdrawn": lambda n: later(x for i in range(n // 2) for x in (
        sent(i), segment(5001, 1011 + i * 10, ACK, back=True, window=7 * i % 65_535))),
}
