"""Short ways to write down a `Cause`. Certainty is part of the name, so that a cause can't be made without it."""

from __future__ import annotations

from collections.abc import Mapping

from whywire.base.ref import Ref, call, packet
from whywire.connections.model import Cause, CauseKind, Certainty, Reason, Value
from whywire.connections.why import Why


def reason(why: Why, *refs: Ref | None, certainty: Certainty | None = None, **params: Value) -> Reason:
    """Return a statement with its parameters and what it rests on."""
    return Reason(why, params, tuple(ref for ref in refs if ref is not None), certainty)


def _on(why: Why, ref: Ref | None, params: Mapping[str, Value]) -> Reason:
    return Reason(why, params, () if ref is None else (ref,))


def known(kind: CauseKind, ref: Ref | None, why: Why, **params: Value) -> Cause:
    """The trace or the wire log shows it."""
    return Cause(kind, Certainty.KNOWN, _on(why, ref, params), ref)


def inferred(kind: CauseKind, ref: Ref | None, why: Why, **params: Value) -> Cause:
    """The packets and the rules of TCP leave no other reading."""
    return Cause(kind, Certainty.INFERRED, _on(why, ref, params), ref)


def likely(
    kind: CauseKind, ref: Ref | None, first: Reason, others: tuple[Reason, ...], decides: Reason | None = None
) -> Cause:
    """There are other readings: ``others``, never empty."""
    return Cause(kind, Certainty.LIKELY, first, ref, others, decides)


def artefact(ref: Ref | None, why: Why, **params: Value) -> Cause:
    """Of the capture, not of the network."""
    return Cause(CauseKind.UNKNOWN, Certainty.ARTEFACT, _on(why, ref, params), ref)


def unknown(decides: Reason | None, why: Why = Why.UNKNOWN, others: tuple[Reason, ...] = (), **params: Value) -> Cause:
    """No rule decides, and nothing is guessed; ``others`` are the readings that are left, where they can be named."""
    return Cause(CauseKind.UNKNOWN, Certainty.LIKELY, _on(why, None, params), None, others, decides)


def p(number: int | None) -> Ref | None:
    """Return the reference of a packet, or None."""
    return None if number is None else packet(number)


def c(number: int | None) -> Ref | None:
    """Return the reference of a call, or None."""
    return None if number is None else call(number)
