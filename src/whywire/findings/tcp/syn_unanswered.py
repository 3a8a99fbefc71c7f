"""No answer to any SYN."""

from __future__ import annotations

from collections.abc import Iterator

from whywire.connections.model import Certainty, OpenKind
from whywire.findings.rule import Hit, Level, Rule, hit, when
from whywire.findings.seen import Seen

RULE = Rule(
    code="TCP002", name="syn-unanswered", level=Level.WARNING, certainty=Certainty.LIKELY,
    title="Nothing answered the SYN",
    says="[{syns} SYNs|One SYN{one}] to {endpoint} had no answer[ within {waited_ns}]: it is likely that the packets "
         "are dropped on the way or that no host has this address, or the answer went another way and was not "
         "captured.",
    means="The client's kernel asks for a connection, waits about a second, asks again, and doubles the wait each "
          "time. Neither a SYN-ACK nor a reset came back before the capture ended.",
    matters="connect() blocks until the kernel gives up, about two minutes with Linux's defaults (tcp_syn_retries = "
            "6).",
    do="Compare with a capture at the server: SYNs that arrive there point to the server's firewall or a full accept "
       "queue, SYNs that don't to the way. A time-out on connect() keeps a program from waiting for minutes.",
    spec="RFC 9293 3.8.3, RFC 6298 section 2", silent_on="traps/29_syn_retx_then_ok.pcap",
)


def check(seen: Seen) -> Iterator[Hit]:
    """SYNs and nothing else."""
    syns = seen.of_kind("syn")
    if all(syn.travelling for syn in syns):
        return  # the run was shorter than the way
    if seen.connection.opening.kind is OpenKind.UNANSWERED and len(syns) == seen.connection.packets:
        many, last = len(syns) > 1, seen.account.last_ns
        waited = last - syns[0].time_ns if last else 0
        yield hit(syns[-1], *syns, syns=len(syns) if many else None, one=when(not many),
                  endpoint=seen.connection.server.endpoint, waited_ns=waited if waited > 0 else None)
