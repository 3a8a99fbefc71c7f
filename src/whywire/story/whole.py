"""`tell`: the story of a whole capture or run, or of one of its connections."""

from __future__ import annotations

from whywire.base.errors import WhywireError
from whywire.connections.model import Account, Connection
from whywire.story.capture import head_nodes, overview, tail_nodes
from whywire.story.connection import connection_nodes
from whywire.story.document import Node, Story
from whywire.story.findings import worth_a_look
from whywire.story.teller import Teller
from whywire.story.words import chapter
from whywire.story.words.language import fill

TYPE_CHECKING = False
if TYPE_CHECKING:
    from whywire.exchanges.model import Exchanges
    from whywire.findings.rule import Finding

MANY = 6
"""More connections than this begin with a table, and each is told in short."""
MOST = 50
"""More than this are in the table only."""


def tell(
    account: Account, *, all_packets: bool = False, connection: str | None = None,
    findings: tuple[Finding, ...] | None = None, exchanges: Exchanges | None = None,
) -> Story:
    """Return the story of a capture.

    ``all_packets`` unfolds runs of like packets and tells every connection with its picture; ``connection`` (``c2``)
    tells that one only. ``findings`` are listed as worth a look, ``exchanges`` with the connection that carried them.
    Raises WhywireError when there is no such connection.
    """
    teller = Teller(account)
    told = account.connections if connection is None else (_chosen(account, connection),)
    many = len(told) > MANY
    nodes: list[Node] = head_nodes(teller)
    if exchanges is not None:
        from whywire.story.exchanges import spoken_line
        nodes += spoken_line(exchanges)
    if many:
        more = chapter.LEGEND_SHORT if len(told) <= MOST else chapter.LEGEND_TABLE
        nodes += overview(teller, told, "" if all_packets else more)
    if not many or all_packets or len(told) <= MOST:
        for one in told:
            nodes += connection_nodes(teller, one, many and not all_packets, all_packets, exchanges)
    if findings is not None and connection is not None:
        findings = tuple(one for one in findings if one.connection in (None, told[0].number))
    nodes += worth_a_look(findings or (), several=len(account.connections) > 1)
    nodes += tail_nodes(teller, told, nodes, all_packets=all_packets)
    return Story(account, tuple(nodes), told, teller.unmarked, None, findings, exchanges, teller.calls)


def _chosen(account: Account, asked: str) -> Connection:
    for connection in account.connections:
        if asked in (f"c{connection.number}", str(connection.number)):
            return connection
    have = None
    if account.connections or account.others:
        last = account.connections[-1].number if account.connections else account.others
        have = "c1" if last == 1 else f"c1 to c{last}"
    raise WhywireError(fill(chapter.NO_CONNECTION, {"asked": asked, "name": account.name, "have": have}),
                       fill(chapter.NO_CONNECTION_HINT, {}))
