"""All that the page is given."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.report.html.pages import CLIENT, FOUNDING, page_data, talk_run
from tests.story.factories import account, connection
from whywire.base.errors import WhywireError
from whywire.report.html.data import LEVELS, data, harmless, nodes
from whywire.story import tell


@pytest.fixture(scope="module")
def talk(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return page_data(talk_run(tmp_path_factory.mktemp("talk")))


def test_a_story_without_details_makes_no_page() -> None:
    with pytest.raises(ValueError, match="details"):
        data(tell(account(connection())))


def test_it_is_plain_data(talk: dict[str, Any]) -> None:
    assert json.loads(json.dumps(talk)) == talk


def test_every_packet_has_its_arrow_and_every_box_its_call(talk: dict[str, Any]) -> None:
    (one,) = talk["scenes"]
    assert [arrow["p"] for arrow in one["arrows"]] == [packet["p"] for packet in talk["packets"]]
    assert {box["k"] for box in one["calls"]} <= {call["k"] for call in talk["calls"]}


def test_the_programs_file_and_the_line_of_each_call(talk: dict[str, Any]) -> None:
    (source,) = talk["sources"]
    assert (source["host"], source["file"]) == ("a", "client.py")
    assert [text for _, text in source["lines"]] == CLIENT.splitlines()
    assert [(call["source"], call["line"]) for call in talk["calls"]] == [(0, 2), (0, 3), (0, 4)]


def test_findings_worst_first_with_the_pages_of_their_rules(talk: dict[str, Any]) -> None:
    levels = [LEVELS.index(finding["level"]) for finding in talk["findings"]]
    assert levels == sorted(levels)
    assert {finding["code"] for finding in talk["findings"]} == {rule["code"] for rule in talk["rules"]}
    assert all(rule[part] for rule in talk["rules"] for part in ("title", "means", "matters", "do", "spec"))


def test_the_table_has_every_connection_and_says_which_are_told() -> None:
    page = page_data(FOUNDING / "a-http-browser-snap640.pcapng", packets=450)
    assert len(page["connections"]) == page["counts"]["connections"] == 10
    assert all(row["detailed"] == row["packets"] for row in page["connections"])
    assert page["title"] == "a-http-browser-snap640.pcapng"
    one = page_data(FOUNDING / "a-http-browser-snap640.pcapng", connection=3)
    assert [row["c"] for row in one["connections"]] == [3]
    assert {packet["c"] for packet in one["packets"]} == {3}


def test_the_words_are_those_of_the_terminal_without_what_is_shown_otherwise() -> None:
    page = page_data(FOUNDING / "a-v3.pcapng")
    kinds = [node[0] for node in page["story"]]
    assert set(kinds) <= {"h", "p", "n", "f", "o"}
    assert not any(node[1] == "Worth a look" for node in page["story"] if node[0] == "f")
    many = page_data(FOUNDING / "a-http-browser-snap640.pcapng")
    assert not any("--" in node[1] for node in many["story"] if node[0] == "p")
    assert any("12 bytes for options" in item[1] for node in page["story"] if node[0] == "f" for item in node[2])


def test_a_certainty_that_needs_no_mark_has_none() -> None:
    story = tell(account(connection()))
    marks = {node[2] for node in nodes(story) if node[0] == "p"}
    assert story.unmarked not in marks


def test_texts_that_would_hide_or_turn_are_spelled_out() -> None:
    spelled = harmless({"a": ["\u202egnp", ("\x1b[2J", 7)], "b": None})
    assert spelled == {"a": ["\\u202egnp", ["\\x1b[2J", 7]], "b": None}


def test_tabs_of_a_program_keep_their_columns(tmp_path: Path) -> None:
    run = talk_run(tmp_path)
    (run / "sources" / "a" / "client.py").write_text("if x:\n\ts.connect((HOST, 80))\n")
    assert page_data(run)["sources"][0]["lines"][1] == [2, "    s.connect((HOST, 80))"]


CAPTURES = sorted(path for folder in ("traps", "formats", "wild", "founding")
                  for path in (FOUNDING.parent / folder).iterdir() if path.suffix in (".pcap", ".pcapng", ".gz"))


@pytest.mark.parametrize("path", CAPTURES, ids=lambda path: path.name)
def test_every_capture_makes_a_page_that_holds_together(path: Path) -> None:
    try:
        page = page_data(path)
    except WhywireError:
        return  # what can't be opened is told by the command
    assert json.loads(json.dumps(page, allow_nan=False))
    packets = {packet["p"] for packet in page["packets"]}
    assert {arrow["p"] for one in page["scenes"] for arrow in one["arrows"]} == packets
    for one in page["scenes"]:
        heights = [arrow["y"] for arrow in one["arrows"]]
        assert all(0 <= height <= one["height"] for height in heights)
        assert all(arrow["end"] >= arrow["y"] for arrow in one["arrows"])
        assert all(max(arrow["from"], arrow["to"]) < len(one["lanes"]) for arrow in one["arrows"])
    names = {rule["code"] for rule in page["rules"]}
    assert all(finding["code"] in names for finding in page["findings"])
