"""Links between connections of one client: redirects, connections opened because others were closed or busy, pages."""

from __future__ import annotations

from bisect import bisect_left, bisect_right

from whywire.connections.model import Certainty
from whywire.exchanges.model import Exchange, Link, Message
from whywire.exchanges.openings import openings
from whywire.exchanges.spoken import Spoken, by_pair, host

REDIRECTS = frozenset((301, 302, 303, 307, 308))
FOLLOW_NS = 10_000_000_000
"""A redirect is followed within this time, or not because of it."""
PAGE_NS = 1_000_000_000
"""Without a Referer: what is asked for this soon behind a page's end is taken as part of it."""


def find_links(spoken: list[Spoken]) -> list[Link]:
    """Return the links, in no particular order."""
    found: list[Link] = []
    for group in by_pair(spoken).values():
        found += openings(group)
    clients: dict[str, list[tuple[Exchange, Spoken]]] = {}
    for each in spoken:
        if each.protocol == "http":
            asker = each.connection.end(each.requester).endpoint
            clients.setdefault(host(asker), []).extend((one, each) for one in each.exchanges)
    for asked in clients.values():
        asked.sort(key=lambda item: item[0].number)
        found += _redirects(asked)
        found += _pages(asked)
    return found


# ---- redirects ----

def _redirects(asked: list[tuple[Exchange, Spoken]]) -> list[Link]:
    """Return each redirect with the first request for its target by the same client."""
    found = []
    wanted: dict[tuple[str, str], list[tuple[Exchange, Message, Spoken]]] = {}
    for one, own in asked:
        if one.request is not None and one.request.first_packet is not None:
            wanted.setdefault(_place(one.request.target or "", one.request), []).append((one, one.request, own))
    for one, own in asked:
        answer = one.response
        target = answer.header("location") if answer is not None and answer.status in REDIRECTS else None
        if answer is None or target is None or answer.first_packet is None or answer.first_ns is None:
            continue
        there = wanted.get(_place(target, one.request), [])
        at = max(bisect_left(there, answer.first_packet, key=lambda item: item[1].first_packet or 0),
                 bisect_right(there, one.number, key=lambda item: item[0].number))
        if at == len(there):
            continue
        other, request, used = there[at]
        if request.first_packet is not None and request.first_ns is not None \
                and request.first_ns - answer.first_ns <= FOLLOW_NS:
            found.append(Link(
                "redirect", one.ref, other.ref, Certainty.LIKELY, (answer.first_packet, request.first_packet),
                ("asked-anyway",), {"location": target, "new_connection": used is not own}))
    return found


def _place(target: str, request: Message | None) -> tuple[str, str]:
    """Return host and path that a target (or a Location) names, as seen from ``request``."""
    named = request.header("host") if request is not None else None
    scheme, separator, rest = target.partition("://")
    if separator and scheme.lower() in ("http", "https"):
        authority, slash, path = rest.partition("/")
        return authority.lower(), slash + path.partition("#")[0] or "/"
    if target.startswith("//"):
        authority, slash, path = target[2:].partition("/")
        return authority.lower(), slash + path.partition("#")[0] or "/"
    path = target.partition("#")[0]
    if not path.startswith("/") and request is not None:
        own = (request.target or "/").partition("?")[0]
        path = own[:own.rfind("/") + 1] + path
    return (named or "").lower(), path


# ---- pages ----

def _pages(asked: list[tuple[Exchange, Spoken]]) -> list[Link]:
    """Return page -> part, by Referer (the client says so), else by time."""
    found = []
    pages: dict[tuple[str, str], Exchange] = {}
    last: dict[str, Exchange] = {}
    for one, own in asked:
        request = one.request
        if request is None or request.first_packet is None or request.first_ns is None:
            continue
        server = own.connection.server.endpoint
        referer = request.header("referer")
        page = pages.get(_place(referer, request)) if referer is not None else None
        if page is not None and not _is_page(request):
            found.append(_part(page, one, request, Certainty.INFERRED, ()))
        elif referer is None and not _is_page(request) and (page := last.get(server)) is not None:
            done = page.response.last_ns if page.response is not None else None
            if done is not None and 0 <= request.first_ns - done <= PAGE_NS:
                found.append(_part(page, one, request, Certainty.LIKELY, ("asked-anyway",)))
        if _could_be_page(one):
            pages[_place(request.target or "", request)] = one
            last[server] = one
    return found


def _part(page: Exchange, one: Exchange, request: Message, certainty: Certainty, others: tuple[str, ...]) -> Link:
    packets = tuple(p for p in (page.response.first_packet if page.response else None, request.first_packet) if p)
    return Link("page", page.ref, one.ref, certainty, packets, others)


def _is_page(request: Message) -> bool:
    """Tell whether the client says (or the name says) that it asks for a page of its own."""
    wanted = request.header("sec-fetch-dest")
    if wanted is not None:
        return wanted in ("document", "iframe", "frame")
    path = (request.target or "").partition("?")[0].lower()
    return path.endswith(("/", ".html", ".htm", ".php"))


def _could_be_page(one: Exchange) -> bool:
    answer, request = one.response, one.request
    if answer is None or request is None or answer.status != 200 or request.method != "GET":
        return False
    kind = answer.header("content-type")
    return "html" in kind.lower() if kind is not None else _is_page(request)
