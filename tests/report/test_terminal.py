from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.story.factories import account, call, connection, end, skipped
from whywire.connections.model import Account, Program, RunFacts
from whywire.report.layout import cells
from whywire.report.terminal import render
from whywire.story import packet_page, tell
from whywire.story.document import Facts, Item, Story, Table

WIDTHS = (24, 40, 60, 71, 72, 80, 100, 112, 140)
EVIL = "\x1b[2J\u202eevil\x07\n"


def hostile() -> Account:
    """Return an account in which every text that comes from outside tries to reach the terminal."""
    calls = tuple(call(number, name, args=EVIL, source=EVIL, file=EVIL, error=EVIL if name == "recv" else None)
                  for number, name in enumerate(("connect", "send", "recv", "close"), start=3))
    programs = tuple(Program(EVIL, EVIL, EVIL, EVIL, None, None, EVIL * 3) for _ in range(2))
    one = connection(client=end("10.0.0.1:50001", host=EVIL, program=EVIL), calls=calls)
    return account(one, name=EVIL, problems=(EVIL,), skipped=(skipped(EVIL, 2),), view="merged",
                   run=RunFacts(EVIL, EVIL, programs, 5_000_000, None, "closed", EVIL, (EVIL,)))


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("found", [account(connection()), hostile(), account(), account(*(
    connection(number) for number in range(1, 9)))], ids=["one", "hostile", "empty", "many"])
def test_no_line_is_wider_than_asked(found: Account, width: int) -> None:
    assert max(cells(line) for line in render(tell(found), width).splitlines()) <= width


@pytest.mark.parametrize("width", WIDTHS)
def test_foreign_text_never_reaches_the_terminal_raw(width: int) -> None:
    for story in (tell(hostile()), packet_page(hostile(), 4, ())):
        text = render(story, width)
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", text)
    shown = re.sub(r"\s", "", render(tell(hostile()), width))
    assert shown.count("\\x1b[2J\\u202eevil") >= 10


def test_with_colour_only_our_own_escapes_are_there() -> None:
    text = render(tell(hostile()), 100, colour=True)
    assert set(re.findall(r"\x1b\[(.*?)[A-Za-z]", text)) <= {"0", "1", "2", "31", "32", "33", "34", "35", "36"}
    assert re.findall(r"\x1b(?!\[[0-9]+m)", text) == []


def test_without_its_colours_it_reads_the_same() -> None:
    plain, colour = (render(tell(account(connection())), 100, colour=wanted) for wanted in (False, True))
    assert re.sub(r"\x1b\[[0-9]+m", "", colour) == plain
    assert colour != plain


def test_widths_out_of_reason_are_brought_back() -> None:
    story = tell(account(connection()))
    assert render(story, 1) == render(story, 24)
    assert render(story, 10_000) == render(story, 140)


def story(*nodes: Facts | Table) -> Story:
    """Return a story of these nodes."""
    return Story(account(), nodes, ())


def test_facts_stand_in_two_columns() -> None:
    facts = Facts((Item("Data", "13 bytes one two three"), Item("As a word", "S")))
    assert render(story(facts), 36) == ("  Data       13 bytes one two three\n"
                                        "  As a word  S\n")


def test_a_table_wraps_its_last_column_and_falls_apart_where_it_must() -> None:
    table = Table(("bytes", "field", "meaning"), (("0-1", "Source Port", "the sender's end of the connection"),), "rll")
    assert render(story(table), 48) == (
        "  bytes  field        meaning\n"
        "    0-1  Source Port  the sender's end of the\n"
        "                      connection\n")
    assert render(story(table), 30) == (
        "  0-1\n"
        "      field Source Port,\n"
        "      meaning the sender's end\n"
        "      of the connection\n")


@settings(max_examples=25, deadline=None)
@given(st.text(st.characters(exclude_categories=()), max_size=40), st.sampled_from(WIDTHS))
def test_any_text_in_any_place_can_be_told(text: str, width: int) -> None:
    found = replace(hostile(), name=text, problems=(text,))
    rendered = render(tell(found), width)
    assert all(cells(line) <= width for line in rendered.splitlines())
