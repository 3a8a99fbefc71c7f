"""A closer look for a summary: connections laid out, all rules asked of them, and the causes of their packets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from whywire.connections.accounts import accounts_of
from whywire.connections.model import Account, Connection
from whywire.connections.origin import origin_of
from whywire.connections.places import UNSURE
from whywire.connections.survey import Survey
from whywire.connections.tally import Tally
from whywire.connections.track import Tracker
from whywire.findings.registry import entries
from whywire.findings.rule import LooksAt, Rule
from whywire.findings.seen import Seen, Talk
from whywire.findings.tallied import Closer, Tallied, ranked, tallied
from whywire.packets.table import Capture

TYPE_CHECKING = False
if TYPE_CHECKING:
    from whywire.exchanges.model import Exchanges

UNDECIDED = "undecided"
Found = tuple[Rule, int | None]
"""A rule that fired, and the number of the connection on which; None: it is about the capture."""


def whole(survey: Survey, account: Account, capture: Capture, exchanges: Exchanges | None) -> Closer:
    """Return the numbers of a capture that was laid out whole, and asked all rules."""
    found = [*_of_all(account, capture, exchanges),
             *(one for connection in account.connections for one in _of_one(connection, account))]
    origins = Counter(origin_of(segment) for connection in account.connections for segment in connection.segments)
    return Closer(survey._replace(origins=dict(origins)), tuple(_told(survey, found, None)),
                  len(account.connections), survey.tcp_packets, _shown(found), True)


def closer(survey: Survey, capture: Capture, tracker: Tracker, budget: int | None = None) -> Closer:
    """Lay out the worst connections of a survey, one after the other, and ask the rules about connections.

    Each connection is thrown away before the next, so this takes the memory of the largest of them. ``budget``: so many
    packets in all; a connection for which too little of it is left is passed over.
    """
    tally, origins = survey.tally, Counter(survey.origins)
    pairs = tally.origins.pairs()
    numbers, packets = {}, 0
    for glance in survey.worst:
        if budget is None or packets + glance.packets <= budget:
            numbers[glance.number] = tally.origins.agreed(glance.number - 1, pairs) != UNSURE
            packets += glance.packets
    found: list[Found] = []
    for account in accounts_of(capture, tracker, numbers):
        connection = account.connections[0]
        found += _of_one(connection, account)
        for segment in connection.segments:
            kind, word = origin_of(segment)
            if origins[UNDECIDED, word] and word != "ack":
                origins[UNDECIDED, word] -= 1
                origins[kind, word] += 1
    asked = _told(survey, [one for one in found if not one[0].counted_by], len(numbers))
    return Closer(survey._replace(origins={one: n for one, n in origins.items() if n}),
                  tuple(ranked([*tallied(tally), *asked])), len(numbers), packets, _shown(found))


def _of_one(connection: Connection, account: Account) -> Iterator[Found]:
    """Ask the rules about a connection."""
    seen = Seen(connection, account)
    for entry in entries(("tcp", "cap", *(("call",) if connection.calls else ()))):
        if entry.rule.looks_at in (LooksAt.CONNECTION, LooksAt.CALLS) and \
                (entry.rule.looks_at is LooksAt.CONNECTION or connection.calls):
            yield from ((entry.rule, connection.number) for _ in entry.check(seen))


def _of_all(account: Account, capture: Capture, exchanges: Exchanges | None) -> Iterator[Found]:
    """Ask the rules about the capture, and about requests where there are some."""
    what = {LooksAt.ACCOUNT: account, LooksAt.CAPTURE: capture,
            LooksAt.EXCHANGES: None if exchanges is None else Talk(exchanges, account)}
    for entry in entries(("tcp", "cap", *(() if exchanges is None else ("http",)))):
        if what.get(entry.rule.looks_at) is not None:
            yield from ((entry.rule, one.connection) for one in entry.check(what[entry.rule.looks_at]))


def _told(survey: Survey, found: Iterable[Found], asked: int | None) -> list[Tallied]:
    """Return what rules found, ranked; see `Tallied.asked`."""
    by_code: dict[str, list[Found]] = {}
    for one in found:
        by_code.setdefault(one[0].code, []).append(one)
    told = []
    for each in by_code.values():
        numbers = sorted({number - 1 for _, number in each if number is not None})
        told.append(Tallied(each[0][0], len(each), len(numbers),
                            _worst(survey.tally, numbers) if numbers else None, asked))
    return ranked(told)


def _worst(tally: Tally, numbers: Sequence[int]) -> int:
    """Return the number (from 1) of the connection with most trouble among some (from 0)."""
    return max(numbers, key=lambda number: (tally.troubles[number], -number)) + 1


def _shown(found: Iterable[Found]) -> dict[int, tuple[tuple[Rule, int], ...]]:
    by_number: dict[int, Counter[str]] = {}
    rules = {}
    for rule, number in found:
        if number is not None:
            rules[rule.code] = rule
            by_number.setdefault(number, Counter())[rule.code] += 1
    return {number: tuple(sorted(((rules[code], hits) for code, hits in each.items()),
                                 key=lambda one: (-one[0].level, -one[1], one[0].code)))
            for number, each in by_number.items()}
