from __future__ import annotations

import pytest

from tests.story.factories import account, because, call, connection
from whywire.connections.model import Cause, CauseKind, Certainty, Reason, Side
from whywire.connections.why import Why
from whywire.story.teller import Teller, weakest
from whywire.story.words import SENTENCES


def test_a_likely_cause_brings_its_other_readings_and_what_decides() -> None:
    cause = Cause(CauseKind.CALL, Certainty.LIKELY, Reason(Why.RST_UNREAD_LIKELY, {"side": "client"}), None,
                  (Reason(Why.RST_LINGER_POSSIBLE, {"side": "client"}),), Reason(Why.DECIDE_CALLS, {"side": "client"}))
    told = Teller(account(connection())).cause(cause, Side.CLIENT)
    assert told.certainty == "likely"
    assert told.others == ("The client's program had set SO_LINGER to 0 seconds, which asks for a reset at close.",)
    assert told.decides == "A trace of the client's calls would decide."


def test_what_nothing_decides_is_marked_as_not_known() -> None:
    cause = Cause(CauseKind.UNKNOWN, Certainty.LIKELY, Reason(Why.UNKNOWN))
    assert Teller(account(connection())).cause(cause, Side.CLIENT).certainty == "unknown"


def test_an_explanation_is_given_once_in_a_story() -> None:
    teller = Teller(account(connection()))
    cause = because(Why.ACK_AT_ONCE, CauseKind.ANSWERS, packet=4)
    first, second = (teller.cause(cause, Side.SERVER).text for _ in range(2))
    assert first == f"{second} {SENTENCES[Why.ACK_AT_ONCE].once}"


def test_the_call_that_asked_is_named() -> None:
    from whywire.base.ref import call as ref

    teller = Teller(account(connection(calls=(call(3, "connect", source="s.connect(a)"),))))
    cause = Cause(CauseKind.CALL, Certainty.KNOWN, Reason(Why.SYN_CONNECT), ref(3))
    assert teller.cause(cause, Side.CLIENT).text == "client.py:3 connect() asks for a connection."
    assert "s.connect(a)" in teller.cause(cause, Side.CLIENT, long=True).text


def test_with_calls_known_goes_without_saying_and_without_them_inferred() -> None:
    assert Teller(account(connection())).unmarked == "inferred"
    assert Teller(account(connection(calls=(call(3, "connect"),)))).unmarked == "known"
    assert Teller(account(connection(), other_calls=(call(3, "listen"),))).unmarked == "known"


@pytest.mark.parametrize(("certainties", "least"), [
    (("known", "inferred"), "inferred"), (("known", "likely", "inferred"), "likely"), (("known",), "known")])
def test_of_several_certainties_the_weakest_holds_for_all(certainties: tuple[str, ...], least: str) -> None:
    assert weakest(certainties) == least
