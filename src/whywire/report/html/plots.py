"""Series over time: sequence numbers (as Stevens and as tcptrace draw them), bytes in flight, RTT, throughput.

Only those that say something are made. Times are nanoseconds since the connection's first packet; long series are
thinned out, and say so.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from whywire.report.html.scene import kind
from whywire.story.records import Connection, Segment, Side

Object = dict[str, Any]

LEAST_DATA = 6
"""With fewer data segments than this in a direction, the picture says all that a plot could."""
LEAST_RTT = 4
MOST_POINTS = 2_500
BINS = 60


def plots(connection: Connection) -> list[Object]:
    """Return the plots of both directions, the one with more bytes first."""
    found = [plot for side in Side if (plot := direction(connection, side)) is not None]
    return sorted(found, key=lambda plot: -plot["bytes"])


def direction(connection: Connection, side: Side) -> Object | None:
    """Return the plots of what one side sends; None where there is too little of it."""
    segments = connection.segments
    data = [segment for segment in segments if segment.sender is side and segment.length]
    if len(data) < LEAST_DATA and not any("retransmission" in segment.kinds for segment in data):
        return None
    start = segments[0].time_ns
    answers = [segment for segment in segments if segment.sender is not side and segment.ack is not None]
    sent, sent_left = thinned(data)
    acks, acks_left = thinned(answers)
    found: Object = {
        "c": connection.number, "from": side.value, "bytes": sum(segment.length for segment in data),
        "left_out": sent_left + acks_left,
        "segments": [[segment.time_ns - start, segment.seq, segment.seq + segment.length, _mark(segment),
                      segment.packet] for segment in sent],
        "acks": [[_seen(segment) - start, segment.ack, _edge(segment), segment.packet] for segment in acks],
        "flight": [[segment.time_ns - start, segment.in_flight, segment.packet]
                   for segment in sent if segment.in_flight is not None],
        "rtt": [], "rate": rate(data, start),
    }
    measured = [segment for segment in sent if segment.rtt_ns is not None]
    if len(measured) >= LEAST_RTT:
        found["rtt"] = [[segment.time_ns - start, segment.rtt_ns, segment.packet] for segment in measured]
    return found


def _seen(segment: Segment) -> int:
    """Return when an ACK reached the sender of the data, where that is known."""
    return segment.time_ns if segment.arrival_ns is None else segment.arrival_ns


def _edge(segment: Segment) -> int | None:
    """Return the right edge of the window; None where its scale is not known."""
    if segment.ack is None or segment.window_scaled is None:
        return None
    return segment.ack + segment.window


def _mark(segment: Segment) -> str:
    """Return the letter of a point: D data, X again, K probe; L where it was lost."""
    if segment.lost:
        return "L"
    return {"again": "X", "probe": "K"}.get(kind(segment), "D")


def thinned(segments: Sequence[Segment], most: int = MOST_POINTS) -> tuple[list[Segment], int]:
    """Return the segments that are drawn and how many are not: what is special stays, of the rest every nth."""
    if len(segments) <= most:
        return list(segments), 0
    step = -(-2 * len(segments) // most)
    special = [segment for segment in segments if segment.lost or _mark(segment) != "D"][:most // 2]
    keep = {segment.packet for segment in special}
    keep |= {segment.packet for at, segment in enumerate(segments) if at % step == 0}
    drawn = [segment for segment in segments if segment.packet in keep]
    return drawn, len(segments) - len(drawn)


def rate(data: Sequence[Segment], start_ns: int, bins: int = BINS) -> Object:
    """Return payload bytes, retransmitted ones too, in bins of equal length: their length, and the bytes of each."""
    first, last = data[0].time_ns, max(segment.time_ns for segment in data)
    count = min(bins, len(data))
    width = max(1, -(-(last - first + 1) // count))
    found = [0] * count
    for segment in data:
        found[max(0, min(count - 1, (segment.time_ns - first) // width))] += segment.length
    return {"start": first - start_ns, "width": width, "bytes": found}
