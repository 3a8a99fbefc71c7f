"""`find`: which rules fire on a capture. Rules see, this room counts, story tells."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from whywire.connections.model import Account
from whywire.findings.registry import Entry, selected
from whywire.findings.rule import Finding, Hit, LooksAt, Repeat
from whywire.findings.say import fill
from whywire.findings.seen import Seen, Talk
from whywire.packets.table import Capture

TYPE_CHECKING = False
if TYPE_CHECKING:
    from whywire.exchanges.model import Exchanges


def find(
    account: Account, capture: Capture | None = None, select: Iterable[str] = (), ignore: Iterable[str] = (),
    exchanges: Exchanges | None = None,
) -> tuple[Finding, ...]:
    """Return the findings of a capture in packet order, those about the whole of it last.

    Without ``capture`` the rules that look at bytes are silent, without ``exchanges`` those about requests. ``select``
    and ``ignore`` hold codes, beginnings of codes, or names; WhywireError is raised for one that names no rule.
    """
    chosen = selected(select, ignore, _folders(account, exchanges))
    found: list[Finding] = []
    for entry in chosen:
        if entry.rule.looks_at is LooksAt.ACCOUNT:
            found += _spoken(entry, list(entry.check(account)), None)
        elif entry.rule.looks_at is LooksAt.CAPTURE and capture is not None:
            found += _spoken(entry, list(entry.check(capture)), None)
        elif entry.rule.looks_at is LooksAt.EXCHANGES and exchanges is not None:
            found += _by_connection(entry, entry.check(Talk(exchanges, account)))
    hits: dict[str, list[Hit]] = {}
    each = [entry for entry in chosen if entry.rule.looks_at in (LooksAt.CONNECTION, LooksAt.CALLS)]
    for connection in account.connections if each else ():
        seen = Seen(connection, account)
        for entry in each:
            if entry.rule.looks_at is LooksAt.CALLS and not connection.calls:
                continue
            _take(entry, entry.check(seen), connection.number, hits, found)
    for entry in each:
        found += _spoken(entry, hits.get(entry.rule.code, []), None)
    return tuple(sorted(found, key=_place))


def _by_connection(entry: Entry, hits: Iterator[Hit]) -> list[Finding]:
    """Say what a rule saw, counted by connection."""
    kept: dict[int | None, list[Hit]] = {}
    for one in hits:
        kept.setdefault(one.connection if entry.rule.repeat is Repeat.CONNECTION else None, []).append(one)
    return [finding for number, each in kept.items() for finding in _spoken(entry, each, number)]


def _folders(account: Account, exchanges: Exchanges | None) -> list[str]:
    """Return the folders in which something can fire."""
    traced = bool(account.other_calls) or any(connection.calls for connection in account.connections)
    spoken = exchanges is not None and bool(exchanges.exchanges)
    return ["tcp", "cap", *(["call"] if traced else []), *(["http"] if spoken else [])]


def _take(entry: Entry, hits: Iterator[Hit], number: int, kept: dict[str, list[Hit]], found: list[Finding]) -> None:
    """Say what a rule saw in one connection, or keep it for the end where it speaks once a capture."""
    seen = [one._replace(connection=number) for one in hits]
    if entry.rule.repeat is Repeat.CAPTURE:
        kept.setdefault(entry.rule.code, []).extend(seen)
    else:
        found += _spoken(entry, seen, number)


def _spoken(entry: Entry, hits: Sequence[Hit], connection: int | None) -> list[Finding]:
    if entry.rule.repeat is Repeat.EACH:
        return [_finding(entry, one, 1, "") for one in hits]
    if not hits:
        return []
    scope = "this connection" if connection is not None else "this capture"
    return [_finding(entry, hits[0], len(hits), scope)]


def _finding(entry: Entry, one: Hit, count: int, scope: str) -> Finding:
    rule = entry.rule
    text = fill(rule.says, one.values)
    if count > 1:
        text = f"{text[:-1]}; the first of {count:,} in {scope}."
    because = one.because
    return Finding(rule.code, rule.name, rule.level, one.certainty or rule.certainty, one.connection, one.packet,
                   because, text, one.values, count)


def _place(finding: Finding) -> tuple[bool, int, str]:
    return finding.packet is None, finding.packet or 0, finding.code
