"""Which calls belong to which connection, and which bytes of the stream each of them moved.

A socket of the trace is tied to a connection by its two endpoints and by time (ports are used again). What a send
call put into the stream is counted from position 1, in the order of the calls; where the trace can't account for all
bytes (a program writes past the tracer, threads send at the same time) nothing is claimed for that direction.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from whywire.base.records import Call
from whywire.connections.call_index import Index
from whywire.connections.model import Side
from whywire.connections.timeline import Timeline

SENDS = frozenset(("send", "sendall", "sendto", "sendmsg", "sendfile", "write"))
RECEIVES = frozenset(("recv", "recv_into", "recvfrom", "recvfrom_into", "recvmsg", "recvmsg_into", "read"))
WAITS = frozenset(("sleep", "select", "poll", "epoll"))
FOREVER = 1 << 62
CLOCK_SLACK_NS = 1_000_000
"""A call is stamped before it enters the kernel; stamps of two processes may differ by this much."""
REAPED_NS = 100_000_000
"""Within this time the lab hears of a process that ended."""


@dataclass(slots=True)
class Bank:
    """One side of a connection in the trace: its calls, and the stream positions of what it sent and read."""

    host: str
    program: str
    calls: list[Call] = field(default_factory=list)
    """Calls on the connection's socket, by start."""
    around: list[Call] = field(default_factory=list)
    """Sleeps, waits and exits of the same processes, by start."""
    around_by_time: Timeline = field(default_factory=lambda: Timeline(()))
    exits: dict[int, Call] = field(default_factory=dict)
    """Process -> its end, as far as the trace saw that."""
    own_starts: list[int] = field(default_factory=list)
    """When each of the calls on the socket began, ascending."""
    threads: tuple[Timeline, ...] = ()
    """The calls on any socket of each of the threads that made the calls."""
    sends: list[tuple[Call, int, int]] = field(default_factory=list)
    """Sending calls with the stream positions ``[start, end)`` of their bytes."""
    complete: bool = True
    """The sends account for the whole stream, one after the other."""
    _index: Index | None = field(default=None, repr=False, compare=False)
    _stamps: tuple[Timeline, Timeline] | None = field(default=None, repr=False, compare=False)

    @property
    def index(self) -> Index:
        """The calls, indexed when they are first asked for. None may be added after that."""
        if self._index is None:
            self._index = Index(self.calls, RECEIVES)
        return self._index

    def named(self, *names: str) -> list[Call]:
        """Return the calls of these names."""
        return self.index.named(names)

    def received_before(self, time_ns: int) -> int:
        """Return how many stream bytes the program had taken by calls that ended before ``time_ns``."""
        return self.index.received_before(time_ns)

    def last_receive(self, start_ns: int, end_ns: int) -> Call | None:
        """Return the last receiving call that started by ``end_ns`` and had not ended before ``start_ns``."""
        return self.index.receives.last(end_ns, start_ns)

    def linger_zero(self, before_ns: int) -> Call | None:
        """Return the call that set SO_LINGER with time-out 0, if one did before ``before_ns``."""
        for call in reversed(self.named("setsockopt")):
            if call.how == "SO_LINGER" and call.start_ns <= before_ns:
                return call if _is_linger_zero(call) else None
        return None

    def was_ending(self, call: Call, time_ns: int) -> bool:
        """Tell whether the trace saw the process of ``call`` begin to end before ``time_ns``.

        From there on nothing but its end closes its descriptors. Without that record (it was killed) its end is only
        known to have come soon after.
        """
        end = self.exits.get(call.pid)
        return end is not None and end.start_ns <= time_ns

    def had_begun(self, call: Call, time_ns: int) -> bool:
        """Tell whether ``call`` may have acted by ``time_ns``.

        The end of a killed process is stamped by who waited for it, which may be later than what its kernel did.
        """
        return call.start_ns <= time_ns + (REAPED_NS if self._is_killed(call) else CLOCK_SLACK_NS)

    def first_to_come(self, time_ns: int) -> int:
        """Return the number of the first call that had not begun by ``time_ns``; FOREVER where all had."""
        if self._stamps is None:
            self._stamps = (Timeline(call for call in self.calls if not self._is_killed(call)),
                            Timeline(call for call in self.calls if self._is_killed(call)))
        calls, ends = self._stamps
        coming = (calls.next(time_ns + CLOCK_SLACK_NS + 1), ends.next(time_ns + REAPED_NS + 1))
        return min((call.number for call in coming if call is not None), default=FOREVER)

    def _is_killed(self, call: Call) -> bool:
        return call.how == "exit" and call.pid not in self.exits

    def went_on(self, time_ns: int) -> bool:
        """Tell whether the threads made calls on other sockets after ``time_ns``."""
        own = len(self.own_starts) - bisect_right(self.own_starts, time_ns)
        return sum(timeline.begun_after(time_ns) for timeline in self.threads) > own

    def beside(self, start_ns: int, end_ns: int) -> Iterator[Call]:
        """Yield the sleeps and waits of the processes that overlap with ``[start_ns, end_ns)``."""
        return (call for call in self.around_by_time.lasting(end_ns - 1, start_ns + 1) if call.name != "exit")

    def forget_late_ends(self, time_ns: int) -> None:
        """Drop closes by the end of a process that came after the socket was closed at ``time_ns``: the descriptor had
        been closed by a call that the trace does not see."""
        self.calls = [x for x in self.calls
                      if x.name != "close" or x.how != "exit" or self.had_begun(x, time_ns)]
        self._index = self._stamps = None

    def no_delay(self, time_ns: int) -> bool:
        """Tell whether TCP_NODELAY was set by then."""
        since = self.index.no_delay_ns
        return since is not None and since <= time_ns

    def carried(self, start: int, end: int) -> list[tuple[Call, int, int]]:
        """Return the sends with bytes of ``[start, end)``; only of a bank that is ``complete``."""
        low = bisect_right(self.sends, start, key=lambda send: send[2])
        return self.sends[low:bisect_left(self.sends, end, lo=low, key=lambda send: send[1])]

    def send(self, number: int) -> tuple[Call, int, int] | None:
        """Return a sending call with its stream positions."""
        at = bisect_left(self.sends, number, key=lambda send: send[0].number)
        return self.sends[at] if at < len(self.sends) and self.sends[at][0].number == number else None


Banks = dict[Side, Bank]


def _is_linger_zero(call: Call) -> bool:
    """The tracer writes the option decoded: ``SO_LINGER = on 1, 0 s`` (on when not 0, and the time-out)."""
    return re.search(r"\bon [1-9][0-9]*, (linger )?0 s", call.args) is not None


@dataclass(slots=True)
class Span:
    """A connection as the matcher sees it: endpoints, the hosts of its ends, and when it was on the wire."""

    client: str
    server: str
    hosts: dict[Side, str | None]
    first_ns: int
    last_ns: int
    addresses: tuple[bytes, bytes]
    """Raw addresses of client and server."""


def match(calls: Sequence[Call], spans: Sequence[Span]) -> tuple[list[Banks], list[Call]]:
    """Tie the calls to connections. Returns the banks of each span, and the calls that belong to none."""
    sockets, places = _sockets(calls), _Places(spans)
    banks: list[Banks] = [{} for _ in spans]
    taken: set[int] = set()
    for own in sockets.values():
        place = places.of(own)
        if place is None:
            continue
        index, side = place
        bank = banks[index].setdefault(side, Bank(own[0].host, own[0].program))
        bank.calls += own
        taken.update(call.number for call in own)
    processes = _Processes(calls)
    for each in banks:
        for bank in each.values():
            bank.calls.sort(key=lambda call: call.number)
            _lay_stream(bank)
            bank.around, bank.around_by_time, bank.exits = processes.around(bank)
            bank.threads = processes.threads(bank)
            bank.own_starts = sorted(call.start_ns for call in bank.calls if call.socket is not None)
            taken.update(call.number for call in bank.around)
    return banks, [call for call in calls if call.number not in taken]


def _sockets(calls: Sequence[Call]) -> dict[int, list[Call]]:
    """Group the calls by connected socket; an accept belongs to the socket it returned."""
    sockets: dict[int, list[Call]] = {}
    for call in calls:
        number = call.accepted if call.name == "accept" else call.socket
        if number is not None:
            sockets.setdefault(number, []).append(call)
    return sockets


class _Processes:
    """What the processes did beside a connection's socket: each list made once, however many connections share it."""

    def __init__(self, calls: Sequence[Call]) -> None:
        self._beside: dict[tuple[str, int], list[Call]] = {}
        self._threads: dict[tuple[str, int, int], list[Call]] = {}
        for call in calls:
            if call.socket is not None:
                self._threads.setdefault((call.host, call.pid, call.tid), []).append(call)
            elif call.name in WAITS | {"exit"}:
                self._beside.setdefault((call.host, call.pid), []).append(call)
        self._around: dict[tuple[str, frozenset[int]], tuple[list[Call], Timeline, dict[int, Call]]] = {}
        self._timelines: dict[tuple[str, int, int], Timeline] = {}

    def around(self, bank: Bank) -> tuple[list[Call], Timeline, dict[int, Call]]:
        """Return the sleeps, waits and exits of the processes that made the bank's calls, and the exits by process."""
        key = bank.host, frozenset(call.pid for call in bank.calls)
        if key not in self._around:
            found = [call for pid in key[1] for call in self._beside.get((bank.host, pid), ())]
            found.sort(key=lambda call: call.number)
            exits: dict[int, Call] = {}
            for call in found:
                if call.name == "exit":
                    exits.setdefault(call.pid, call)
            self._around[key] = found, Timeline(found), exits
        return self._around[key]

    def threads(self, bank: Bank) -> tuple[Timeline, ...]:
        """Return the calls on sockets of the threads that made the bank's calls, a timeline each."""
        keys = sorted({(bank.host, call.pid, call.tid) for call in bank.calls})
        for key in keys:
            if key not in self._timelines:
                self._timelines[key] = Timeline(self._threads.get(key, ()))
        return tuple(self._timelines[key] for key in keys)


class _Places:
    """Connections by their endpoints, in the order of their beginning."""

    def __init__(self, spans: Sequence[Span]) -> None:
        self._spans = spans
        self._exact: dict[tuple[str, str], list[tuple[int, int, Side]]] = {}
        self._servers: dict[str, list[tuple[int, int, Side]]] = {}
        for index, span in enumerate(spans):
            for side, local, peer in ((Side.CLIENT, span.client, span.server), (Side.SERVER, span.server, span.client)):
                self._exact.setdefault((local, peer), []).append((span.first_ns, index, side))
            self._servers.setdefault(span.server, []).append((span.first_ns, index, Side.CLIENT))
        for group in (*self._exact.values(), *self._servers.values()):
            group.sort()

    def of(self, own: Sequence[Call]) -> tuple[int, Side] | None:
        """Find the connection of one socket's calls: endpoints first, then time."""
        opened = next((c for c in own if c.name in ("connect", "accept")), own[0])
        ends = {(c.local, c.peer) for c in own if c.local and c.peer}
        if ends:
            groups = [self._exact.get(end, []) for end in ends]
        else:
            groups = [self._servers.get(peer, []) for peer in {c.peer for c in own if c.peer}
                      if opened.name == "connect"]
        found = [near for group in groups if (near := self._nearest(group, own, opened)) is not None]
        return min(found)[1:] if found else None

    def _nearest(self, group: list[tuple[int, int, Side]], own: Sequence[Call], opened: Call
                 ) -> tuple[int, int, Side] | None:
        """Return the connection of a group that began nearest to the call that opened it, and how far from it."""
        high = bisect_left(group, opened.start_ns, key=lambda one: one[0])
        low = high - 1
        while low >= 0 or high < len(group):
            back = opened.start_ns - group[low][0] if low >= 0 else FOREVER
            ahead = group[high][0] - opened.start_ns if high < len(group) else FOREVER
            at = low if back <= ahead else high
            low, high = (low - 1, high) if back <= ahead else (low, high + 1)
            first, index, side = group[at]
            span = self._spans[index]
            if span.hosts[side] in (None, own[0].host) and first <= (opened.end_ns or FOREVER) \
                    and span.last_ns >= own[0].start_ns:
                return abs(first - opened.start_ns), index, side
        return None


def _lay_stream(bank: Bank) -> None:
    """Give each sending call its stream positions; a call of unknown count makes what follows unknowable."""
    position, busy_until = 1, 0
    for call in bank.calls:
        if call.name not in SENDS:
            continue
        if call.start_ns < busy_until or (bank.sends and bank.sends[-1][2] == FOREVER):
            bank.complete = False
        if call.byte_count is None:
            if call.error is None or call.name == "sendall":
                bank.sends.append((call, position, FOREVER))
        elif call.byte_count:
            bank.sends.append((call, position, position + call.byte_count))
            position += call.byte_count
        busy_until = max(busy_until, call.end_ns or FOREVER)
