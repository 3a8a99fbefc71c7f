"""Which calls belong to which connection, and which bytes of the stream each of them moved.

A socket of the trace is tied to a connection by its two endpoints and by time (ports are used again). What a send
call put into the stream is counted from position 1, in the order of the calls; where the trace can't account for all
bytes (a program writes past the tracer, threads send at the same time) nothing is claimed for that direction.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from whywire.base.records import Call
from whywire.connections.model import Side

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
    elsewhere: list[Call] = field(default_factory=list)
    """Calls of the same threads on other sockets."""
    sends: list[tuple[Call, int, int]] = field(default_factory=list)
    """Sending calls with the stream positions ``[start, end)`` of their bytes."""
    complete: bool = True
    """The sends account for the whole stream, one after the other."""

    def named(self, *names: str) -> list[Call]:
        """Return the calls of these names."""
        return [call for call in self.calls if call.name in names]

    def received_before(self, time_ns: int) -> int:
        """Return how many stream bytes the program had taken by calls that ended before ``time_ns``."""
        return sum(c.byte_count or 0 for c in self.calls
                   if c.name in RECEIVES and c.end_ns is not None and c.end_ns <= time_ns and not _peeks(c))

    def last(self, names: frozenset[str], start_ns: int, end_ns: int) -> Call | None:
        """Return the last call of these names that started by ``end_ns`` and had not ended before ``start_ns``."""
        for call in reversed(self.calls):
            if call.name in names and call.start_ns <= end_ns and (call.end_ns is None or call.end_ns >= start_ns):
                return call
        return None

    def linger_zero(self, before_ns: int) -> Call | None:
        """Return the call that set SO_LINGER with time-out 0, if one did before ``before_ns``."""
        for call in reversed(self.calls):
            if call.name == "setsockopt" and call.how == "SO_LINGER" and call.start_ns <= before_ns:
                return call if _is_linger_zero(call) else None
        return None

    def was_ending(self, call: Call, time_ns: int) -> bool:
        """Tell whether the trace saw the process of ``call`` begin to end before ``time_ns``.

        From there on nothing but its end closes its descriptors. Without that record (it was killed) its end is only
        known to have come soon after.
        """
        return any(x.name == "exit" and x.pid == call.pid and x.start_ns <= time_ns for x in self.around)

    def had_begun(self, call: Call, time_ns: int) -> bool:
        """Tell whether ``call`` may have acted by ``time_ns``.

        The end of a killed process is stamped by who waited for it, which may be later than what its kernel did.
        """
        killed = call.how == "exit" and not any(x.name == "exit" and x.pid == call.pid for x in self.around)
        return call.start_ns <= time_ns + (REAPED_NS if killed else CLOCK_SLACK_NS)

    def forget_late_ends(self, time_ns: int) -> None:
        """Drop closes by the end of a process that came after the socket was closed at ``time_ns``: the descriptor had
        been closed by a call that the trace does not see."""
        self.calls = [x for x in self.calls
                      if x.name != "close" or x.how != "exit" or self.had_begun(x, time_ns)]

    def no_delay(self, time_ns: int) -> bool:
        """Tell whether TCP_NODELAY was set by then."""
        return any(c.name == "setsockopt" and c.how == "TCP_NODELAY" and c.start_ns <= time_ns
                   and not c.args.rstrip(") ").endswith(" 0") for c in self.calls)


Banks = dict[Side, Bank]


def _peeks(call: Call) -> bool:
    return "MSG_PEEK" in call.args


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
    sockets = _sockets(calls)
    banks: list[Banks] = [{} for _ in spans]
    taken: set[int] = set()
    for own in sockets.values():
        place = _place(own, spans)
        if place is None:
            continue
        index, side = place
        bank = banks[index].setdefault(side, Bank(own[0].host, own[0].program))
        bank.calls = sorted([*bank.calls, *own], key=lambda c: c.number)
        taken.update(call.number for call in own)
    for each in banks:
        for bank in each.values():
            _lay_stream(bank)
            pids = {call.pid for call in bank.calls}
            bank.around = [c for c in calls if c.host == bank.host and c.pid in pids
                           and c.name in WAITS | {"exit"} and c.socket is None]
            taken.update(call.number for call in bank.around)
            here = {call.number for call in bank.calls}
            threads = {(call.pid, call.tid) for call in bank.calls}
            bank.elsewhere = [c for c in calls if c.host == bank.host and (c.pid, c.tid) in threads
                              and c.socket is not None and c.number not in here]
    return banks, [call for call in calls if call.number not in taken]


def _sockets(calls: Sequence[Call]) -> dict[int, list[Call]]:
    """Group the calls by connected socket; an accept belongs to the socket it returned."""
    sockets: dict[int, list[Call]] = {}
    for call in calls:
        number = call.accepted if call.name == "accept" else call.socket
        if number is not None:
            sockets.setdefault(number, []).append(call)
    return sockets


def _place(own: Sequence[Call], spans: Sequence[Span]) -> tuple[int, Side] | None:
    """Find the connection of one socket's calls: endpoints first, then time."""
    host = own[0].host
    ends = {(c.local, c.peer) for c in own if c.local and c.peer}
    peers = {c.peer for c in own if c.peer}
    start, candidates = own[0].start_ns, []
    opened = next((c for c in own if c.name in ("connect", "accept")), own[0])
    done = opened.end_ns or FOREVER
    for index, span in enumerate(spans):
        for side, local, peer in ((Side.CLIENT, span.client, span.server), (Side.SERVER, span.server, span.client)):
            if span.hosts[side] not in (None, host):
                continue
            exact = (local, peer) in ends
            by_time = not ends and peer in peers and opened.name == "connect" and side is Side.CLIENT
            if (exact or by_time) and span.first_ns <= done and span.last_ns >= start:
                candidates.append((abs(span.first_ns - opened.start_ns), index, side))
    if not candidates:
        return None
    _, index, side = min(candidates)
    return index, side


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
