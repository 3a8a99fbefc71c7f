"""How a connection belongs to others, told: what it was opened for, redirects, pages, a proxy's legs."""

from __future__ import annotations

from whywire.base.times import duration
from whywire.story.document import Item
from whywire.story.words import exchanges as words
from whywire.story.words.language import fill, plural

TYPE_CHECKING = False
if TYPE_CHECKING:
    from whywire.base.ref import Ref
    from whywire.exchanges.model import Exchange, Exchanges, Link


def link_items(number: int, found: Exchanges) -> list[Item]:
    """Return what the links say of connection ``number``."""
    items: list[Item] = []
    pages: dict[int, list[Link]] = {}
    for link in found.links:
        source, target = _connection(link.source, found), _connection(link.target, found)
        if link.kind in ("replaces", "parallel") and target == number:
            if found.use(source).protocol == "http" or found.use(target).protocol == "http":
                items.append(_opened(link))
        elif link.kind == "redirect" and target == number:
            items.append(_redirect(link, target))
        elif link.kind == "page" and source == number:
            pages.setdefault(link.source.number, []).append(link)
        elif link.kind.startswith("proxy") and number in (source, target):
            items += _proxy(link, upstream=number == target and number != source)
    return items + [_page(found.exchanges[page - 1], parts, found) for page, parts in pages.items()]


def _connection(ref: Ref, found: Exchanges) -> int:
    return found.exchanges[ref.number - 1].connection if ref.kind == "x" else ref.number


def _item(label: str, text: str, link: Link) -> Item:
    others = " ".join(fill(words.OTHERS[other], {}) for other in link.others)
    return Item(fill(label, {}), text, link.certainty.value, others)


def _opened(link: Link) -> Item:
    values: dict[str, str | None] = {"old": str(link.source), "packet": str(link.packets[0])}
    if link.kind == "replaces":
        text = fill(words.REPLACES, {**values, "side": str(link.detail["closed_by"])})
    elif link.detail.get("busy"):
        text = fill(words.PARALLEL_BUSY, {**values, "exchange": str(link.detail["exchange"])})
    else:
        text = fill(words.PARALLEL, values)
    return _item(words.LABEL_OPENED, text, link)


def _redirect(link: Link, connection: int) -> Item:
    location = str(link.detail["location"])
    return _item(words.LABEL_REDIRECT, fill(words.REDIRECT, {
        "target": str(link.target), "source": str(link.source), "packet": str(link.packets[0]),
        "location": location if len(location) <= 80 else location[:77] + "...",
        "connection": f"c{connection}" if link.detail.get("new_connection") else None}), link)


def _page(page: Exchange, parts: list[Link], found: Exchanges) -> Item:
    asked = [found.exchanges[link.target.number - 1] for link in parts]
    used = sorted({one.connection for one in asked})
    shown = [f"c{number}" for number in used[:8]]
    if len(used) > 8:
        shown.append(plural("{n} more", "{n} more", len(used) - 8))
    ends = [one.response.last_ns if one.response is not None and one.response.complete else None for one in asked]
    whole = [end for end in ends if end is not None]
    begin = page.request.first_ns if page.request is not None else None
    length = duration(max(whole) - begin) if begin is not None and whole and len(whole) == len(ends) else None
    weakest = max(parts, key=lambda link: len(link.others))
    return _item(words.LABEL_PAGE, fill(words.PAGE, {
        "source": str(page.ref), "parts": plural("{n} part", "{n} parts", len(parts)),
        "connections": ", ".join(shown), "length": length, **_idle(used, found)}), weakest)


def _idle(used: list[int], found: Exchanges) -> dict[str, str | None]:
    """Return how long a page waited while a serial server's idle time-outs ran, on connections it had finished with."""
    lengths: dict[int, int] = {}
    for number in used:
        for wait in found.use(number).waits:
            for gap in found.use(wait.behind).gaps:
                if gap.timed_out is not None and gap.before == wait.released and gap.length_ns is not None:
                    lengths[wait.behind] = gap.length_ns
    if not lengths:
        return {"idle": None}
    return {"idle": duration(sum(lengths.values())), "behind": ", ".join(f"c{number}" for number in sorted(lengths)),
            "timeouts": plural("{n} idle time-out", "{n} idle time-outs", len(lengths))}


def _proxy(link: Link, *, upstream: bool) -> list[Item]:
    detail = link.detail

    def text(name: str) -> str | None:
        value = detail.get(name)
        return None if value is None else duration(value) if name.endswith("_ns") and isinstance(value, int) \
            else str(value)

    values: dict[str, str | None] = {
        "source": str(link.source), "target": str(link.target), "proxy": text("proxy"), "origin": text("origin"),
        "answer": text("answer_ns"), "upstream": text("upstream_ns"),
        "packet": str(link.packets[1]) if len(link.packets) > 1 else "?",
        "unchanged": fill(words.UNCHANGED, {}) if detail.get("same") == "bytes" else None}
    if upstream:
        return [] if link.kind == "proxy-hit" else [_item(words.LABEL_PROXY, fill(words.UPSTREAM, values), link)]
    if link.kind == "proxy-error":
        how = words.FAILED_HOW.get(str(detail.get("failed")))
        values["failed"] = fill(how, {}) if how else str(detail.get("failed"))
        return [_item(words.LABEL_PROXY, fill(words.FAILED, values), link)]
    message = words.HIT if link.kind == "proxy-hit" else words.FORWARD
    return [_item(words.LABEL_PROXY, fill(message, values), link)]
