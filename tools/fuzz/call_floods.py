"""Floods of calls: captures with the trace of both programs, where what looks at calls would grow too quickly."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, NamedTuple

from tools.fuzz.floods import ACK, DATA, TEN, Timed, segment
from tools.fuzz.talk_floods import CLIENT, EMPTY, SERVER, Said, down, end, got, talk, up
from whywire.base.records import Call

HOSTS = ("client", "server")
ADDRESSES = ("10.0.0.1", "10.0.0.2")
USED = 100_000
"""Nanoseconds that a call takes."""


class Traced(NamedTuple):
    """A capture and the calls that made it."""

    packets: list[Timed]
    calls: list[Call]

    def run(self) -> Any:
        """Return what stands for a run folder where an account is made."""
        hosts = [SimpleNamespace(name=name, address=address) for name, address in zip(HOSTS, ADDRESSES, strict=True)]
        meta = SimpleNamespace(hosts=hosts, programs=(), name="flood", title="", delay_ns=0, rate_bits=None,
                               ended="closed", tier="T1", notes=())
        return SimpleNamespace(meta=meta, problems=(), calls=lambda: tuple(self.calls), wire_events=lambda: ())


class Trace:
    """Calls as they are made, numbered by their start at the end."""

    def __init__(self) -> None:
        self._made: list[dict[str, Any]] = []

    def add(self, who: int, name: str, start_us: int, port: int = 40_000, **more: Any) -> None:
        """Add a call on the connection of the client's ``port``; ``socket=None`` for one that is on none."""
        ends = (f"{ADDRESSES[0]}:{port}", f"{ADDRESSES[1]}:80")
        on = {"socket": port * 2 + who, "local": ends[who], "peer": ends[1 - who]}
        if more.get("socket", 0) is None:
            on = {}
        start = start_us * 1000
        fields = {"host": HOSTS[who], "program": f"{HOSTS[who]}.py", "pid": who + 1, "tid": who + 1, "name": name,
                  "start_ns": start, "end_ns": start + USED, **on}
        self._made.append({**fields, **{key: value for key, value in more.items() if key != "socket" or value}})

    def calls(self) -> list[Call]:
        """Return the calls."""
        made = sorted(self._made, key=lambda fields: fields["start_ns"])
        return [Call(number=number, **fields) for number, fields in enumerate(made, 1)]


def told(said: list[Said], port: int = 40_000, at: int = 0, trace: Trace | None = None) -> tuple[list[Timed], Trace]:
    """Return a connection in which each segment is a send, and a recv that had waited for it."""
    trace = trace or Trace()
    trace.add(CLIENT, "connect", at - 50, port, end_ns=(at + 150) * 1000)
    trace.add(SERVER, "accept", at - 60, port, end_ns=(at + 250) * 1000, accepted=port * 2 + 1)
    time = before = at + 300
    for who, _, data, after in said:
        time += after
        trace.add(who, "send" if data else "close", time - 10, port, **({"byte_count": len(data)} if data else {}))
        if data:
            trace.add(1 - who, "recv", before + 20, port, byte_count=len(data), end_ns=(time + 50) * 1000)
        before = time
    return talk(said, port=port, at=at), trace


def alone(said: list[Said]) -> Traced:
    """Return one traced connection."""
    packets, trace = told(said)
    return Traced(packets, trace.calls())


def sleepy(packets: int) -> Traced:
    """Return a client that sleeps a second before each send."""
    frames, trace = told([up(TEN, 10**6) for _ in range(packets)])
    for i in range(packets):
        trace.add(CLIENT, "sleep", 400 + i * 10**6, socket=None, end_ns=(280 + (i + 1) * 10**6) * 1000)
    return Traced(frames, trace.calls())


def split(packets: int) -> Traced:
    """Return one sendall that leaves in many segments, the receiver's window going down."""
    trace = Trace()
    frames = talk([up(TEN * 100) for _ in range(packets // 2)])
    frames += [(time + 1, segment(5001, 1001 + (i + 1) * 1000, ACK, back=True, window=60_000 - i % 50_000))
               for i, (time, _) in enumerate(frames[3:])]
    trace.add(CLIENT, "connect", -50)
    trace.add(SERVER, "accept", -60, accepted=80_001)
    trace.add(CLIENT, "sendall", 400, byte_count=packets // 2 * 1000, end_ns=packets * 10**6)
    for i in range(packets // 2):
        trace.add(SERVER, "recv", 500 + i * 1000, byte_count=1000, end_ns=(1400 + i * 1000) * 1000)
    return Traced(sorted(frames), trace.calls())


def many(packets: int, *, every: int, ports: int) -> Traced:
    """Return a server's connections, each with its own calls, and a sleep of the one process between them."""
    trace = Trace()
    frames: list[Timed] = []
    said = [up(got(1)), down(EMPTY), end(CLIENT), end(SERVER)]
    for i in range(packets // 7):
        frames += told(said, port=1024 + i % ports, at=i * every, trace=trace)[0]
        trace.add(SERVER, "sleep", i * every + 20, socket=None)
    return Traced(sorted(frames), trace.calls())


def merged(packets: int) -> Traced:
    """Return small sends that leave together, each segment with ten of them."""
    trace = Trace()
    frames = talk([up(TEN * 10) for _ in range(packets)])
    trace.add(CLIENT, "connect", -50)
    for i in range(packets * 10):
        trace.add(CLIENT, "send", 400 + i * 100, byte_count=10, end_ns=(450 + i * 100) * 1000)
    return Traced(frames, trace.calls())


CALLS: dict[str, Callable[[int], Traced]] = {
    "echoes": lambda n: alone([one for _ in range(n // 2) for one in (up(TEN), down(TEN))]),
    "sends": lambda n: alone([up(TEN)] * n),
    "sends at once": lambda n: alone([up(TEN, 1)] * n),
    "sends a second apart": lambda n: alone([up(TEN, 10**6)] * n),
    "sleeps": sleepy,
    "one sendall": split,
    "sends merged": merged,
    "connections at once": lambda n: many(n, every=10, ports=60_000),
    "connections one by one": lambda n: many(n, every=10_000, ports=60_000),
    "the same port again": lambda n: many(n, every=10_000, ports=1),
    "closes": lambda n: alone([(CLIENT, DATA | 1, TEN, 1000)] * n),
}
