"""A server that answers others leaves a SYN unanswered."""

from __future__ import annotations

from collections.abc import Iterator

from whywire.connections.model import Account, Certainty, OpenKind
from whywire.findings.rule import Hit, Level, LooksAt, Repeat, Rule, hit

RULE = Rule(
    code="TCP016", name="syn-ignored-by-listener", level=Level.NOTE, certainty=Certainty.LIKELY,
    looks_at=LooksAt.ACCOUNT, repeat=Repeat.CAPTURE,
    title="A listening server left a SYN unanswered",
    says="{endpoint} left a SYN of {client} without an answer although it had taken another connection {before_ns} "
         "before: it is likely that its accept queue was full[; {arrived_packet} did arrive|, or the SYN was lost].",
    means="A Linux server whose accept queue is full ignores new SYNs instead of refusing them; the client asks again "
          "after a second. The queue is full when the program does not call accept() as fast as clients come.",
    matters="To the client it looks like a slow network: its connections take 1, 3 or 7 seconds longer.",
    do="Look at the queue with `ss -lnt` (Recv-Q above Send-Q) and `nstat TcpExtListenOverflows`; accept faster, or "
       "pass a larger backlog to listen().",
    spec="listen(2), RFC 6298 section 2", silent_on="traps/29_syn_retx_then_ok.pcap",
)


def check(account: Account) -> Iterator[Hit]:
    """A first SYN without an answer within 0.9 s, and a completed handshake with the same server before it."""
    taken: dict[str, int] = {}
    for c in account.connections:
        first, answer = c.segments[0], next((s for s in c.segments if "syn-ack" in s.kinds), None)
        until = answer.time_ns if answer else account.last_ns or 0
        if "syn" in first.kinds and c.server.endpoint in taken and until - first.time_ns > 900_000_000:
            yield hit(first, connection=c.number, endpoint=c.server.endpoint, client=c.client.endpoint,
                      before_ns=first.time_ns - taken[c.server.endpoint],
                      arrived_packet=None if first.arrival_ns is None else first.packet)
        if c.opening.kind is OpenKind.HANDSHAKE:
            taken[c.server.endpoint] = first.time_ns
