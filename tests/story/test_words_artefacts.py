from __future__ import annotations

from tests.story.factories import account, connection
from tests.story.said import said
from whywire.connections.model import Certainty, Reason, Side
from whywire.connections.why import Why
from whywire.story.teller import Teller


def test_what_the_capture_missed_was_not_lost_by_the_network() -> None:
    assert said(Why.ACKED_UNSEEN, bytes=100) == \
        "It acknowledges 100 bytes that the capture does not hold: they arrived, the capture missed them."


def test_the_wire_acts_on_purpose_only_where_a_rule_says_so() -> None:
    assert said(Why.WIRE_DROPPED, rule="drop data 3") == "The wire dropped it on purpose (drop data 3)."
    assert said(Why.WIRE_DROPPED, rule=None) == "The wire dropped it."


def test_artefacts_and_deeds_of_the_wire_carry_their_certainty() -> None:
    teller = Teller(account(connection()))
    for why, certainty in ((Why.SUPER_SEGMENT, "artefact"), (Why.WIRE_DROPPED, "known"), (Why.WINDOW_CLOSED, None)):
        assert teller.note(Reason(why), Side.CLIENT).certainty == certainty
    own = Reason(Why.SUPER_SEGMENT, certainty=Certainty.LIKELY)
    assert teller.note(own, Side.CLIENT).certainty == "likely"
