"""One side closed, the other went on sending."""

from __future__ import annotations

from collections.abc import Iterator

from whywire.connections.model import Certainty
from whywire.findings.rule import Hit, Level, Rule, hit
from whywire.findings.seen import Seen

RULE = Rule(
    code="TCP201", name="half-close", level=Level.INFO, certainty=Certainty.INFERRED,
    title="One side went on sending after the other had ended",
    says="The {side} went on sending after the {other}'s FIN in {fin_packet}.",
    means="A FIN ends one direction only. The other side may send as long as it likes; a program asks for this with "
          "shutdown(SHUT_WR).",
    matters="A whole request followed by FIN is a usual way to say that nothing more comes. If the first side had "
            "closed its socket altogether, the bytes are answered by a reset (TCP205).",
    do="Nothing, if the answer arrives.",
    spec="RFC 9293 3.6 and 3.6.1", fires_on="traps/11_half_close.pcap", silent_on="founding/a-v1.pcapng",
)


def check(seen: Seen) -> Iterator[Hit]:
    """New data of a side that had acknowledged the other's FIN."""
    fins = {mark.sender: seen.packet(mark.packet) for mark in seen.connection.closing.fins}
    for data in seen.of_kind("data") if seen.connection.closing.half_close else ():
        fin = fins.get(data.sender.other)
        if fin and data.packet > fin.packet and data.ack is not None and data.ack >= fin.next_seq:
            yield hit(data, fin, side=data.sender, other=fin.sender, fin_packet=fin.packet)
            return
