from __future__ import annotations

from tests.exchanges.talk import GET, Talk, get, ok
from tests.report.html.pages import FOUNDING, story_of
from whywire.report.html.waterfall import waterfall
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
