"""The document of the notation: its examples are ladders, canonical, and compile; its errors are ours."""

from __future__ import annotations

import re

import pytest

from tests.conftest import ROOT
from whywire.capture.compile import Compiled
from whywire.ladder import LadderError, parse, to_text

DOCUMENT = (ROOT / "docs" / "design" / "ladder.md").read_text()
EXAMPLES = re.findall(r"```ladder\n(.*?)```", DOCUMENT, re.S)


def test_the_document_has_examples() -> None:
    assert len(EXAMPLES) >= 4


@pytest.mark.parametrize("text", EXAMPLES, ids=range(len(EXAMPLES)))
def test_examples_are_canonical_and_compile(text: str) -> None:
    ladder = parse(text)
    assert to_text(ladder) == text
    made = Compiled(ladder)
    assert len(made.calls) <= len(ladder.calls)
    assert made.capture()


def test_its_errors_are_those_of_the_parser() -> None:
    with pytest.raises(LadderError) as first:
        parse("#\n+0.1 a>b Q 0:0(0)")
    with pytest.raises(LadderError) as second:
        parse("#\n#\n#\na>b S 0:5(4)")
    for caught in (first, second):
        assert f"    {caught.value.what}\n" in DOCUMENT


def test_every_word_of_the_grammar_is_read_and_every_word_read_is_in_the_grammar() -> None:
    from whywire.ladder import parse_call, parse_packet

    grammar = DOCUMENT.split("## Grammar")[1].split("## What")[0]
    words = set(re.findall(r'"([A-Za-z]{2,})"', grammar))
    options = {"mss", "ws", "sackOK", "ts", "sack", "kind"}
    others = {"host", "connection", "program", "start", "at", "isn", "bytes", "byte", "None", "True", "False"}
    assert words == set(parse_call._ATTRIBUTES) | set(parse_packet._ATTRIBUTES) | options | others
