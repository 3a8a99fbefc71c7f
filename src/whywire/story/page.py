"""One packet in full: why it is there, the numbers of both sides before and after it, every header field."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from whywire.base.errors import WhywireError
from whywire.base.times import duration
from whywire.connections.model import Account, Connection, Segment, Side
from whywire.packets.table import ACK
from whywire.story.calls import call_text
from whywire.story.document import Facts, Heading, Item, Node, Note, Paragraph, Story, Table
from whywire.story.packet import is_loss_unsaid, numbers, what
from whywire.story.teller import Teller
from whywire.story.values import byte_count, call_source, packet_count
from whywire.story.words import chapter
from whywire.story.words.language import fill

if TYPE_CHECKING:
    from whywire.packets.fields import Layer


def packet_page(account: Account, number: int, layers: Iterable[Layer]) -> Story:
    """Return the page of packet ``number``; ``layers`` are its headers, from `whywire.packets.dissect`.

    Raises WhywireError when the view has no such packet.
    """
    if not 1 <= number <= account.packets:
        raise WhywireError(fill(chapter.NO_PACKET, {"asked": str(number), "name": account.name,
                                                    "packets": packet_count(account.packets)}),
                           fill(chapter.NO_PACKET_HINT, {}))
    found = _find(account, number)
    nodes: list[Node] = []
    if found is None:
        nodes.append(Heading(fill(chapter.PACKET_PLAIN, {"number": str(number)}), 1))
        nodes.append(Paragraph(fill(chapter.NOT_TCP, {"number": str(number)})))
    else:
        connection, segment = found
        teller = Teller(account)
        nodes += [*_head(connection, segment), reasons(teller, segment), *_book(connection, segment)]
    nodes += _headers(layers)
    return Story(account, tuple(nodes), () if found is None else (found[0],), "", number)


def _find(account: Account, number: int) -> tuple[Connection, Segment] | None:
    for connection in account.connections:
        if connection.first_packet <= number <= connection.last_packet:
            for segment in connection.segments:
                if segment.packet == number:
                    return connection, segment
    return None


def _head(connection: Connection, segment: Segment) -> list[Node]:
    sender, receiver = segment.sender, segment.sender.other
    after = segment.time_ns - connection.segments[0].time_ns
    transit = None if segment.arrival_ns is None else duration(segment.arrival_ns - segment.time_ns)
    return [
        Heading(fill(chapter.PACKET, {"number": str(segment.packet), "what": what(segment), "sender": sender.value,
                                      "receiver": receiver.value}), 1),
        Paragraph(fill(chapter.PACKET_OF, {
            "connection": f"c{connection.number}", "from_endpoint": connection.end(sender).endpoint,
            "to_endpoint": connection.end(receiver).endpoint, "transit": transit,
            "time": duration(after) if after > 0 else None})),
    ]


def reasons(teller: Teller, segment: Segment) -> Facts:
    """Return all that is said of a packet's cause: at length, the other readings, how sure, the calls, the notes."""
    why = teller.cause(segment.cause, segment.sender, long=True)
    items = [Item(fill(chapter.LABEL_REASON, {}), why.text)]
    items += [Item(fill(chapter.LABEL_OTHER, {}), other) for other in why.others]
    if why.decides:
        items.append(Item(fill(chapter.LABEL_DECIDES, {}), why.decides))
    if why.certainty is not None:
        items.append(Item(fill(chapter.LABEL_CERTAINTY, {}), fill(chapter.CERTAINTIES[why.certainty], {})))
    calls = dict.fromkeys([ref.number for ref in segment.cause.reason.refs if ref.kind == "k"]
                          + [share.call for share in segment.shares])
    for number in calls:
        call = teller.calls.get(number)
        if call is not None:
            items.append(Item(fill(chapter.LABEL_CALL, {}), f"{call_source(call)}   {call_text(call)}"))
    items += [Item(fill(chapter.LABEL_ALSO, {}), note.text, note.certainty)
              for note in (teller.note(reason, segment.sender, long=True) for reason in segment.notes)]
    if is_loss_unsaid(segment):
        items.append(Item(fill(chapter.LABEL_ALSO, {}), fill(chapter.LOST, {}), "known"))
    return Facts(tuple(items))


def _book(connection: Connection, segment: Segment) -> list[Node]:
    before = _state(connection, segment.packet, inclusive=False)
    after = _state(connection, segment.packet, inclusive=True)
    rows = []
    for side in Side:
        rows.append((side.value, *_cells(*before[side]), *_cells(*after[side])))
    bookkeeping = numbers(Teller(Account("", "file", 0, 0, (), (), (connection,), None, None, None), {}), segment)
    nodes: list[Node] = [Heading(fill(chapter.BOOK, {}), 3)]
    if bookkeeping:
        nodes.append(Paragraph(bookkeeping))
    head = tuple(fill(cell, {}) for cell in chapter.BOOK_HEAD)
    nodes += [Table(head, tuple(rows), "lrrrrrr"),
              Note(fill(chapter.BOOK_NOTE, {})), Paragraph(raw_text(connection, segment)),
              Paragraph(window_text(connection, segment))]
    return nodes


def raw_text(connection: Connection, segment: Segment) -> str:
    """Return the numbers as they stand in the header, and from which first numbers the relative ones count."""
    own, peer = connection.end(segment.sender), connection.end(segment.sender.other)
    return fill(chapter.RAW, {
        "seq": str(segment.raw_seq), "ack": str(segment.raw_ack) if segment.flags & ACK else None,
        "isn": _text(own.isn), "peer_isn": _text(peer.isn)})


def window_text(connection: Connection, segment: Segment) -> str:
    """Return the window that a packet offers, and how its number comes about."""
    values: dict[str, str | None] = {"window": byte_count(segment.window)}
    if segment.window_scaled is None:
        return fill(chapter.WINDOW_UNKNOWN, values)
    if not segment.window_scaled:
        return fill(chapter.WINDOW_RAW, values)
    shift = connection.end(segment.sender).window_scale
    if not connection.scaling or shift is None:
        return fill(chapter.WINDOW_PLAIN, values)
    shift = min(shift, 14)  # RFC 7323 2.3
    return fill(chapter.WINDOW_SCALED, {**values, "field": f"{segment.window >> shift:,}", "scale": f"{1 << shift:,}"})


def _text(value: int | None) -> str | None:
    return None if value is None else str(value)


def _state(connection: Connection, packet: int, *, inclusive: bool) -> dict[Side, tuple[int | None, int | None]]:
    """Return for each side the next number to send and the next that the other side expects, up to a packet."""
    sent: dict[Side, int | None] = dict.fromkeys(Side)
    acked: dict[Side, int | None] = dict.fromkeys(Side)
    for segment in connection.segments:
        if segment.packet == packet and not inclusive:
            break
        if "not-acceptable" not in segment.kinds:
            sent[segment.sender] = further(sent[segment.sender], segment.next_seq)
            if segment.ack is not None:
                acked[segment.sender.other] = further(acked[segment.sender.other], segment.ack)
        if segment.packet == packet:
            break
    return {side: (sent[side], acked[side]) for side in Side}


def further(known: int | None, new: int) -> int:
    """Return the greater of two positions; the new one where none was known."""
    return new if known is None else max(known, new)


def _cells(sent: int | None, acked: int | None) -> tuple[str, str, str]:
    under_way = "-" if sent is None or acked is None else f"{max(0, sent - acked):,}"
    return "-" if sent is None else str(sent), "-" if acked is None else str(acked), under_way


def _headers(layers: Iterable[Layer]) -> list[Node]:
    nodes: list[Node] = []
    for layer in layers:
        where = {"name": layer.name, "start": str(layer.start), "end": str(max(layer.start, layer.end - 1))}
        nodes.append(Heading(fill(chapter.LAYER, where), 3))
        if layer.problem:
            nodes.append(Note(layer.problem, "warning"))
        rows = tuple((_span(field.start, field.end), field.name, field.text, field.meaning) for field in layer.fields)
        if rows:
            nodes.append(Table(tuple(fill(cell, {}) for cell in chapter.FIELDS_HEAD), rows, "rlll"))
    return nodes


def _span(start: int, end: int) -> str:
    return str(start) if end - start <= 1 else f"{start}-{end - 1}"
