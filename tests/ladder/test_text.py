"""The canonical text, and the way back."""

from __future__ import annotations

from hypothesis import given

from tests.strategies import ladders
from whywire.ladder import Ladder, parse, to_text

EXAMPLE = """\
# The server never reads.
       a: connect(b:80) = 0
+0.000 a>b S  0:0(0)                win 64240
+0.010 b>a SA 0:0(0)       ack 1    win 1000
+0.000 a>b A  1:1(0)       ack 1    win 64240
       a: send(1000 bytes) = 1000
+0.001 a>b PA 1:1001(1000) ack 1    win 64240
+0.010 b>a A  1:1(0)       ack 1001 win 0
"""


@given(ladders())
def test_parse_gives_back_what_was_printed(ladder: Ladder) -> None:
    assert parse(to_text(ladder)) == ladder


@given(ladders())
def test_the_text_is_canonical(ladder: Ladder) -> None:
    text = to_text(ladder)
    assert to_text(parse(text)) == text


def test_columns_are_as_wide_as_they_need_to_be() -> None:
    ragged = "\n".join(" ".join(line.split()) for line in EXAMPLE.splitlines())
    assert to_text(parse(ragged)) == EXAMPLE


def test_a_long_field_pushes_only_its_own_line_aside() -> None:
    text = "a>b A 0:0(0) ack 1 win 5\na>b A 1000000000000:1000000000010(10) ack 1 win 5\n"
    first, second = to_text(parse(text)).splitlines()
    assert len(first) < 40 < len(second)


def test_times_keep_every_nanosecond() -> None:
    text = to_text(parse("+0.000000052 a>b - 0:0(0)\n-1.5 a: sleep(0.5) takes 0.5\n"))
    assert text == "+0.000000052 a>b - 0:0(0)\n-1.500       a: sleep(0.5) takes 0.500\n"


def test_an_empty_ladder_is_no_text() -> None:
    assert to_text(Ladder(())) == ""
