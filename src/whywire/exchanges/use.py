"""What a connection was used for: how often, how long it lay idle and who ended that, requests that met a FIN."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Mapping

from whywire.connections.model import Certainty, Segment, Side
from whywire.exchanges.model import COMPLETE, ConnectionUse, Exchange, Gap, Message, Race, Waited
from whywire.exchanges.spoken import Spoken
from whywire.packets.table import FIN, RST

IDLE_NS = 900_000_000
"""Idle time-outs are a second at least (as `connections.closing` has it); an earlier FIN is the program's next step."""
SHORTEST_NS = 1_000_000
"""A shorter silence is no gap."""
LATE_NS = 50_000_000
"""A timer may run off so much before (it began with the write, not with the packet) or after its whole seconds."""
REPEATED = 3
"""So many idle times of one length at one server can only be a timer."""
_TIMEOUT = re.compile(r"(?:^|[,;\s])timeout\s*=\s*\"?([0-9]{1,6})", re.IGNORECASE)
_SECOND_NS = 1_000_000_000

Habits = Mapping[tuple[str, Side], list[int]]
"""Server endpoint and side -> lengths of the idle times that this side ended with a FIN, ascending."""


def habits(spoken: list[Spoken]) -> Habits:
    """Return how long the ends of a server's connections waited before they gave up, over the whole capture."""
    found: dict[tuple[str, Side], list[int]] = {}
    for each in spoken:
        for gap in _gaps(each):
            length = gap.length_ns
            if gap.ended_by == "fin" and gap.by is not None and length is not None and length >= IDLE_NS:
                found.setdefault((each.connection.server.endpoint, gap.by), []).append(length)
    for lengths in found.values():
        lengths.sort()
    return found


def use_of(spoken: Spoken, waits: tuple[Waited, ...], known: Habits) -> ConnectionUse:
    """Return the use of one connection."""
    exchanges = spoken.exchanges
    return ConnectionUse(
        connection=spoken.number, protocol=spoken.protocol, exchanges=tuple(one.number for one in exchanges),
        reuse=max(0, sum(1 for one in exchanges if one.request is not None) - 1),
        gaps=tuple(_judge(gap, spoken, known) for gap in _gaps(spoken)), races=tuple(_races(spoken)), waits=waits,
        unused=_unused(spoken), problems=tuple(spoken.problems),
    )


def _unused(spoken: Spoken) -> str | None:
    if not spoken.established or any(stream.pieces for stream in spoken.streams.values()):
        return None
    return "so far" if spoken.ended is None else "closed"


# ---- gaps ----

def _gaps(spoken: Spoken) -> list[Gap]:
    if _unused(spoken) is not None:
        third = spoken.segment(spoken.connection.opening.third)
        return [] if third is None else _long([_until_end(third.packet, third.time_ns, spoken)])
    found: list[Gap] = []
    exchanges = spoken.exchanges
    third = spoken.segment(spoken.connection.opening.third)
    first = exchanges[0].request if exchanges else None
    if third is not None and first is not None and first.first_packet is not None and first.first_ns is not None:
        found.append(Gap(third.packet, first.first_packet, third.time_ns, first.first_ns, "request", spoken.requester))
    for index, one in enumerate(exchanges):
        found += _behind(one, exchanges[index + 1] if index + 1 < len(exchanges) else None, spoken)
    return _long(found)


def _behind(one: Exchange, following: Exchange | None, spoken: Spoken) -> list[Gap]:
    """Return the silence behind one exchange."""
    answer = one.response
    quiet = None if answer is None else _last_data(answer, spoken)
    if answer is None or quiet is None or one.switched_to is not None:
        return []
    packet, time_ns = quiet
    asked = following.request if following is not None else None
    if following is None:
        whole = answer.fate == COMPLETE or answer.until_close
        return [_until_end(packet, time_ns, spoken)] if whole else []
    if asked is None or asked.first_packet is None or asked.first_ns is None or asked.first_packet <= packet:
        return []
    return [Gap(packet, asked.first_packet, time_ns, asked.first_ns, "request", spoken.requester)]


def _last_data(answer: Message, spoken: Spoken) -> tuple[int, int] | None:
    """Return the last packet that carries bytes of a response, and its time: a FIN that ends the body does not."""
    stream = spoken.streams[answer.sender]
    stop = answer.end if answer.end is not None else stream.end
    return max(((piece.packet, piece.time_ns) for piece in stream.within(answer.start, stop)), default=None)


def _until_end(packet: int, time_ns: int, spoken: Spoken) -> Gap:
    ended = next((x for x in spoken.connection.segments if x.packet >= packet and _ends(x)), None)
    if ended is None:
        return Gap(packet, None, time_ns, None, "capture", None)
    word = "rst" if ended.flags & RST else "fin"
    return Gap(packet, ended.packet, time_ns, ended.time_ns, word, ended.sender)


def _ends(segment: Segment) -> bool:
    return bool(segment.flags & (FIN | RST)) and "not-acceptable" not in segment.kinds


def _long(gaps: list[Gap]) -> list[Gap]:
    return [gap for gap in gaps if gap.length_ns is None or gap.length_ns >= SHORTEST_NS]


def _judge(gap: Gap, spoken: Spoken, known: Habits) -> Gap:
    """Say whose patience ended a gap: that of the side whose FIN did, when nobody had asked it to close."""
    from dataclasses import replace

    length = gap.length_ns
    if gap.ended_by != "fin" or gap.by is None or length is None or _close_was_said(spoken, gap):
        return gap
    announced = _announced(spoken, gap)
    waited = _gave_up_in_a_call(spoken, gap)
    if waited is not None:
        return replace(gap, timed_out=gap.by, announced_ns=announced, certainty=Certainty.KNOWN, waited_ns=waited)
    if length < IDLE_NS:
        return gap
    times = known.get((spoken.connection.server.endpoint, gap.by), [])
    near = length // 50
    like = bisect_right(times, length + near) - bisect_left(times, length - near)
    as_said = announced is not None and gap.by is spoken.requester.other and abs(announced - length) * 5 <= announced
    if like < REPEATED and not as_said:
        if not _is_round(length):
            return gap
        gap = replace(gap, certainty=Certainty.LIKELY, others=("program-closed",))
    return replace(gap, timed_out=gap.by, announced_ns=announced)


def _is_round(length_ns: int) -> bool:
    """Tell whether a silence lasted about a whole number of seconds, as time-outs are set."""
    off = length_ns - round(length_ns / _SECOND_NS) * _SECOND_NS
    return abs(off) <= LATE_NS + length_ns // 50


def _gave_up_in_a_call(spoken: Spoken, gap: Gap) -> int | None:
    """Return how long the side's last read within the gap took if the trace shows that it ended with a time-out."""
    assert gap.by is not None and gap.end_ns is not None
    own = spoken.connection.end(gap.by).endpoint
    reads = [call for call in spoken.connection.calls if call.local == own and call.name.startswith("recv")
             and call.end_ns is not None and gap.start_ns < call.end_ns <= gap.end_ns]
    if not reads or not (reads[-1].error or "").startswith("TimeoutError"):
        return None
    return (reads[-1].end_ns or 0) - reads[-1].start_ns


def _close_was_said(spoken: Spoken, gap: Gap) -> bool:
    """Tell whether a message before the gap announced the close; then the FIN is no time-out, however late it is."""
    for one in spoken.exchanges:
        for message in (one.request, one.response):
            if message is not None and (message.first_packet or 0) <= gap.after:
                options = (message.header("connection") or "").lower()
                if "close" in options or (message.version == "1.0" and "keep-alive" not in options
                                          and not message.until_close):
                    return True
    return False


def _announced(spoken: Spoken, gap: Gap) -> int | None:
    for one in spoken.exchanges:
        answer = one.response
        if answer is not None and (answer.first_packet or 0) <= gap.after:
            match = _TIMEOUT.search(answer.header("keep-alive") or "")
            if match is not None:
                return int(match[1]) * _SECOND_NS
    return None


# ---- races ----

def _races(spoken: Spoken) -> list[Race]:
    """Return the requests that met a FIN of the side they were sent to."""
    stream = spoken.streams[spoken.requester.other]
    if stream.fin is None or stream.fin_packet is None:
        return []
    fin = spoken.segment(stream.fin_packet)
    found = []
    resets = [x.packet for x in spoken.connection.segments if x.flags & RST and fin is not None
              and x.sender is fin.sender]
    for one in spoken.exchanges:
        asked = one.request
        if asked is None or asked.first_packet is None or one.response is not None:
            continue
        request = spoken.segment(asked.first_packet)
        if request is None or fin is None or (fin.ack is not None and fin.ack > asked.start):
            continue
        knew = request.ack is not None and request.ack > stream.fin
        later = bisect_right(resets, request.packet)
        reset = resets[later] if later < len(resets) else None
        found.append(Race(one.number, request.packet, fin.packet, knew, reset))
    return found
