from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whywire.cli.show import Wishes, open_path, tell
from whywire.report.escape import visible
from whywire.report.markdown import JOINER, fenced, line, render, table, text
from whywire.story import Story
from whywire.story.document import Facts, Heading, Hint, Item, Note, Output, Paragraph, Table

SHOWN = {"&amp;": "&", "&lt;": "<", "&gt;": ">"}
RECORDED = Path(__file__).resolve().parents[2] / "src" / "whywire" / "labs" / "v2" / "recorded"


@pytest.fixture(scope="module")
def story() -> Story:
    folder, capture = open_path(RECORDED, None)
    with capture:
        return tell(folder, capture, Wishes())[0]


def shown(markdown: str) -> str:
    """Return what a reader of Markdown shows for text without markup (CommonMark 2.4, 2.5)."""
    found = re.sub(r"&(amp|lt|gt);", lambda match: SHOWN[match[0]], markdown)
    return re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", found).replace(JOINER, "")


@given(st.text(max_size=40) | st.text(alphabet="\\`*_[]()|~#<>&;:!@/.-+=1 agh\n", max_size=30))
def test_any_text_is_shown_as_it_is(foreign: str) -> None:
    for made in (text(foreign), line(foreign)):
        assert "\n" not in made
        if "\\" not in foreign and visible(foreign) == foreign and JOINER not in foreign:
            assert shown(made) == foreign.strip(" ")
        bare = re.sub(r"\\.|&(?:amp|lt|gt);", "", made)
        assert not set(bare) & set("\\`*_[]|~#$<>&")
    assert not re.match(r"[-+=#>]|\d{1,9}[.)](?:\s|$)", line(foreign))


@pytest.mark.parametrize(("foreign", "made"), [
    ("a|b", "a\\|b"), ("`x`", "\\`x\\`"), ("<script>", "&lt;script&gt;"), ("&lt;", "&amp;lt;"),
    ("![x](y)", "!\\[x\\](y)"),
    ("@here", f"@{JOINER}here"), ("#12", f"\\#{JOINER}12"), ("GH-7", f"GH-{JOINER}7"),
    ("http://evil.example", f"http:{JOINER}//evil.example"), ("www.evil.example", f"www{JOINER}.evil.example"),
    ("a\x1b[2Jb\nc\u202e", "a\\\\x1b\\[2Jb\\\\nc\\\\u202e"),
])
def test_what_a_reader_or_a_site_would_obey(foreign: str, made: str) -> None:
    assert text(foreign) == made


@pytest.mark.parametrize(("foreign", "made"), [
    ("- a", "\\- a"), ("+ a", "\\+ a"), ("1. a", "1\\. a"), ("12) a", "12\\) a"), ("=== a", "\\=== a"),
    ("10.0.0.1 is there", "10.0.0.1 is there"), ("# a", "\\# a"),
])
def test_what_would_begin_a_block(foreign: str, made: str) -> None:
    assert line(foreign) == made


@given(st.text(alphabet="`~ a\n", max_size=30))
def test_nothing_ends_a_block_of_code(content: str) -> None:
    lines = fenced(content).split("\n")
    fence = lines[0].removesuffix("text")
    assert set(fence) == {"`"}
    assert lines[-1] == fence
    assert all(fence not in inner for inner in lines[1:-1])


def test_a_table_has_as_many_cells_in_every_row() -> None:
    made = table(("a|b", ""), [("1|2", "x\ny"), ("`|`", "\\|")], "rl").split("\n")
    assert made[1] == "| ---: | --- |"
    assert {len(re.findall(r"(?<!\\)(?:\\\\)*\|", row)) for row in made} == {3}


def test_the_story(story: Story) -> None:
    made = render(story, lambda _: "v2.svg")
    assert made.startswith("## The server reads 5 bytes at a time")
    assert "![Sequence picture of c1: client (client.py) and server (server.py)](v2.svg)" in made
    assert "```text\nreceived data: b'WORLD'\n```" in made
    (row,) = [row for row in made.split("\n") if row.startswith("| 8 |")]
    assert row.split(" | ")[1:4] == ["23.0", "client", "FIN ACK"]
    assert "client.py:10 close() with nothing unread" in row
    assert "- **TCP205**" in made
    assert "whywire explain" not in made


def test_the_picture_as_text(story: Story) -> None:
    made = render(story)
    assert ".svg" not in made
    assert "| ---: |" not in made
    (picture,) = [block for block in made.split("```")[1::2] if "-->" in block]
    assert " <-- " in picture
    assert "SYN ACK" in picture


def test_each_kind_of_node(story: Story) -> None:
    bad = "<b>|`@x"
    nodes = (Heading(bad, 9), Paragraph(bad, "likely", bad), Note(bad, "warning"), Note(bad), Hint(bad),
             Facts((Item(bad, bad), Item("", bad))), Table((bad,), ((bad,), ("",)), "l"),
             Output(bad, bad, (bad, "```", "x\x07"), bad))
    made = render(replace(story, nodes=nodes))
    safe = f"&lt;b&gt;\\|\\`@{JOINER}x"
    assert made.split("\n\n") == [
        f"###### {safe}", f"{safe} \\[likely\\] {safe}", f"> **Warning:** {safe}", f"> {safe}",
        f"- **{safe}** {safe}\n- {safe}", f"| {safe} |\n| --- |\n| {safe} |\n|   |", f"**{safe}**",
        f"````text\n{bad}\n... {bad}\n```\nx\\x07\n````\n"]


def test_a_packet_that_was_lost_says_so(story: Story) -> None:
    timeline = next(node for node in story.nodes if hasattr(node, "rows") and hasattr(node, "legend"))
    packet = next(row for row in timeline.rows if hasattr(row, "segment"))
    lost = replace(packet, segment=replace(packet.segment, lost=True))
    made = render(replace(story, nodes=(replace(timeline, rows=(lost,)),)), lambda _: None)
    assert made != render(replace(story, nodes=(replace(timeline, rows=(packet,)),)), lambda _: None)
