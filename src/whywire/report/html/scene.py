"""The picture as data: life lines, an arrow a packet, the calls as boxes, compressed time. The script only draws it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from statistics import median
from typing import Any, NamedTuple

from whywire.base.times import duration
from whywire.report.html.axis import Axis, Event, axis, scale
from whywire.report.html.clock import clock
from whywire.report.html.lanes import MOST, Lanes, lanes
from whywire.report.html.silence import reason
from whywire.story.calls import call_text, result_text
from whywire.story.detail import ConnectionDetail, PacketDetail
from whywire.story.document import CallRow
from whywire.story.records import Call as Made
from whywire.story.records import Segment
from whywire.story.roles import Roles
from whywire.story.values import place
from whywire.story.words import chapter
from whywire.story.words.language import fill

Object = dict[str, Any]

MOST_TOGETHER = 400
"""More packets than this are not drawn in one picture of several connections."""
FLAGS = ((2, "SYN"), (1, "FIN"), (4, "RST"), (8, "PSH"), (16, "ACK"), (32, "URG"), (64, "ECE"), (128, "CWR"))
LETTERS = {"syn": "S", "data": "D", "ack": "A", "fin": "F", "rst": "R", "again": "X", "probe": "K"}
"""Kind of an arrow -> the letter that names it without colour."""


ADDRESS = re.compile(r"\('([^'()]+)', (\d+)\)")
"""An IPv4 address or a name with its port, as Python prints it."""
DEEDS = frozenset(("wire_dropped", "wire_delayed", "wire_duplicated", "copied_by_wire", "wire_corrupted", "not_arrived",
                   "still_travelling"))
"""Statements (`connections.why`) that are drawn at the packet's arrow: what the wire did to it."""


class Call(NamedTuple):
    """A call on its lane."""

    row: CallRow
    connection: int
    lane: int
    start_ns: int
    end_ns: int | None
    early: bool
    """It began before the picture does."""


def scenes(details: Sequence[ConnectionDetail], roles: Roles | None = None) -> list[Object]:
    """Return a picture of each connection, before them one of all together where that can be read."""
    found = [scene([detail], roles) for detail in details]
    together = sum(len(detail.packets) for detail in details)
    if len(details) > 1 and together <= MOST_TOGETHER:
        first = scene(details, roles)
        if len(first["lanes"]) <= MOST:
            return [first, *found]
    return found


def scene(details: Sequence[ConnectionDetail], roles: Roles | None = None) -> Object:
    """Return the picture of these connections: heights in pixels, places across as the index of a life line."""
    where = lanes((detail.connection for detail in details), roles)
    packets = sorted(((packet, detail) for detail in details for packet in detail.packets),
                     key=lambda pair: pair[0].row.segment.packet)
    segments = [packet.row.segment for packet, _ in packets]
    begin = min((segment.time_ns for segment in segments), default=0)
    flights = [segment.arrival_ns - segment.time_ns for segment in segments if segment.arrival_ns is not None]
    flight = int(median(flights)) if flights else 0
    calls = _calls(details, where, begin - flight)
    events = _events(segments, calls, len(where.lanes), flight)
    made = axis(events, scale(flights, [segment.time_ns for segment in segments]), hidden(details))
    heights = iter(made.heights)
    arrows = [_arrow(packet, detail, where, begin, (next(heights), next(heights))) for packet, detail in packets]
    boxes = _boxes(calls, [(next(heights), next(heights)) for _ in calls])
    unit, digits = clock([arrow["time"] for arrow in arrows])
    return {
        "unit": unit, "digits": digits,
        "since": next((segment.packet for segment in segments if segment.time_ns == begin), None),
        "title": " ".join(f"c{detail.connection.number}" for detail in details),
        "connections": [detail.connection.number for detail in details],
        "lanes": [{"title": lane.title, "address": lane.address} for lane in where.lanes],
        "slanted": bool(flights), "height": made.bottom, "arrows": arrows, "calls": boxes,
        "gaps": _gaps(made, details), "left_out": sum(detail.left_out for detail in details),
    }


def hidden(details: Sequence[ConnectionDetail]) -> list[int]:
    """Return when the packets were sent that these connections leave out, in order."""
    found: list[int] = []
    for detail in details:
        if detail.left_out:
            told = {packet.row.segment.packet for packet in detail.packets}
            found += [segment.time_ns for segment in detail.connection.segments if segment.packet not in told]
    return sorted(found)


def _calls(details: Sequence[ConnectionDetail], where: Lanes, earliest: int) -> list[Call]:
    found: dict[int, Call] = {}
    for detail in details:
        number = detail.connection.number
        for row in detail.calls:
            call = row.call
            if call.number not in found and (call.end_ns is None or call.end_ns >= earliest):
                early = call.start_ns < earliest
                found[call.number] = Call(row, number, where.place[number, row.side],
                                          earliest if early else call.start_ns,
                                          call.start_ns if call.name == "exit" else call.end_ns, early)
    return sorted(found.values(), key=lambda call: (call.start_ns, call.row.call.number))


def _events(segments: Sequence[Segment], calls: Sequence[Call], count: int, flight: int) -> list[Event]:
    """Return two events a packet (sent, arrived) and two a call (start, end), in this order.

    At one time: what arrived, then the call that it ends, then what the program does next and its kernel sends.
    """
    events: list[Event] = []
    for segment in segments:
        events.append(Event(segment.time_ns, 3, "packets"))
        if segment.arrival_ns is None:
            half = flight // 2 if segment.lost or segment.travelling else 0
            events.append(Event(segment.time_ns + half, 3, ""))
        else:
            events.append(Event(segment.arrival_ns, 0 if segment.arrival_ns > segment.time_ns else 3, ""))
    last = max((event.time_ns for event in events), default=0)
    last = max([last, *(call.end_ns or call.start_ns for call in calls)])
    for call in calls:
        column = f"calls {call.lane}" if call.lane in (0, count - 1) else "packets"
        end = last if call.end_ns is None else call.end_ns
        events.append(Event(call.start_ns, 2, column))
        events.append(Event(end, 1 if end > call.start_ns else 4, ""))
    return events


def _arrow(
    packet: PacketDetail, detail: ConnectionDetail, where: Lanes, begin: int, heights: tuple[float, float]
) -> Object:
    segment = packet.row.segment
    number = detail.connection.number
    found = {
        "p": segment.packet, "c": number, "from": where.place[number, segment.sender],
        "to": where.place[number, segment.sender.other], "y": heights[0], "end": heights[1], "kind": kind(segment),
        "what": packet.row.what, "more": more(segment, packet.row.what),
        "brief": more(segment, packet.row.what, flags=False), "time": segment.time_ns - begin,
        "deeds": [note.text for note in packet.row.notes
                  if note.reason is not None and note.reason.why.value in DEEDS],
    }
    if segment.lost:
        found["lost"] = True
    if segment.travelling:
        found["travelling"] = True
    return found


def kind(segment: Segment) -> str:
    """Return what an arrow is drawn as: a key of `LETTERS`."""
    kinds = segment.kinds
    if "retransmission" in kinds:
        return "again"
    if "keep-alive" in kinds or "zero-window-probe" in kinds:
        return "probe"
    for bit, name in ((4, "rst"), (2, "syn"), (1, "fin")):
        if segment.flags & bit:
            return name
    return "data" if segment.length else "ack"


def more(segment: Segment, what: str, *, flags: bool = True) -> str:
    """Return what stands behind an arrow's name: the flags that it does not name, and its numbers."""
    named = what.partition(",")[0].split()
    others = [name for bit, name in FLAGS if flags and segment.flags & bit and name not in named]
    parts = [" ".join(others)] if others else []
    if not segment.length:
        parts.append(f"seq {segment.seq}")
    if segment.ack is not None:
        parts.append(f"ack {segment.ack}")
    if segment.window == 0 and not segment.flags & 4:
        parts.append("win 0")
    return ", ".join(parts)


def _boxes(calls: Sequence[Call], heights: Sequence[tuple[float, float]]) -> list[Object]:
    found: list[Object] = []
    open_until: dict[tuple[int, int], float] = {}
    for call, (top, bottom) in zip(calls, heights, strict=True):
        depth = next(at for at in range(len(calls) + 1) if open_until.get((call.lane, at), -1.0) <= top)
        open_until[call.lane, depth] = bottom
        found.append({
            "k": call.row.call.number, "c": call.connection, "lane": call.lane, "y": top, "end": bottom,
            "depth": min(depth, 3), "text": call_text(call.row.call), "place": place(call.row.call),
            "call": short(call.row.call), "result": result(call.row.call),
            "name": call.row.call.name, "early": call.early, "open": call.end_ns is None,
        })
    return found


def short(call: Made) -> str:
    """Return a call without its result, an address in it as whywire writes addresses: ``connect(server:9090)``."""
    return ADDRESS.sub(r"\1:\2", call_text(call, with_result=False))


def result(call: Made) -> str:
    """Return what a call gave back, as it stands behind the call: ``= 13 bytes``; empty when nothing does."""
    found = result_text(call)
    return fill(chapter.CALL_RETURNS, {"call": "", "result": found}).strip() if found else ""


def _gaps(made: Axis, details: Sequence[ConnectionDetail]) -> list[Object]:
    """Return the compressed times, each with its length and, where it is long enough to need one, its reason."""
    return [{"y": gap.top, "end": gap.bottom, "text": duration(gap.end_ns - gap.start_ns), "left_out": gap.left_out,
             "why": "" if gap.left_out else reason(gap.start_ns, gap.end_ns, details)} for gap in made.breaks]
