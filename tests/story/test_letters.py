from __future__ import annotations

from tests.story.factories import connection
from whywire.connections.history import LETTERS as WRITTEN
from whywire.story.connection import word
from whywire.story.words.letters import LETTERS


def test_every_letter_that_is_written_is_explained() -> None:
    assert {letter.lower() for _, letter in WRITTEN} <= set(LETTERS)


def test_a_word_explains_its_own_letters_once() -> None:
    assert word(connection(history="ShADadFf")) == \
        ("ShADadFf: S SYN, H SYN ACK, A ACK without data, D data, F FIN. Upper case is the client, lower case the "
         "server.")
