"""A story's records in the ladder notation (``docs/design/ladder.md``): a line a packet or call, times as steps.

It reads back with `whywire.ladder.parse`. What the records don't carry is not in it: payload (a reader puts filler in
its place), SACK blocks and unknown options. In the notation an address belongs to one host; where both ends of a
connection have the same (loopback), the server gets another, and a comment says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from whywire.ladder import Ladder, to_text
from whywire.ladder.records import (
    CALL,
    ENDED,
    FLAG_BITS,
    FLAG_LETTERS,
    STARTED,
    CallLine,
    Comment,
    ConnectionLine,
    HostLine,
    Line,
    Option,
    PacketLine,
    ProgramLine,
    StartLine,
)
from whywire.report.escape import visible, visible_lines
from whywire.story import call_side
from whywire.story.document import Story
from whywire.story.records import Call, Connection, Segment, Side

_HOST = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")


class Moment(NamedTuple):
    """A line and when it is."""

    time_ns: int
    order: int
    line: PacketLine | CallLine


def render(story: Story) -> str:
    """Return the told connections as a ladder's text."""
    return visible_lines(to_text(as_ladder(story)))


def as_ladder(story: Story) -> Ladder:
    """Return the told connections as a ladder: declarations, then packets and calls by time."""
    names = Names(story.connections)
    lines: list[Line] = [Comment(visible(f"{story.account.name}, view: {story.account.view}"))]
    lines += names.lines()
    programs = {(names.of(connection, side), end.program) for connection in story.connections for side in Side
                if (end := connection.end(side)).program is not None}
    lines += [ProgramLine(host, program) for host, program in sorted(programs) if program is not None]
    for connection in story.connections:
        client, server = (connection.end(side) for side in Side)
        lines.append(ConnectionLine(
            f"c{connection.number}", names.of(connection, Side.CLIENT), _port(client.endpoint),
            names.of(connection, Side.SERVER), _port(server.endpoint), client.isn, server.isn))
    moments = sorted(_moments(story, names), key=lambda moment: (moment.time_ns, moment.order))
    if moments and moments[0].time_ns >= 0:
        lines.append(StartLine(moments[0].time_ns))
    now = moments[0].time_ns if moments else 0
    for moment in moments:
        lines.append(_after(moment.line, moment.time_ns - now))
        now = moment.time_ns
    return Ladder(tuple(lines))


def _after(line: PacketLine | CallLine, delta_ns: int) -> PacketLine | CallLine:
    from dataclasses import replace

    return replace(line, delta_ns=delta_ns) if delta_ns else line


class Names:
    """What the ends of the connections are called: the lab's hosts, or client, server and letters for addresses."""

    def __init__(self, connections: tuple[Connection, ...]) -> None:
        self._shared = False
        self._by_address: dict[str, str] = {}
        self._loopback: dict[str, str] = {}
        taken: set[str] = set()
        for connection in connections:
            both = [_address(connection.end(side).endpoint) for side in Side]
            for side, address in zip(Side, both, strict=True):
                if both[0] == both[1]:
                    self._shared = True
                    self._loopback.setdefault(side.value, address)
                    taken.add(side.value)
                elif address not in self._by_address:
                    host = connection.end(side).host
                    wanted = host if host and _HOST.fullmatch(host) else side.value
                    self._by_address[address] = wanted if wanted not in taken else _free(taken)
                    taken.add(self._by_address[address])

    def of(self, connection: Connection, side: Side) -> str:
        """Return the name of a connection's end."""
        both = [_address(connection.end(each).endpoint) for each in Side]
        return side.value if both[0] == both[1] else self._by_address[_address(connection.end(side).endpoint)]

    def lines(self) -> list[Line]:
        """Return the declarations of the hosts."""
        out: list[Line] = []
        if self._shared:
            address = self._loopback[Side.CLIENT.value]
            out.append(Comment(f"client and server have one address, {address}; here each needs its own"))
            if address not in self._by_address and ":" not in address:
                out.append(HostLine(Side.CLIENT.value, address))
            elif ":" in address:
                out += [HostLine(side.value, f"2001:db8::{number}") for number, side in enumerate(Side, start=1)]
        return out + [HostLine(name, address) for address, name in self._by_address.items()]


def _free(taken: set[str]) -> str:
    number = 1
    while f"h{number}" in taken:
        number += 1
    return f"h{number}"


def _address(endpoint: str) -> str:
    return endpoint.rpartition(":")[0].strip("[]")


def _port(endpoint: str) -> int:
    return int(endpoint.rpartition(":")[2])


def _moments(story: Story, names: Names) -> Iterator[Moment]:
    packet_times = sorted(s.time_ns for connection in story.connections for s in connection.segments)
    shown: set[int] = set()
    for connection in story.connections:
        tag = f"c{connection.number}"
        for segment in connection.segments:
            yield Moment(segment.time_ns, 2 * segment.packet, _packet(connection, segment, names, tag))
        for call in connection.calls:
            side = call_side(connection, call)
            if side is not None and call.number not in shown:
                shown.add(call.number)
                yield from _call(call, names.of(connection, side), tag, packet_times)


def _packet(connection: Connection, segment: Segment, names: Names, tag: str) -> PacketLine:
    end = connection.end(segment.sender)
    shift = None
    if segment.window_scaled and connection.scaling and end.window_scale is not None:
        shift = min(end.window_scale, 14)
    flags = "".join(letter for letter in FLAG_LETTERS if segment.flags & FLAG_BITS[letter])
    ack = segment.ack
    if "A" in flags and ack is None:
        ack = segment.raw_ack
    return PacketLine(
        names.of(connection, segment.sender), names.of(connection, segment.sender.other), flags, segment.seq,
        segment.length, ack=ack if "A" in flags else None, window=segment.window >> (shift or 0), shift=shift or None,
        options=_options(segment), tag=tag,
        arrival_ns=None if segment.arrival_ns is None else segment.arrival_ns - segment.time_ns,
        lost="lost" if segment.lost else None)


def _options(segment: Segment) -> tuple[Option, ...]:
    options: list[Option] = []
    if segment.mss is not None:
        options.append(Option("mss", (segment.mss,)))
    if segment.sack_permitted:
        options.append(Option("sackOK"))
    if segment.ts_value is not None:
        options.append(Option("ts", (segment.ts_value, segment.ts_echo or 0)))
    if segment.window_scale is not None:
        options.append(Option("ws", (segment.window_scale,)))
    return tuple(options)


def _call(call: Call, host: str, tag: str, packet_times: list[int]) -> Iterator[Moment]:
    from bisect import bisect_right

    listening = call.name == "accept"
    whole = CallLine(
        host, call.name, args=call.args, tag=None if call.socket is None or listening else tag, file=call.file,
        lineno=call.line, source=call.source, function=call.function, how=None if call.how == "call" else call.how,
        program=call.program, pid=call.pid)
    order = 2 * bisect_right(packet_times, call.start_ns) + 1
    if call.end_ns is None:
        yield Moment(call.start_ns, order, _phase(whole, STARTED))
        return
    end = _ended(whole, call)
    during = bisect_right(packet_times, call.end_ns) != bisect_right(packet_times, call.start_ns)
    if during:
        yield Moment(call.start_ns, order, _phase(whole, STARTED))
        yield Moment(call.end_ns, order, CallLine(host, call.name, ENDED, tag=whole.tag, result=end.result,
                                                  error=end.error, byte_count=end.byte_count))
    else:
        yield Moment(call.start_ns, order, end)


def _phase(line: CallLine, phase: str) -> CallLine:
    from dataclasses import replace

    return replace(line, phase=phase)


def _ended(line: CallLine, call: Call) -> CallLine:
    from dataclasses import replace

    said = call.byte_count is None or call.result in (str(call.byte_count), f"{call.byte_count} bytes")
    takes = None if call.end_ns is None or call.end_ns <= call.start_ns else call.end_ns - call.start_ns
    return replace(line, phase=CALL, result=None if call.error else call.result, error=call.error, takes_ns=takes,
                   byte_count=None if said else call.byte_count)
