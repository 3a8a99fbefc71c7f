"""Who spoke when on a connection, also where the protocol is not known: a question, then the answer to it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from whywire.base.ref import Ref
from whywire.connections.model import Side
from whywire.exchanges.model import Exchange, Message
from whywire.exchanges.spoken import Spoken


class Span(NamedTuple):
    """Bytes of one direction, in the packets that carried them."""

    start: int
    end: int
    first_packet: int
    last_packet: int
    first_ns: int
    last_ns: int


class Turn(NamedTuple):
    """What one side asked, and what the other side then said."""

    spoken: Spoken
    ref: Ref
    """The exchange, or the connection where no protocol is known."""
    exchange: Exchange | None
    asker: Side
    question: Span
    answer: Span | None


def turns(spoken: Spoken) -> list[Turn]:
    """Return the turns of a connection, in order."""
    if spoken.exchanges:
        found = (_of_exchange(one, spoken) for one in spoken.exchanges)
        return [turn for turn in found if turn is not None]
    return list(_of_bytes(spoken)) if spoken.protocol is None else []


def _of_exchange(one: Exchange, spoken: Spoken) -> Turn | None:
    asked = None if one.request is None else _span(one.request)
    if asked is None:
        return None
    return Turn(spoken, one.ref, one, spoken.requester, asked, None if one.response is None else _span(one.response))


def _span(message: Message) -> Span | None:
    if (message.first_packet is None or message.last_packet is None or message.end is None or message.first_ns is None
            or message.last_ns is None):
        return None
    return Span(message.start, message.end, message.first_packet, message.last_packet, message.first_ns,
                message.last_ns)


def _of_bytes(spoken: Spoken) -> Iterator[Turn]:
    """Yield turns by who sends: the client's bytes up to the server's, those up to the client's next ones."""
    client, server = (_steps(spoken, side) for side in (Side.CLIENT, Side.SERVER))
    steps = sorted([*client, *server], key=lambda step: step[1].first_packet)
    runs: list[tuple[Side, Span]] = []
    for side, step in steps:
        if runs and runs[-1][0] is side:
            before = runs[-1][1]
            runs[-1] = side, before._replace(end=max(before.end, step.end), last_packet=step.last_packet,
                                             last_ns=step.last_ns)
        else:
            runs.append((side, step))
    for index, (side, span) in enumerate(runs):
        if side is Side.CLIENT:
            answer = runs[index + 1][1] if index + 1 < len(runs) else None
            yield Turn(spoken, Ref("c", spoken.number), None, Side.CLIENT, span, answer)


def _steps(spoken: Spoken, side: Side) -> list[tuple[Side, Span]]:
    return [(side, Span(piece.start, piece.end, piece.packet, piece.packet, piece.time_ns, piece.time_ns))
            for piece in spoken.streams[side].pieces]
