"""Requests and responses told: each connection's messages, what it was used for, and what led to it."""

from __future__ import annotations

from whywire.base.times import duration
from whywire.connections.model import Connection
from whywire.story.document import Facts, Item, Node, Paragraph
from whywire.story.links import link_items
from whywire.story.teller import Teller
from whywire.story.values import byte_count, call_source
from whywire.story.words import exchanges as words
from whywire.story.words.language import fill, plural

TYPE_CHECKING = False
if TYPE_CHECKING:
    from whywire.exchanges.model import ConnectionUse, Exchange, Exchanges, Gap, Message

MOST = 12
"""More exchanges than this on one connection: the first ones and a count."""
LONGEST_TARGET = 80
TOLD_NS = 50_000_000
"""A shorter silence before a request is not worth a sentence."""


def spoken_line(found: Exchanges) -> list[Node]:
    """Return the capture's line about each protocol of requests and responses; nothing where none is spoken."""
    nodes: list[Node] = []
    for protocol, name in words.PROTOCOLS.items():
        count = sum(1 for one in found.exchanges if one.protocol.startswith(protocol))
        used = sum(1 for use in found.uses if use.protocol == protocol and use.exchanges)
        if count:
            nodes.append(Paragraph(fill(words.SPOKEN, {
                "protocol": fill(name, {}), "exchanges": plural("{n} exchange", "{n} exchanges", count),
                "connections": plural("{n} connection", "{n} connections", used)})))
    return nodes


def message_nodes(teller: Teller, connection: Connection, found: Exchanges) -> list[Node]:
    """Return what was asked and answered on a connection, and why it was there; nothing where that is not known."""
    use = found.use(connection.number)
    own = found.of(connection.number)
    shown = own if len(own) <= MOST else own[:MOST - 2]
    items = [_exchange(one) for one in shown]
    if len(shown) < len(own):
        items.append(_folded(own[len(shown):]))
    items += _status_line(teller, shown)
    items += _use(use, found) + _waits(teller, use) + _races(use)
    items += link_items(connection.number, found)
    return [Facts(tuple(items), fill(words.TITLE if own else words.TITLE_USE, {}))] if items else []


# ---- messages ----

def _exchange(one: Exchange) -> Item:
    asked = fill(words.NO_REQUEST, {}) if one.request is None else fill(words.REQUEST, {
        "method": one.request.method, "target": _cut(one.request.target), "size": _size(one.request)})
    answered = fill(words.NO_RESPONSE, {}) if one.response is None else _response(one, one.response)
    text = fill(words.EXCHANGE, {"request": asked, "response": answered, "protocol": one.switched_to})
    likely = bool(one.others)
    return Item(str(one.ref), text, one.pairing.value if likely else None, readings(one.others))


def _response(one: Exchange, answer: Message) -> str:
    wait = one.wait_ns
    told = None if wait is None else fill(words.WAIT, {"wait": duration(wait)}) if wait >= 0 else fill(
        words.WAIT_EARLY, {})
    return fill(words.RESPONSE, {
        "interim": ", ".join(str(message.status) for message in one.interim) or None,
        "status": None if answer.status is None else str(answer.status),
        "reason": _cut(answer.reason) if answer.status is not None else None, "location": _cut(
            answer.header("location")), "size": _size(answer), "wait": told})


def _size(message: Message) -> str:
    text = fill(words.SIZE, {"bytes": byte_count(message.bytes), "packets": _packets(message)})
    if message.fate == "complete":
        if message.until_close:
            last = None if message.last_packet is None else str(message.last_packet)
            text += fill(words.UNTIL_CLOSE if last is None else words.UNTIL_FIN, {"packet": last})
    elif message.until_close and message.fate == "cut":
        text += fill(words.CUT_UNTIL_CLOSE, {})
    else:
        text += fill(words.FATES[message.fate], {})
        if message.promised_bytes and message.body_bytes is not None:
            text += fill(words.PROMISED, {"body": f"{message.body_bytes:,}",
                                          "promised": byte_count(message.promised_bytes)})
    if message.missing_bytes:
        text += fill(words.MISSING, {"bytes": byte_count(message.missing_bytes)})
    return text


def _packets(message: Message) -> str | None:
    first, last = message.first_packet, message.last_packet
    if first is None:
        return None
    if last is None:
        return f"packet {first}" if message.until_close else f"from packet {first} on"
    if first == last or message.until_close:
        return f"packet {first}" if first == last else f"beginning in packet {first}"
    return f"packets {first}-{last}"


def _folded(rest: tuple[Exchange, ...]) -> Item:
    packets = [one.first_packet for one in rest if one.first_packet is not None]
    text = fill(words.FOLDED, {
        "first": str(packets[0]) if packets else None, "last": str(packets[-1]) if packets else None,
        "up": byte_count(sum(one.request.bytes for one in rest if one.request is not None)),
        "down": byte_count(sum(one.response.bytes for one in rest if one.response is not None))})
    return Item(fill(words.MORE, {"count": f"{len(rest):,}"}), text)


def _status_line(teller: Teller, shown: tuple[Exchange, ...]) -> list[Item]:
    """Return, once a story for each way of ending, where the status line is when a response ends in a later packet."""
    for one in sorted(shown, key=lambda one: not (one.response is not None and one.response.until_close)):
        answer = one.response
        if answer is None or answer.status is None or answer.first_packet is None or answer.last_packet is None:
            continue
        if answer.first_packet == answer.last_packet:
            continue
        empty = answer.until_close and answer.head_bytes is not None
        if not teller.first_time(f"status line {empty}"):
            return []
        return [Item(fill(words.LABEL_STATUS, {}), fill(words.STATUS_LINE, {
            "exchange": str(one.ref), "first": str(answer.first_packet), "last": _last(answer)}))]
    return []


def _last(answer: Message) -> str:
    return f"packet {answer.last_packet}" + (", the FIN" if answer.until_close else "")


def _cut(text: str | None) -> str | None:
    return text if text is None or len(text) <= LONGEST_TARGET else text[:LONGEST_TARGET - 3] + "..."


# ---- use ----

def _use(use: ConnectionUse, found: Exchanges) -> list[Item]:
    items: list[Item] = []
    label = fill(words.LABEL_USE, {})
    gap = use.gaps[-1] if use.gaps else None
    if use.unused == "closed":
        length = gap.length_ns if gap is not None else None
        values = {"length": None if length is None else duration(length)}
        if any(other.protocol == "http" for other in found.uses):
            items.append(Item(label, fill(words.UNUSED, values), "likely", fill(words.UNUSED_OR, {})))
        else:
            items.append(Item(label, fill(words.UNUSED_PLAIN, values)))
    elif use.unused is not None:
        items.append(Item(label, fill(words.UNUSED_SO_FAR, {})))
    if use.reuse:
        own = found.of(use.connection)
        pipelined = sum(one.pipelined for one in own)
        answered = all(one.response is not None and one.response.last_packet is not None for one in own[:-1])
        items.append(Item(label, fill(words.REUSED if answered or pipelined else words.REUSED_UNSEEN, {
            "requests": plural("{n} request", "{n} requests", use.reuse + 1),
            "pipelined": f"{pipelined:,}" if pipelined else None})))
    items += _before_requests(use, found)
    return items + [_idle(gap) for gap in use.gaps if gap.timed_out is not None]


def _before_requests(use: ConnectionUse, found: Exchanges) -> list[Item]:
    asked = [gap for gap in use.gaps if gap.ended_by == "request" and (gap.length_ns or 0) >= TOLD_NS]
    own = found.of(use.connection)
    begin = own[0].request.first_packet if own and own[0].request is not None else None
    items = [Item(fill(words.LABEL_USE, {}), fill(words.FIRST_LATE, _length(gap)))
             for gap in asked if gap.before == begin]
    between = [gap for gap in asked if gap.before != begin]
    if between:
        longest = max(between, key=lambda gap: gap.length_ns or 0)
        items.append(Item(fill(words.LABEL_USE, {}), fill(words.PAUSE, _length(longest))))
    return items


def _length(gap: Gap) -> dict[str, str | None]:
    return {"length": duration(gap.length_ns or 0), "packet": str(gap.before), "after": str(gap.after)}


def _idle(gap: Gap) -> Item:
    announced = None if gap.announced_ns is None else duration(gap.announced_ns)
    waited = None if gap.waited_ns is None else duration(gap.waited_ns)
    text = fill(words.IDLE, {**_length(gap), "waited": waited, "side": gap.timed_out.value if gap.timed_out else None,
                             "announced": announced})
    return Item(fill(words.LABEL_IDLE, {}), text, gap.certainty.value, readings(gap.others))


def _waits(teller: Teller, use: ConnectionUse) -> list[Item]:
    items = []
    for wait in use.waits:
        call = None if wait.accept is None else teller.calls.get(wait.accept)
        items.append(Item(fill(words.LABEL_WAIT, {}), fill(words.WAITED, {
            "exchange": f"x{wait.exchange}", "length": duration(wait.wait_ns), "behind": f"c{wait.behind}",
            "acknowledged": None if wait.acknowledged is None else str(wait.acknowledged),
            "released": str(wait.released), "answered": str(wait.answered),
            "call": None if call is None else call_source(call)}), wait.certainty.value, readings(wait.others)))
    return items


def _races(use: ConnectionUse) -> list[Item]:
    return [Item(fill(words.LABEL_RACE, {}), fill(words.RACE_KNEW if race.knew else words.RACE, {
        "exchange": f"x{race.exchange}", "packet": str(race.request), "fin": str(race.fin),
        "reset": None if race.reset is None else str(race.reset)}), race.certainty.value) for race in use.races] + [
        Item(fill(words.LABEL_PROBLEM, {}), fill(words.PROBLEM, {
            "side": side.value, "position": str(position), "text": text.rstrip(".")}))
        for side, position, text in use.problems]


def readings(others: tuple[str, ...]) -> str:
    """Return the other readings, each a sentence."""
    return " ".join(fill(words.OTHERS[other], {}) for other in others)
