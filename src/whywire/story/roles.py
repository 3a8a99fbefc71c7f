"""Which ends of connections are one proxy: what the exchanges tell of it, as life lines need it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from whywire.connections.model import Certainty, Connection, Side
from whywire.story.words import chapter
from whywire.story.words.language import fill

TYPE_CHECKING = False
if TYPE_CHECKING:
    from whywire.base.ref import Ref
    from whywire.exchanges.model import Exchanges

LEGS = frozenset(("proxy-forward", "proxy-error"))
ANSWERS = frozenset(("proxy-hit",))
"""Links whose source is a leg to the client; those of `LEGS` have the leg to the origin as their target."""


@dataclass(frozen=True, slots=True)
class Roles:
    """The proxies of a capture."""

    legs: tuple[tuple[int, int], ...] = ()
    """Connection of the client, and the one that the proxy opened because of it."""
    proxies: Mapping[tuple[int, Side], bool] = field(default_factory=dict)
    """Connection number and side of each end that is a proxy -> a trace shows it; else it is likely."""

    def title(self, connection: int, side: Side) -> str | None:
        """Return what an end is called for its role; None where it has none but client or server."""
        known = self.proxies.get((connection, side))
        return None if known is None else fill(chapter.PROXY if known else chapter.PROXY_LIKELY, {})


def roles(exchanges: Exchanges | None, connections: tuple[Connection, ...]) -> Roles:
    """Return the proxies that forwarded, tried to, or answered by themselves; every connection to them is theirs."""
    if exchanges is None:
        return Roles()
    legs: list[tuple[int, int]] = []
    known: dict[tuple[int, Side], bool] = {}
    for link in exchanges.links:
        if link.kind in LEGS | ANSWERS:
            source = _connection(link.source, exchanges)
            sure = link.certainty is Certainty.KNOWN
            ends = [(source, Side.SERVER)]
            if link.kind in LEGS:
                target = _connection(link.target, exchanges)
                legs.append((source, target))
                ends.append((target, Side.CLIENT))
            for end in ends:
                known[end] = known.get(end, False) or sure
    by_number = {each.number: each for each in connections}
    doors = {by_number[number].server.endpoint: sure for (number, side), sure in known.items()
             if side is Side.SERVER and number in by_number}
    for each in connections:
        if each.server.endpoint in doors:
            known.setdefault((each.number, Side.SERVER), doors[each.server.endpoint])
    return Roles(tuple(dict.fromkeys(legs)), known)


def _connection(ref: Ref, exchanges: Exchanges) -> int:
    return exchanges.exchanges[ref.number - 1].connection if ref.kind == "x" else ref.number
