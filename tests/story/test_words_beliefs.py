from __future__ import annotations

import pytest

from tests.story.said import said
from whywire.connections.why import Why
from whywire.story.words.beliefs import SENTENCES


def test_plus_one_is_answered_with_numbers() -> None:
    assert said(Why.BELIEF_ACK_PLUS_ONE, packet=5, bytes=13) == \
        ('"The ack is the last sequence number plus 1." It is the number of the next byte expected: packet 5 '
         "acknowledges 13 bytes, so its ack grows by 13. It grows by 1 only for a SYN or a FIN.")


@pytest.mark.parametrize("why", SENTENCES, ids=lambda why: why.value)
def test_a_belief_is_quoted_and_then_put_right(why: Why) -> None:
    belief, _, right = said(why, packet=5, bytes=13, isn=7, side="client")[1:].partition('."')
    assert belief
    assert right.startswith((" ", "["))
    assert len(right) > 40


def test_every_belief_of_the_list_has_its_answer() -> None:
    assert set(SENTENCES) == {why for why in Why if why.value.startswith("belief_")}
