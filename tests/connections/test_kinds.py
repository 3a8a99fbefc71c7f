"""The words of the specification, one bit each."""

from __future__ import annotations

from whywire.connections import kinds as k

SPECIFIED = """syn, syn-ack, ack, data, fin, rst, retransmission, fast-retransmission, spurious-retransmission,
out-of-order, duplicate-ack, keep-alive, keep-alive-ack, window-update, window-full, zero-window, zero-window-probe,
zero-window-probe-ack, lost-segment, acked-unseen, captured-twice, super-segment, port-reused, not-acceptable"""


def test_the_words_are_those_of_the_specification_in_its_order() -> None:
    assert [word for _, word in k.WORDS] == [word.strip() for word in SPECIFIED.split(",")]


def test_each_word_has_a_bit_of_its_own() -> None:
    bits = [bit for bit, _ in k.WORDS]
    assert len(set(bits)) == len(bits)
    assert all(bit & (bit - 1) == 0 for bit in bits)
    assert k.words(k.RST | k.NOT_ACCEPTABLE) == ("rst", "not-acceptable")
