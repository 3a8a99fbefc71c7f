"""Many short connections between the same two hosts."""

from __future__ import annotations

from collections.abc import Iterator

from whywire.connections.model import Account, Certainty, Connection, OpenKind
from whywire.findings.rule import Hit, Level, LooksAt, Repeat, Rule, hit

RULE = Rule(
    code="TCP018", name="many-short-connections", level=Level.NOTE, certainty=Certainty.INFERRED,
    looks_at=LooksAt.ACCOUNT, repeat=Repeat.EACH,
    title="One host opens many short connections to one server",
    says="{client} opened {connections} to {server} within {span_ns}; {waiting} of them leave a TIME-WAIT behind[ at "
         "the {holder}].",
    means="Each request had a connection of its own. The side that closes first keeps the pair of ports in TIME-WAIT, "
          "60 s on Linux.",
    matters="Each connection costs a round trip before its first byte. Where the client closes first, its ports can "
            "run out: about 28,000 in 60 s to one server with Linux's range.",
    do="Keep a connection for several requests (keep-alive, a pool). SO_LINGER with 0 avoids TIME-WAIT, and also what "
       "it protects from.",
    spec="RFC 9293 3.6, RFC 6335 section 6",
)


def check(account: Account) -> Iterator[Hit]:
    """At least 20 connections with a close, of under 100,000 bytes each, from one address to one endpoint."""
    groups: dict[tuple[str, str], list[Connection]] = {}
    for c in account.connections:
        size = (c.client.bytes or 0) + (c.server.bytes or 0)
        if c.opening.kind is OpenKind.HANDSHAKE and c.closing.fins and size < 100_000:
            groups.setdefault((c.client.endpoint.rpartition(":")[0], c.server.endpoint), []).append(c)
    for (client, server), group in groups.items():
        waits = [c.closing.time_wait for c in group if c.closing.time_wait in ("client", "server", "both")]
        if len(group) >= 20:
            holder = waits[0] if waits and set(waits) == {waits[0]} and waits[0] != "both" else None
            yield hit(group[-1].first_packet, client=client, server=server, connections=len(group), waiting=len(waits),
                      holder=holder, span_ns=group[-1].segments[-1].time_ns - group[0].segments[0].time_ns)
