"""A reset outside of the window."""

from __future__ import annotations

from collections.abc import Iterator

from whywire.connections.nouns import Certainty
from whywire.connections.why import Why
from whywire.findings.rule import Hit, Level, Rule, hit

TYPE_CHECKING = False
if TYPE_CHECKING:
    from whywire.findings.seen import Seen

RULE = Rule(
    code="TCP208", name="reset-ignored", level=Level.NOTE, certainty=Certainty.INFERRED,
    title="A reset that changes nothing",
    says="A reset in the {side}'s name has sequence number {seq}, outside of what the receiver accepts[ ({low} or a "
         "little more)]: it is ignored.",
    means="A reset counts only if its number lies in the receiver's window. That keeps strangers from ending "
          "connections by guessing.",
    matters="The connection goes on. Several of them can be somebody's attempt to break it, or a host answering for "
            "an old connection.",
    do="Nothing. If they keep coming, a capture at the sender's side shows whether that host sent them.",
    spec="RFC 9293 3.5.3, RFC 5961 3.2", fires_on="traps/15_rst_out_of_window.pcap",
    silent_on="traps/real_rst_linger0.pcap",
    counted_by="not-acceptable",
)


def check(seen: Seen) -> Iterator[Hit]:
    """The note says where its number would have to lie."""
    for segment, note in seen.noted(Why.RST_IGNORED):
        yield hit(segment, side=segment.sender, seq=note.params.get("seq"), low=note.params.get("low"))
