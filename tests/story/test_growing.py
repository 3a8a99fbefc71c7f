"""The sentences of a recording that goes on: none of them tells of an end."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.story.factories import account, connection
from whywire.connections.model import Account, Program, RunFacts
from whywire.findings.registry import rules
from whywire.report.terminal import render
from whywire.story import tell
from whywire.story.words import SENTENCES, chapter, exchanges, page
from whywire.story.words.growing import SO_FAR, TOO_EARLY, growing
from whywire.story.words.language import fill, names, plural

END = re.compile(r"(capture|recording|run) (ended|ends|stopped|was over)")
OVER = {"closed", "silent", "quiet", "timeout", "interrupted", "failed"}
"""How a run ended that is over."""


def running() -> Account:
    client = Program("client", "10.0.0.1", "python3 c.py", "c.py", None, None, "")
    return account(connection(), run=RunFacts("v1", "", (client,), None, None, "cut", "root"))


def messages() -> Iterator[str]:
    """Yield what is said of what a capture lacks at its end."""
    for words in SENTENCES.values():
        yield from (words.short, words.long, words.once)
    for module in (chapter, exchanges, page):
        for name, value in vars(module).items():
            if name.isupper() and isinstance(value, str):
                yield value
            elif name.isupper() and isinstance(value, dict):
                yield from (each for key, each in value.items() if isinstance(each, str) and key not in OVER)


def test_nothing_tells_of_an_end() -> None:
    left = [message for message in messages() if END.search(message) and message not in SO_FAR]
    assert left == []


@pytest.mark.parametrize("message", SO_FAR)
def test_each_asks_for_nothing_more(message: str) -> None:
    assert names(SO_FAR[message]) <= names(message)
    assert not END.search(SO_FAR[message])


def test_a_run_that_goes_on() -> None:
    before = render(tell(running()))
    assert "how it ended was not recorded" in before
    with growing():
        told = render(tell(running()))
        assert plural("{n} packet", "{n} packets", 2) == "2 packets"
    assert "(still running)" in told
    assert "The run goes on: this is its story so far." in " ".join(told.split())
    assert render(tell(running())) == before
    with growing(goes_on=False):
        assert render(tell(running())) == before


def test_it_is_over_after_a_failure() -> None:
    with pytest.raises(KeyError), growing():
        raise KeyError
    assert fill(chapter.EXIT_RUNNING, {}) == chapter.EXIT_RUNNING


def test_findings_about_the_end_wait_for_it() -> None:
    found = {rule.code: rule.says for rule in rules()}
    assert set(TOO_EARLY) <= set(found)
    at_least = {"TCP211"}  # true of now, too
    assert {code for code, says in found.items() if END.search(says)} - at_least <= set(TOO_EARLY)
