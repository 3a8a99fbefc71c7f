from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from whywire.report.html.axis import FLIGHT, GAP, LONGEST, ROW, Event, axis, scale

MS = 1_000_000
COLUMNS = st.sampled_from(["", "packets", "calls 0"])
EVENTS = st.lists(st.builds(Event, st.integers(0, 10**12), st.integers(0, 4), COLUMNS))


def test_the_scale_is_that_of_the_usual_flight() -> None:
    assert scale([5 * MS, 5 * MS, 50 * MS], []) * 5 * MS == FLIGHT


def test_without_flights_it_is_that_of_the_usual_step() -> None:
    assert scale([], [0, MS, 2 * MS, 500 * MS]) * MS == ROW
    assert scale([], [7]) == 0
    assert scale([0, 0], [1, 1]) == 0


def test_a_flight_falls_by_its_time() -> None:
    made = axis([Event(0, 0, "packets"), Event(5 * MS, 1, "")], scale([5 * MS], []))
    assert made.heights[1] - made.heights[0] == FLIGHT


def test_labels_of_one_column_stay_apart_those_of_two_need_not() -> None:
    made = axis([Event(0, 0, "packets"), Event(1, 0, "packets"), Event(1, 0, "calls 0")], 0.0)
    packets, later, call = made.heights
    assert later - packets == ROW
    assert call == later


def test_empty_time_is_compressed_and_marked() -> None:
    made = axis([Event(0, 0, "packets"), Event(5000 * MS, 0, "packets")], FLIGHT / (5 * MS))
    (gap,) = made.breaks
    assert (gap.start_ns, gap.end_ns, gap.bottom - gap.top) == (0, 5000 * MS, GAP)
    assert made.heights[1] - made.heights[0] == GAP


def test_time_with_packets_left_out_is_no_empty_time() -> None:
    made = axis([Event(0, 0, "packets"), Event(10, 0, "packets"), Event(20, 0, "packets")], 0.0, [12, 15])
    (gap,) = made.breaks
    assert (gap.start_ns, gap.end_ns, gap.left_out) == (10, 20, 2)


@given(EVENTS, st.floats(0, 1e-3))
def test_height_never_goes_against_time_and_what_is_compressed_is_marked(events: list[Event], pixels: float) -> None:
    made = axis(events, pixels)
    order = sorted(range(len(events)), key=lambda at: (events[at].time_ns, events[at].order, at))
    heights = [made.heights[at] for at in order]
    assert heights == sorted(heights)
    assert made.bottom >= max(heights, default=0)
    marked = {(gap.start_ns, gap.end_ns) for gap in made.breaks}
    times = [events[at].time_ns for at in order]
    for earlier, later in pairwise(times):
        assert ((earlier, later) in marked) == ((later - earlier) * pixels > LONGEST)
    for column in ("packets", "calls 0"):
        own = [made.heights[at] for at in order if events[at].column == column]
        assert all(later - earlier >= ROW - 0.11 for earlier, later in pairwise(own))
