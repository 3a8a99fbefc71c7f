"""A cause can't be written down without its certainty."""

from __future__ import annotations

from whywire.connections.causes.say import artefact, c, inferred, known, likely, p, reason, unknown
from whywire.connections.model import CauseKind, Certainty
from whywire.connections.why import Why


def test_the_name_is_the_certainty() -> None:
    other = reason(Why.RST_FIREWALL)
    made = {
        Certainty.KNOWN: known(CauseKind.CALL, c(3), Why.SYN_CONNECT, call=3),
        Certainty.INFERRED: inferred(CauseKind.ANSWERS, p(1), Why.SYN_ACK_LISTEN, packet=1),
        Certainty.LIKELY: likely(CauseKind.ANSWERS, p(1), reason(Why.RST_REFUSED, p(1), packet=1), (other,)),
        Certainty.ARTEFACT: artefact(p(1), Why.CAPTURED_TWICE, packet=1),
    }
    assert all(cause.certainty is certainty for certainty, cause in made.items())
    assert [str(cause.ref) for cause in made.values()] == ["k3", "p1", "p1", "p1"]
    assert made[Certainty.KNOWN].reason.refs == (c(3),)


def test_what_is_unknown_points_nowhere() -> None:
    cause = unknown(reason(Why.DECIDE_BOTH_ENDS))
    assert (cause.kind, cause.ref, cause.reason.refs) == (CauseKind.UNKNOWN, None, ())
    assert cause.decides is not None


def test_no_number_no_reference() -> None:
    assert (p(None), c(None)) == (None, None)
