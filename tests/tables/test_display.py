from __future__ import annotations

from html.parser import HTMLParser

from tests.tables.captures import V2, tables_of
from whywire.connections.model import Certainty, Side
from whywire.exchanges.model import Exchange, Message
from whywire.tables.display import CELL, ROWS
from whywire.tables.exchanges import exchanges

HOSTILE = '/<script>alert("1")</script>&\x1b[31m\n' + "x" * 1000


def asked(target: str) -> Exchange:
    message = Message(Side.CLIENT, 1, None, 1, None, 1, None, 9, 0, None, None, "none", None, "HTTP/1.1", "GET", target)
    return Exchange(1, 1, "http/1.1", Side.CLIENT, message, None, pairing=Certainty.INFERRED)


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        assert {name for name, _ in attrs} <= {"title"}


def test_hostile_names_are_escaped_and_cut() -> None:
    table = exchanges([asked(HOSTILE)])
    page, text = table._repr_html_(), repr(table)
    tags = Tags()
    tags.feed(page)
    assert tags.seen == {"div", "p", "table", "thead", "tbody", "tr", "th", "td"}
    assert "&lt;script&gt;" in page
    for shown in (page, text):
        assert "\x1b" not in shown
        assert "\\x1b[31m\\n" in shown
        assert "x" * (CELL + 1) not in shown
    assert len(text.splitlines()) == 4  # heading, names, the row, the other columns


def test_a_long_table_shows_its_first_rows_and_how_many_more_there_are() -> None:
    table = exchanges([asked(f"/{number}/") for number in range(1000)])
    for shown in (table._repr_html_(), repr(table)):
        assert f"/{ROWS - 1}/" in shown
        assert f"/{ROWS}/" not in shown
        assert "990 more rows" in shown


def test_null_is_shown_as_nothing_that_could_be_a_value() -> None:
    with tables_of(V2) as tables:
        first = repr(tables.packets).splitlines()[2].split()
    assert first == ["1", "1667746800000000000", "1", "client", "syn", "0", "-", "0", "65495"]
