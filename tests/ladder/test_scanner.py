"""Reading a line from left to right, and the place of an error."""

from __future__ import annotations

import pytest

from whywire.ladder.scanner import HOST, NUMBER, LadderError, Scanner


def test_an_error_names_line_column_and_what_was_found() -> None:
    scanner = Scanner("  abc  ?x y", 7)
    assert scanner.need(HOST, "a host") == "abc"
    with pytest.raises(LadderError) as caught:
        scanner.need(NUMBER, "a number")
    assert str(caught.value) == "ladder, line 7, column 8: expected a number, found '?x'"
    assert (caught.value.line, caught.value.column, caught.value.exit_code) == (7, 8, 2)


def test_the_end_of_the_line_is_named() -> None:
    with pytest.raises(LadderError, match="column 4: expected a number, the line ends"):
        Scanner("   ", 1).need(NUMBER, "a number")


def test_a_word_is_read_whole_or_not_at_all() -> None:
    scanner = Scanner("wind 5", 1)
    assert not scanner.keyword("win")
    assert scanner.keyword("wind")
    assert scanner.number_in("a number", 0, 5) == 5


def test_a_range_is_held() -> None:
    with pytest.raises(LadderError, match="column 2: a port is 70000, it must lie between 0 and 65535"):
        Scanner(" 70000", 1).number_in("a port", 0, 65535)


def test_strings_in_both_quotes() -> None:
    scanner = Scanner(r'`a\n"b` "a\n\"b" "\xff"', 1)
    assert scanner.string("text") == r'a\n"b'
    assert scanner.string("text") == 'a\n"b'
    assert scanner.bytes("data") == b"\xff"


@pytest.mark.parametrize(("text", "what"), [
    ('"abc', "expected the data"), (r'"\q"', r"\\q is no escape"), (r'"\u{d800}"', "a lone surrogate is no byte")])
def test_broken_strings(text: str, what: str) -> None:
    with pytest.raises(LadderError, match=what):
        Scanner(text, 1).bytes("the data")


def test_the_rest_of_a_line() -> None:
    assert Scanner("  # why  ", 1).comment() == "why"
    assert Scanner("   ", 1).comment() is None
    with pytest.raises(LadderError, match="expected the end of the line, found 'more'"):
        Scanner(" more", 1).comment()
