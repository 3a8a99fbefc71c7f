from __future__ import annotations

from tests.story.accounts import founding, of_ladder
from tests.story.factories import MS, C, S, connection, segment
from whywire.packets.table import ACK, PSH
from whywire.report.html.plots import BINS, LEAST_DATA, MOST_POINTS, direction, plots, rate, thinned

LOSS = "\n".join([
    "+0.000 a>b S 0:0(0) win 64240 <mss 1460, ws 7>", "+0.010 b>a SA 0:0(0) ack 1 win 65160 <mss 1460, ws 7>",
    "+0.000 a>b A 1:1(0) ack 1 win 502<<7",
    *(f"+0.001 a>b PA {at}:{at + 100}(100) ack 1 win 502<<7" for at in range(1, 801, 100)),
    "+0.010 b>a A 1:1(0) ack 101 win 501<<7", "+0.300 a>b PA 101:201(100) ack 1 win 502<<7",
    "+0.010 b>a A 1:1(0) ack 801 win 500<<7"])


def test_where_the_picture_says_it_all_there_is_no_plot() -> None:
    assert plots(founding("a-v1.pcapng").connections[0]) == []


def test_data_acknowledgments_and_the_window_edge() -> None:
    (plot,) = plots(of_ladder(LOSS).connections[0])
    assert (plot["from"], plot["bytes"]) == ("client", 900)
    assert [point[1:4] for point in plot["segments"]][:2] == [[1, 101, "D"], [101, 201, "D"]]
    assert plot["segments"][-1][1:] == [101, 201, "X", 13]
    assert [point[1:3] for point in plot["acks"]][1:] == [[101, 101 + 501 * 128], [801, 801 + 500 * 128]]
    assert [point[1] for point in plot["flight"]][:3] == [100, 200, 300]


def test_an_edge_of_unknown_scale_is_not_drawn() -> None:
    segments = tuple(segment(at, C, ACK | PSH, seq=at, length=1, ack=1) for at in range(1, LEAST_DATA + 1))
    answer = segment(50, S, ACK, seq=1, ack=5, window_scaled=None)
    plot = direction(connection(segments=(*segments, answer)), C)
    assert plot is not None
    assert plot["acks"] == [[49 * MS, 5, None, 50]]


def test_the_rate_counts_every_byte_once() -> None:
    data = [segment(at, C, ACK, seq=at, length=7) for at in range(1, 500, 3)]
    found = rate(data, MS)
    assert sum(found["bytes"]) == 7 * len(data)
    assert len(found["bytes"]) == BINS
    assert found["start"] == 0
    assert found["width"] * BINS >= data[-1].time_ns - data[0].time_ns


def test_all_at_one_time_is_one_instant() -> None:
    assert rate([segment(1, C, ACK, length=7)], MS) == {"start": 0, "width": 1, "bytes": [7]}


def test_long_series_are_thinned_but_what_is_special_stays() -> None:
    many = [segment(at, C, ACK, seq=at, length=1) for at in range(1, 3 * MOST_POINTS)]
    many[4321] = segment(4322, C, ACK, seq=1, length=1, kinds=("data", "retransmission"))
    drawn, left = thinned(many)
    assert len(drawn) <= MOST_POINTS
    assert len(drawn) + left == len(many)
    assert 4322 in [one.packet for one in drawn]
    assert thinned(many[:5]) == (many[:5], 0)
