from __future__ import annotations

import pytest

from tests.story.factories import account, connection
from whywire.base.ref import packet
from whywire.connections.model import Certainty
from whywire.findings import Finding, Level
from whywire.report.json import as_object
from whywire.report.terminal import render
from whywire.story import tell
from whywire.story.document import Facts, Hint
from whywire.story.findings import MOST, worth_a_look


def finding(number: int | None = 1, code: str = "TCP206", at: int | None = 8, text: str = "A reset.") -> Finding:
    """Return a finding about connection ``number``."""
    return Finding(code, "seen", Level.WARNING, Certainty.LIKELY, number, at, (packet(6),), text, {}, 1)


def test_a_finding_is_listed_with_its_packet_and_where_to_read_on() -> None:
    facts, hint = worth_a_look((finding(),), several=False)
    assert isinstance(facts, Facts)
    assert [(item.label, item.text, item.certainty) for item in facts.items] == [
        ("TCP206", "Packet 8: A reset.", "likely")]
    assert isinstance(hint, Hint)
    assert hint.text == "More on one: whywire rule TCP206."


def test_of_several_connections_each_names_its_own() -> None:
    facts, _ = worth_a_look((finding(2), finding(None, "CAP011", None)), several=True)
    assert isinstance(facts, Facts)
    assert [item.label for item in facts.items] == ["c2 TCP206", "CAP011"]


def test_a_text_that_names_its_packet_is_left_as_it_is() -> None:
    facts, _ = worth_a_look((finding(text="Packet 8 is odd."),), several=False)
    assert isinstance(facts, Facts)
    assert facts.items[0].text == "Packet 8 is odd."


def test_many_are_counted() -> None:
    facts, hint = worth_a_look((finding(),) * (MOST + 3), several=False)
    assert isinstance(facts, Facts)
    assert isinstance(hint, Hint)
    assert len(facts.items) == MOST
    assert "3 more findings in --format json" in hint.text


def test_nothing_found_nothing_said() -> None:
    assert worth_a_look((), several=False) == []


def test_a_story_of_one_connection_has_its_findings_and_those_of_the_file() -> None:
    two = account(connection(), connection(number=2))
    told = tell(two, connection="c2", findings=(finding(1), finding(2), finding(None, "CAP011", None)))
    assert [one.connection for one in told.findings or ()] == [2, None]
    assert "c2 TCP206" in render(told, 100)


def test_the_json_has_every_field_and_null_where_no_rule_was_asked() -> None:
    told = as_object(tell(account(connection()), findings=(finding(),)))
    assert told["findings"] == [{
        "code": "TCP206", "name": "seen", "level": "warning", "certainty": "likely", "connection": "c1", "packet": 8,
        "because": ["p6"], "count": 1, "text": "A reset."}]
    assert as_object(tell(account(connection())))["findings"] is None


@pytest.mark.parametrize("width", [40, 100])
def test_it_is_printed(width: int) -> None:
    shown = render(tell(account(connection()), findings=(finding(),)), width)
    assert "Worth a look" in shown
    assert "[likely]" in shown
