"""One connection told: what happened, the picture, and the facts in numbers."""

from __future__ import annotations

from whywire.base.times import duration
from whywire.connections.model import Connection, OpenKind, Side
from whywire.connections.why import Why
from whywire.story import ending
from whywire.story.document import Facts, Heading, Item, Node, Paragraph, Statement
from whywire.story.packet import readings
from whywire.story.roles import roles
from whywire.story.teller import Teller
from whywire.story.timeline import timeline
from whywire.story.values import byte_count, call_source, packet_count, segment_count
from whywire.story.words import chapter
from whywire.story.words.language import fill
from whywire.story.words.letters import LETTERS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from whywire.exchanges.model import Exchanges

ORDINARY = frozenset(("syn", "syn-ack", "ack", "data", "fin", "rst", "window-update", "window-full", "super-segment"))
MOST_NOTABLE = 12


def connection_nodes(teller: Teller, connection: Connection, short: bool, all_packets: bool,
                     exchanges: Exchanges | None = None) -> list[Node]:
    """Return a connection's part of the story; ``short`` leaves the picture out."""
    nodes: list[Node] = [title(connection)]
    if len(teller.account.connections) > 1:
        nodes.append(Paragraph(_span(teller, connection)))
    nodes.append(Paragraph(ending.summary(connection)))
    failures, told = _failures(teller, connection)
    nodes.extend(failures)
    why = None if connection.closing.packet in told else ending.reason(teller, connection)
    if why is not None and not (connection.closing.cause_kind == "program" and why.certainty == "inferred"):
        nodes.append(Paragraph(why.text, why.certainty, _readings(connection, why, short)))
    if exchanges is not None:
        from whywire.story.exchanges import message_nodes  # loaded when somebody speaks

        nodes += message_nodes(teller, connection, exchanges)
    if not short:
        if teller.roles is None:
            teller.roles = roles(exchanges, teller.account.connections)
        nodes.append(timeline(teller, connection, all_packets=all_packets))
    items = facts(teller, connection)
    if short:
        items += _pauses(teller, connection) + _notable(teller, connection)
    nodes.append(Facts(tuple(items)))
    return nodes


def title(connection: Connection) -> Heading:
    """Return the title of a connection's part."""
    return Heading(fill(chapter.CONNECTION, {
        "id": f"c{connection.number}", "client": connection.client.endpoint, "server": connection.server.endpoint,
        "client_program": connection.client.program, "server_program": connection.server.program}),
        connection=connection.number)


def _readings(connection: Connection, why: Statement, short: bool) -> str:
    """Return the other readings, or where the picture tells them."""
    row = next((segment for segment in connection.segments if segment.packet == connection.closing.packet), None)
    if short or row is None or not row.cause.others:
        return readings(why)
    return fill(chapter.READINGS_THERE, {"packet": str(row.packet)})


def _span(teller: Teller, connection: Connection) -> str:
    times = [segment.time_ns for segment in connection.segments]
    start = times[0] - (teller.account.first_ns or times[0]) if times else 0
    return fill(chapter.SPAN, {
        "packets": packet_count(connection.packets),
        "span": duration(max(times) - times[0]) if times else duration(0),
        "start": duration(start) if start > 0 else None,
    })


def _failures(teller: Teller, connection: Connection) -> tuple[list[Node], set[int]]:
    """Return the calls that failed and why, and the packets that told it."""
    items: list[Item] = []
    told: set[int] = set()
    waits = {wait.call: wait for wait in connection.waits}
    for call in connection.calls:
        if not call.error or call.error.startswith(("BlockingIOError", "InterruptedError", "TimeoutError")):
            continue
        failed = fill(chapter.FAILED_CALL, {"call": call_source(call), "error": call.error})
        items.append(Item(fill(chapter.LABEL_CALL, {}), failed))
        wait = waits.get(call.number)
        packet = next((ref.number for ref in wait.cause.reason.refs if ref.kind == "p"), None) if wait else None
        segment = next((s for s in connection.segments if s.packet == packet), None)
        if segment is None and connection.closing.rsts:
            segment = next((s for s in connection.segments if s.packet == connection.closing.rsts[0].packet), None)
        if segment is not None:
            why = teller.cause(segment.cause, segment.sender)
            because = fill(chapter.BECAUSE, {"packet": str(segment.packet), "text": why.text})
            items.append(Item(fill(chapter.LABEL_BECAUSE, {}), because, why.certainty, readings(why)))
            told.add(segment.packet)
    return [Facts(tuple(items))] if items else [], told


def facts(teller: Teller, connection: Connection) -> list[Item]:
    """Return the facts of a connection in numbers; what an earlier one has told in the same words is left out."""
    items = [Item(chapter.LABEL_NUMBERS, _first_numbers(teller, connection))]
    items += _handshake(teller, connection)
    if connection.client.bytes or connection.server.bytes:
        items.append(Item(chapter.LABEL_BYTES, _bytes(connection)))
    offers = _offers(connection)
    if teller.first_time(f"offers {[item.text for item in offers]}"):
        items += offers
    waiting = ending.time_wait(connection, short=not teller.first_time(f"time-wait {connection.closing.time_wait}"))
    if waiting is not None:
        items.append(Item(chapter.LABEL_TIME_WAIT, waiting))
    if "unknown" not in (connection.client.state, connection.server.state):
        items.append(Item(chapter.LABEL_STATES, fill(chapter.STATES, {"client": connection.client.state,
                                                                       "server": connection.server.state})))
    message = chapter.WORD if teller.first_time(f"word {connection.history}") else chapter.WORD_ONLY
    items.append(Item(chapter.LABEL_WORD, word(connection, message)))
    return items


def _first_numbers(teller: Teller, connection: Connection) -> str:
    client, server = connection.client.isn, connection.server.isn
    if client is None and server is None:
        return fill(chapter.NUMBERS_UNSEEN, {})
    first = teller.first_time("first numbers")
    return fill(chapter.NUMBERS if first else chapter.NUMBERS_SHORT, {
        "client": None if client is None else str(client), "server": None if server is None else str(server)})


def _handshake(teller: Teller, connection: Connection) -> list[Item]:
    opening = connection.opening
    seen = connection.vantage
    first, second = opening.syn_to_synack_ns, opening.synack_to_ack_ns
    context = teller.context(next(iter(connection.segments)).sender) if connection.segments else {}
    context["syn_to_synack"] = None if first is None else duration(first)
    context["synack_to_ack"] = None if second is None else duration(second)
    items: list[Item] = []
    if first is not None:
        items.append(Item(chapter.LABEL_HANDSHAKE, fill(chapter.HANDSHAKE, context)))
    if opening.kind in (OpenKind.HANDSHAKE, OpenKind.SIMULTANEOUS) and first is not None:
        certainty = None if seen.reason.why is Why.VANTAGE_UNKNOWN else seen.certainty.value
        text = teller.sentence(seen.reason, context)
        if teller.first_time(f"seen from {text}"):
            rest = fill(chapter.SEEN_OR, {}) if certainty == "likely" else ""
            items.append(Item(chapter.LABEL_SEEN, text, certainty, rest))
    return items


def _bytes(connection: Connection) -> str:
    client, server = connection.client, connection.server
    return fill(chapter.BYTES, {
        "up": byte_count(client.bytes), "down": byte_count(server.bytes),
        "up_segments": _segments_of(connection, Side.CLIENT), "down_segments": _segments_of(connection, Side.SERVER),
    })


def _segments_of(connection: Connection, side: Side) -> str | None:
    """Return in how many segments a side's bytes came; where some were captured joined, that there were more."""
    count = connection.end(side).data_segments
    if not count:
        return None
    joined = any("super-segment" in segment.kinds for segment in connection.segments if segment.sender is side)
    shown = segment_count(count)
    return fill(chapter.CAPTURED_AS, {"segments": shown}) if joined else shown


def _offers(connection: Connection) -> list[Item]:
    client, server = connection.client, connection.server
    items: list[Item] = []
    sizes = [end.mss for end in (client, server) if end.mss is not None]
    if connection.segment_size is not None and sizes:
        less = min(sizes) - connection.segment_size
        message = chapter.SIZE_LESS if less > 0 else chapter.SIZE_MSS
        text = fill(message, {
            "size": byte_count(connection.segment_size), "mss": f"{min(sizes):,}", "options": byte_count(less)})
        half = _half_of_a_window(connection)
        if half is not None and half < connection.segment_size:
            text = fill(chapter.SIZE_HALF, {"text": text, "half": byte_count(half)})
        items.append(Item(chapter.LABEL_SIZE, text))
    if connection.scaling is None:
        if connection.opening.kind is OpenKind.UNSEEN:
            items.append(Item(chapter.LABEL_OPTIONS, fill(chapter.SCALING_UNKNOWN, {})))
        return items
    used: list[str] = []
    if connection.scaling and client.window_scale is not None and server.window_scale is not None:
        used.append(fill(chapter.OPTION_SCALING, {"client": str(1 << min(client.window_scale, 14)),
                                                  "server": str(1 << min(server.window_scale, 14))}))
    if client.sack_permitted and server.sack_permitted:
        used.append(fill(chapter.OPTION_SACK, {}))
    if client.timestamps and server.timestamps:
        used.append(fill(chapter.OPTION_TIMESTAMPS, {}))
    items.append(Item(chapter.LABEL_OPTIONS, ", ".join(used) + "." if used else fill(chapter.OPTIONS_NONE, {}) + "."))
    return items


def _half_of_a_window(connection: Connection) -> int | None:
    """Return half of the largest window that the side with more data had been offered at first (Linux cuts there:
    tcp_bound_to_half_wnd()); None where that is not known, or more than all that it sent."""
    side = max(Side, key=lambda side: connection.end(side).bytes or 0)
    first = next((segment for segment in connection.segments if segment.length and segment.sender is side), None)
    if first is None or connection.scaling is None:
        return None
    offered = [segment.window for segment in connection.segments
               if segment.packet < first.packet and segment.sender is not side]
    half = max(offered, default=0) // 2
    return half if 0 < half < (connection.end(side).bytes or 0) else None


def word(connection: Connection, message: str = chapter.WORD) -> str:
    """Return the history, with its letters explained where the message has room for them."""
    shown = dict.fromkeys(letter.lower() for letter in connection.history if letter.lower() in LETTERS)
    letters = ", ".join(fill(chapter.LETTER, {"letter": letter.upper(), "meaning": fill(LETTERS[letter], {})})
                        for letter in shown)
    return fill(message, {"history": connection.history, "letters": letters})


def _pauses(teller: Teller, connection: Connection) -> list[Item]:
    items: list[Item] = []
    for pause in connection.pauses:
        sender = next((s.sender for s in connection.segments if s.packet == pause.before), None)
        if sender is None:
            continue
        why = teller.cause(pause.cause, sender)
        text = fill(chapter.PAUSE, {"length": duration(pause.length_ns), "packet": str(pause.before), "text": why.text})
        items.append(Item(chapter.LABEL_PAUSES, text, why.certainty, readings(why)))
    return items


def _notable(teller: Teller, connection: Connection) -> list[Item]:
    items: list[Item] = []
    for segment in connection.segments:
        if ORDINARY.issuperset(segment.kinds):
            continue
        if len(items) == MOST_NOTABLE:
            break
        why = teller.cause(segment.cause, segment.sender)
        text = fill(chapter.NOTABLE, {"packet": str(segment.packet), "text": why.text})
        items.append(Item(chapter.LABEL_NOTABLE, text, why.certainty, readings(why)))
    return items
