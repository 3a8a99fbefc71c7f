"""Floods that say something: requests, answers, redirects, pieces of heads, many connections of one client."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from tools.fuzz.floods import ACK, DATA, FIN, SYN, A, B, Timed, segment

THIRD = b"\x0a\0\0\3"
CLIENT, SERVER = 0, 1
EMPTY = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
ASKED = b"GET /a HTTP/1.1\r\nHost: h\r\n\r\n"
SWITCH = b"GET /a HTTP/1.1\r\nHost: h\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n"
CHUNKED = b"POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
CALC_ASKED = bytes.fromhex("6553f100000f1400003c0000") + b"1+2"
CALC_ANSWER = bytes.fromhex("6553f100001910c8003c0000") + b'{"result": 3}'
Said = tuple[int, int, bytes, int]
"""Who, flags, payload, and microseconds since the packet before."""


def up(data: bytes, after: int = 1000) -> Said:
    """Return what the client sends."""
    return CLIENT, DATA, data, after


def down(data: bytes, after: int = 1000) -> Said:
    """Return what the server sends."""
    return SERVER, DATA, data, after


def end(who: int, after: int = 1000) -> Said:
    """Return a FIN."""
    return who, FIN | ACK, b"", after


def talk(said: Iterable[Said], port: int = 40_000, at: int = 0, between: tuple[bytes, bytes] = (A, B)) -> list[Timed]:
    """Return a connection with its handshake, sequence numbers and ACKs kept."""
    position = [1001, 5001]
    found = [(at, segment(1000, 0, SYN, port=port)), (at + 100, segment(5000, 1001, SYN | ACK, back=True, port=port)),
             (at + 200, segment(1001, 5001, ACK, port=port))]
    time = at + 300
    for who, flags, data, after in said:
        time += after
        found.append((time, segment(position[who], position[1 - who], flags, data, back=who == SERVER, port=port)))
        position[who] += len(data) + (flags & FIN)
    return [(time, _between(frame, between)) for time, frame in found]


def _between(frame: bytes, ends: tuple[bytes, bytes]) -> bytes:
    """Return the packet between other hosts than A and B."""
    return frame[:12] + b"".join(ends[0] if frame[at:at + 4] == A else ends[1] for at in (12, 16)) + frame[20:]


def many(packets: int, said: list[Said], every: int) -> list[Timed]:
    """Return connections that all say the same, begun ``every`` microseconds."""
    count = packets // (len(said) + 3)
    return sorted(one for i in range(count) for one in talk(said, port=1024 + i % 60_000, at=i * every))


def got(number: int) -> bytes:
    """Return a request for a page of its own."""
    return b"GET /%d HTTP/1.1\r\nHost: h\r\n\r\n" % number


def moved(place: bytes) -> bytes:
    """Return a redirect."""
    return b"HTTP/1.1 302 Found\r\nLocation: /" + place + b"\r\nContent-Length: 0\r\n\r\n"


def proxied(packets: int) -> list[Timed]:
    """Return requests that a proxy (B) asks again, and as many that it answers by itself."""
    found = []
    for i in range(packets // 15):
        at = i * 20_000
        found += talk([up(got(i % 7)), down(EMPTY, 6000)], port=1024 + i, at=at)
        found += talk([up(got(i % 7), 100), down(EMPTY, 1000)], port=1024 + i, at=at + 1500, between=(B, THIRD))
        found += talk([up(got(9)), down(EMPTY)], port=33_000 + i, at=at + 10_000)
    return sorted(found)


TALK: dict[str, Callable[[int], list[Timed]]] = {
    "exchanges": lambda n: talk(x for i in range(n // 2) for x in (up(got(i)), down(EMPTY))),
    "redirects": lambda n: talk(x for i in range(n // 2) for x in (up(got(i)), down(moved(b"%d" % (i + 1))))),
    "redirects to nowhere": lambda n: talk(x for i in range(n // 2) for x in (up(got(i)), down(moved(b"no")))),
    "requests behind a FIN": lambda n: talk([up(got(0)), (SERVER, FIN | DATA, EMPTY, 1000), *[up(ASKED)] * n]),
    "requests that meet a FIN": lambda n: [
        *talk([up(ASKED), down(EMPTY)]),
        (5000, segment(5001 + len(EMPTY), 1001 + len(ASKED), FIN | ACK, back=True)),
        *((6000 + i * 1000, segment(1001 + len(ASKED) * (i + 1), 5001 + len(EMPTY), DATA, ASKED)) for i in range(n))],
    "asked at once": lambda n: many(n, [up(ASKED)], 100),
    "asked and answered at once": lambda n: many(n, [up(ASKED), down(EMPTY)], 100),
    "one after the other": lambda n: many(n, [up(ASKED), down(EMPTY), end(CLIENT), end(SERVER)], 10_000),
    "idle and timed out": lambda n: many(n, [up(ASKED), down(EMPTY), end(SERVER, 2_000_000), end(CLIENT)], 1000),
    "one served after the other": lambda n: many(n, [up(ASKED), down(EMPTY, 10**6), end(SERVER), end(CLIENT)], 10**6),
    "a head byte by byte": lambda n: talk([up(b"GET /a HTTP/1.1\r\nX: "), *[up(b"a")] * n]),
    "a first line byte by byte": lambda n: talk([up(b"G"), up(b"ET /"), *[up(b"a")] * n]),
    "chunks": lambda n: talk([up(CHUNKED), *[up(b"1\r\na\r\n")] * n]),
    "a body byte by byte": lambda n: talk([up(ASKED), down(b"HTTP/1.0 200 OK\r\n\r\n"), *[down(b"a")] * n]),
    "bytes behind an upgrade": lambda n: talk([up(SWITCH), *[up(b"ab")] * n]),
    "upgrades": lambda n: talk([up(SWITCH)] * n),
    "interim answers": lambda n: talk([up(ASKED), *[down(b"HTTP/1.1 100 Continue\r\n\r\n")] * n]),
    "answers to nothing": lambda n: talk([up(b"x"), *[down(EMPTY)] * n]),
    "empty lines": lambda n: talk([up(b"\r\n")] * n),
    "malformed requests": lambda n: talk([up(b"GET  /a HTTP/1.1\r\n\r\n")] * n),
    "calculations": lambda n: talk(x for _ in range(n // 2) for x in (up(CALC_ASKED), down(CALC_ANSWER))),
    "proxied": proxied,
}
