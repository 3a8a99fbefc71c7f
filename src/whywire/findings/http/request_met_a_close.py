"""A request that met the other side's FIN."""

from __future__ import annotations

from collections.abc import Iterator

from whywire.base import ref
from whywire.connections.model import Certainty
from whywire.findings.rule import Hit, Level, LooksAt, Rule, hit, when
from whywire.findings.seen import Talk

RULE = Rule(
    code="HTTP004", name="request-met-a-close", level=Level.WARNING, certainty=Certainty.INFERRED,
    looks_at=LooksAt.EXCHANGES, title="A request was sent on a connection that the server was closing",
    says="The request in {request_packet} met the server's FIN in {fin_packet}[, which the client's kernel had "
         "acknowledged before{knew}][: they crossed on the way{crossed}].",
    means="The server gave the idle connection up at the moment, or before, the client used it again.",
    matters="The request is lost, or its fate is not known: the client can't tell whether the server has acted on it.",
    do="A client should send a safe request again on a new connection, and give idle connections up sooner than its "
       "servers do. Before reusing one it can look whether recv() would return b\"\".",
    spec="RFC 9112 9.3.1, 9.5",
)


def check(found: Talk) -> Iterator[Hit]:
    """The exchanges room's verdict."""
    for use in found.uses:
        for race in use.races:
            rst = None if race.reset is None else ref.packet(race.reset)
            yield hit(race.request, ref.packet(race.fin), rst, certainty=race.certainty, connection=use.connection,
                      request_packet=race.request, fin_packet=race.fin, knew=when(race.knew),
                      crossed=when(not race.knew))
