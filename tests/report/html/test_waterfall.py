from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.exchanges.talk import GET, Talk, get, ok
from tests.report.html.pages import FOUNDING, story_of
from whywire.report.html.waterfall import MOST_SPANS, spans, waterfall
from whywire.story import tell


def test_nothing_to_show_for_one_exchange_or_none() -> None:
    assert waterfall(story_of(FOUNDING / "a-v1.pcapng")) is None
    talk = Talk()
    talk.open("c1")
    talk.up("c1", GET)
    talk.down("c1", ok())
    account, found = talk.account()
    assert waterfall(tell(account, exchanges=found)) is None
    assert waterfall(tell(account)) is None


def test_each_request_with_its_times_and_its_connection() -> None:
    talk = Talk()
    talk.open("c1")
    talk.up("c1", get("/a"))
    talk.down("c1", ok(b"xyz"), after=0.2)
    talk.up("c1", get("/b"), after=1.0)
    account, found = talk.account()
    made = waterfall(tell(account, exchanges=found))
    assert made is not None
    first, second = made["rows"]
    assert (first["name"], first["status"], second["name"], second["status"]) == ("GET /a", 200, "GET /b", None)
    assert 0 < first["asked"] <= first["sent"] < first["first"] <= first["last"] < second["asked"]
    assert first["first"] - first["sent"] >= 200_000_000
    assert (second["first"], second["last"]) == (None, None)
    (opened,) = made["connections"]
    assert 0 == opened["start"] < opened["open"] < first["asked"]


def test_a_page_load() -> None:
    made = waterfall(story_of(FOUNDING / "a-http-browser-snap640.pcapng"))
    assert made is not None
    assert len(made["rows"]) > 9
    assert {row["c"] for row in made["rows"]} == {one["c"] for one in made["connections"]}
    assert made["left_out"] == 0


S = 1_000_000_000


def test_long_time_without_a_request_is_between_spans() -> None:
    found = spans([(0, S), (S // 2, 2 * S), (30 * S, 31 * S)])
    assert len(found) == 2
    (first, second) = found
    assert first[0] == 0
    assert 2 * S <= first[1] < 3 * S < 29 * S < second[0] <= 30 * S
    assert second[1] >= 31 * S


def test_short_breaks_stay_in_a_span() -> None:
    assert len(spans([(0, 8 * S), (9 * S, 10 * S)])) == 1


def test_all_at_one_instant_is_one_span() -> None:
    ((start, end),) = spans([(5, 5), (5, 5)])
    assert start <= 5 < end


@given(st.lists(st.tuples(st.integers(0, 10**13), st.integers(0, 10**12)), min_size=1, max_size=40))
def test_spans_hold_all_that_was_busy_in_order(made: list[tuple[int, int]]) -> None:
    busy = [(start, start + length) for start, length in made]
    found = spans(busy)
    assert len(found) <= MOST_SPANS
    assert all(any(low <= start and end <= high for low, high in found) for start, end in busy)
    edges = [edge for span in found for edge in span]
    assert edges == sorted(edges)


def test_a_page_load_says_when_it_was_busy_and_whose_clock_it_shows() -> None:
    made = waterfall(story_of(FOUNDING / "a-http-browser-snap640.pcapng"))
    assert made is not None
    assert made["since"] == 1
    assert len(made["spans"]) == 4
    assert made["spans"][0][0] == 0
