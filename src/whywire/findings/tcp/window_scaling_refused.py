"""One side offered window scaling, the other did not."""

from __future__ import annotations

from collections.abc import Iterator

from whywire.connections.model import Certainty
from whywire.findings.rule import Hit, Level, Rule, hit
from whywire.findings.seen import Seen

RULE = Rule(
    code="TCP008", name="window-scaling-refused", level=Level.INFO, certainty=Certainty.INFERRED,
    title="Only one side offered window scaling",
    says="The {side} did not take up window scaling, so neither window can exceed 65,535 bytes.",
    means="The window field has 16 bits. Scaling multiplies it, and is in use only if both SYNs offer it; the answer "
          "may leave it out, by age, by setting, or because a middlebox removed the option.",
    matters="At most 65,535 bytes can be on their way at a time: over a round trip of 100 ms that is about 0.65 MB/s, "
            "on any line.",
    do="Compare the SYNs at both ends. On Linux scaling is on by default (net.ipv4.tcp_window_scaling).",
    spec="RFC 7323 2.2", fires_on="founding/c-v1.pcap", silent_on="traps/29_syn_retx_then_ok.pcap",
)


def check(seen: Seen) -> Iterator[Hit]:
    """Offered in the SYN, absent from the SYN-ACK."""
    syn, answer = seen.packet(seen.connection.opening.syn), seen.packet(seen.connection.opening.syn_ack)
    if syn and answer and syn.window_scale is not None and answer.window_scale is None:
        yield hit(answer, syn, side=answer.sender)
