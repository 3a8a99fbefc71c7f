"""Every entry is whole, and is found by what somebody types."""

from __future__ import annotations

import re

import pytest

from whywire.base.errors import WhywireError
from whywire.glossary import Term, every, term_of
from whywire.glossary.terms import TOPICS, key, topic
from whywire.story.words.terms import TERMS

each_term = pytest.mark.parametrize("term", every().values(), ids=lambda term: term.name)


@each_term
def test_an_entry_is_whole(term: Term) -> None:
    assert term.half
    assert not term.half.endswith(".")
    assert len(term.half) < 110, "half a line"
    assert term.text.endswith(".")
    assert term.spec
    assert not re.search(r"!|\s\s|\b(simply|obviously|just)\b", term.half + term.text)


@each_term
def test_what_it_points_to_is_there(term: Term) -> None:
    assert [name for name in term.see if name not in every()] == []
    assert term.name not in term.see


@each_term
def test_it_is_found_by_each_of_its_names(term: Term) -> None:
    words = (term.name, term.name.upper(), term.name.replace("-", "_"), *term.also)
    assert all(term_of(word) is term for word in words)


def test_no_name_is_used_twice() -> None:
    names = [word for name in TOPICS for term in topic(name) for word in {key(term.name), *map(key, term.also)}]
    assert sorted({name for name in names if names.count(name) > 1}) == []


def test_there_are_some_sixty() -> None:
    assert 60 <= len(every()) <= 90


@pytest.mark.parametrize(("word", "near"), [
    ("time-waits", "TIME-WAIT"), ("nagel", "Nagle"), ("windwo", "window"), ("retransmit", "retransmission"),
    ("offload", "checksum offload"),
])
def test_near_names_are_offered(word: str, near: str) -> None:
    with pytest.raises(WhywireError, match=f"no entry for '{word}'") as caught:
        term_of(word)
    assert near in caught.value.hint


def test_a_word_like_nothing_is_pointed_to_the_list() -> None:
    with pytest.raises(WhywireError) as caught:
        term_of("zzzzzz")
    assert "lists all" in caught.value.hint


def test_every_term_that_a_story_lists_has_an_entry() -> None:
    assert {name: term_of(name).name for name in TERMS}.keys() == TERMS.keys()  # none of them raises
