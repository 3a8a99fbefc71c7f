"""Every statement has its sentences, and every sentence keeps the rules that all of them share."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.story.factories import call
from whywire.connections import why as codes
from whywire.connections.why import Why
from whywire.story.values import Values
from whywire.story.words import SENTENCES
from whywire.story.words.language import fill, names

CONTEXT = {"sender", "receiver", "side"}
"""Known wherever something is said of a packet."""
BESIDE = {"caller", "blocked_ns", "syn_to_synack", "synack_to_ack", "bytes_plain"}
"""Known in some places: the call that asked for a packet, how long a call waited, the handshake's times."""
EXAMPLES = {
    "side": "client", "how": "exit", "what": "fin", "event": 1, "rule": "drop the 3rd data segment", "calls": (1, 2),
    "call": 1, "after_call": 1, "before_call": 2, "attempt": 2, "part": 2, "parts": 9, "count": 3,
}
WHERE = {"sender": "client", "receiver": "server", "side": "client", "caller": "client.py:2 connect()",
         "blocked_ns": "5.00 ms", "syn_to_synack": "10.0 ms", "synack_to_ack": "20.0 us"}
CALLS = {1: call(1, "connect"), 2: call(2, "send")}


IDENTIFIERS = r"(?i)(packet|number|seq|RFC|is|has) \d+|12345 to 12345"
"""Numbers that name something and count nothing: they are written as they are."""


def documented() -> dict[str, set[str]]:
    """Return the parameters that why.py documents for each code, read from its comments."""
    found: dict[str, set[str]] = {}
    code = ""
    for line in Path(codes.__file__).read_text().splitlines():
        match = re.match(r"    ([A-Z_]+) = auto\(\)", line)
        code = match[1] if match else code
        known = found.setdefault(code.lower(), set())
        comment = line.partition("#")[2]
        if "params:" in comment:
            listed = re.sub(r"\(.*?\)", "", comment.split("params:")[1])
            known |= {part.split()[0] for part in re.split(r",| or ", listed)}
    return found


DOCUMENTED = documented()


def each() -> pytest.MarkDecorator:
    """Run a test once for every statement."""
    return pytest.mark.parametrize("why", list(Why), ids=lambda why: why.value)


def rendered(why: Why, *, known: bool) -> list[str]:
    """Return a statement's sentences, with every parameter or with none."""
    params = {name: EXAMPLES.get(name, 12_345) for name in DOCUMENTED[why.value] | DOCUMENTED["held_nagle"]}
    values = Values(params if known else dict.fromkeys(params), CALLS, WHERE if known else
                    {name: WHERE[name] for name in CONTEXT})
    return [fill(text, values) for text in SENTENCES[why] if text]


@each()
def test_every_statement_has_a_short_and_a_long_form(why: Why) -> None:
    words = SENTENCES[why]
    assert words.short
    assert words.long


@each()
def test_a_sentence_asks_only_for_what_is_documented(why: Why) -> None:
    asked = set().union(*(names(text) for text in SENTENCES[why]))
    assert asked - CONTEXT - BESIDE <= DOCUMENTED[why.value]


@each()
@pytest.mark.parametrize("known", [True, False], ids=["all-known", "nothing-known"])
def test_a_sentence_is_whole(why: Why, known: bool) -> None:
    for text in rendered(why, known=known):
        assert text[0].isupper() or text[0] in '"0123456789' or re.match(r"client\.py|\w+\(\) ", text), text
        assert text.endswith((".", '."')), text
        assert not re.search(r"None|[{}\[\]|!]|  | [,.;:)]|\( |\.\.", text), text
        assert not re.search(r"(?<![\d.^])\d{4,}", re.sub(IDENTIFIERS, "", text)), text


@each()
def test_a_row_is_short(why: Why) -> None:
    assert len(rendered(why, known=True)[0]) <= 200


@each()
def test_numbers_come_with_their_unit(why: Why) -> None:
    for text in rendered(why, known=True):
        for number in re.findall(r"12,345(?: \S+)?", text):
            assert re.match(r"12,345 (bytes|byte|us|ms|s|->|ACKs|duplicate|keep-alive|times)", number) \
                or re.search(r"(grows by|by|after|->) 12,345", text), text


@each()
def test_kernel_and_program_are_never_the_same_person(why: Why) -> None:
    for text in rendered(why, known=True):
        assert not re.search(r"(program|recv\(\)|accept\(\)) (acknowledged|acknowledges|sent an ACK)", text), text
        assert "probably" not in text.lower()


def test_no_statement_is_left_over() -> None:
    assert set(SENTENCES) == set(Why)
