"""`Teller`: what every part of a story needs at hand: the calls by number, the point of view, what was said before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property

from whywire.base.records import Call
from whywire.connections.model import Account, Cause, CauseKind, Certainty, Reason, Side
from whywire.connections.why import Why
from whywire.story.document import Statement
from whywire.story.roles import Roles
from whywire.story.values import Values, call_name, call_source
from whywire.story.words import SENTENCES, artefacts
from whywire.story.words.language import UnfilledError, fill

WIRE = frozenset((Why.WIRE_DROPPED, Why.WIRE_DELAYED, Why.WIRE_DUPLICATED, Why.WIRE_CORRUPTED, Why.NOT_ARRIVED,
                  Why.STILL_TRAVELLING, Why.COPIED_BY_WIRE, Why.RETRANSMISSION_LOST))
ARTEFACTS = frozenset(artefacts.SENTENCES) - WIRE


class Teller:
    """Turns reasons into sentences, for one story."""

    def __init__(self, account: Account, calls: Mapping[int, Call] | None = None) -> None:
        """``calls``: those of the account by number, where somebody has them already."""
        self.account = account
        self.merged = account.view == "merged"
        self.calls: Mapping[int, Call] = calls if calls is not None else {x.number: x for x in _calls(account)}
        self.traced = bool(self.calls)
        self.roles: Roles | None = None
        """Which ends are proxies, once somebody has found out."""
        self._said: set[str] = set()

    @property
    def unmarked(self) -> str:
        """The certainty that needs no mark in this story."""
        return Certainty.KNOWN.value if self.traced else Certainty.INFERRED.value

    @cached_property
    def first_acks(self) -> frozenset[int]:
        """The packets in which an acknowledgment number of a side is seen for the first time."""
        found = (next((segment.packet for segment in connection.segments
                       if segment.sender is side and segment.ack is not None), None)
                 for connection in self.account.connections for side in Side)
        return frozenset(packet for packet in found if packet is not None)

    def first_time(self, what: str) -> bool:
        """Tell whether this is said for the first time, and remember it."""
        new = what not in self._said
        self._said.add(what)
        return new

    def sentence(self, reason: Reason, context: Mapping[str, str | None], *, long: bool = False) -> str:
        """Return a reason's sentence. ``context`` must name the ``sender``, ``receiver`` and ``side``."""
        words = SENTENCES[reason.why]
        values = Values(reason.params, self.calls, context, long)
        try:
            text = fill(words.long if long else words.short, values)
        except UnfilledError:
            text = fill(SENTENCES[Why.UNKNOWN].short, values)
        if words.once and not long and self.first_time(reason.why.value):
            text = f"{text} {fill(words.once, values)}"
        return text

    def cause(self, cause: Cause, sender: Side, *, long: bool = False) -> Statement:
        """Return a cause in words, with the other readings and what would decide."""
        context = self.context(sender, cause, long=long)
        others = tuple(self.sentence(other, context, long=long) for other in cause.others)
        return Statement(
            self.sentence(cause.reason, context, long=long),
            _certainty(cause),
            cause.reason,
            others,
            self.sentence(cause.decides, context, long=long) if cause.decides is not None else "",
        )

    def note(self, note: Reason, sender: Side, *, long: bool = False) -> Statement:
        """Return a note in words. Without a certainty of its own it shows in the packets themselves."""
        certainty = note.certainty
        if certainty is None:
            certainty = Certainty.ARTEFACT if note.why in ARTEFACTS else Certainty.KNOWN if note.why in WIRE else None
        return Statement(self.sentence(note, self.context(sender, long=long), long=long),
                         None if certainty is None else certainty.value, note)

    def context(self, sender: Side, cause: Cause | None = None, *, long: bool = False) -> dict[str, str | None]:
        """Return what a sentence about ``sender`` may name."""
        values: dict[str, str | None] = {"sender": sender.value, "receiver": sender.other.value, "side": sender.value}
        if cause is not None and cause.ref is not None and cause.ref.kind == "k":
            call = self.calls.get(cause.ref.number)
            if call is not None:
                values["caller"] = call_source(call) if long else call_name(call)
        return values


def _certainty(cause: Cause) -> str:
    undecided = cause.kind is CauseKind.UNKNOWN and cause.certainty is Certainty.LIKELY
    return "unknown" if undecided else cause.certainty.value


def weakest(certainties: Iterable[str]) -> str:
    """Return the least sure of them: what can be said of all."""
    order = (Certainty.KNOWN.value, Certainty.INFERRED.value, Certainty.ARTEFACT.value, Certainty.LIKELY.value,
             "unknown")
    return max(certainties, key=order.index)


def _calls(account: Account) -> Iterable[Call]:
    for connection in account.connections:
        yield from connection.calls
    yield from account.other_calls
