"""Which protocol a connection speaks, by what is said on it; ports are not looked at."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from whywire.connections.model import Side
from whywire.exchanges.stream import Payload, Piece, Stream
from whywire.protocols.calc import HEADER_BYTES, looks_like
from whywire.protocols.http1.grammar import REQUEST_START, RESPONSE_START

HTTP, CALC = "http", "calc"

_LOOK = 24
"""Packets of a direction whose beginnings are looked at, where its start is missing."""
_LINE = 1 << 16
_REQUEST_BEGUN = re.compile(rb"(?:GET|HEAD|POST|PUT|DELETE|OPTIONS|CONNECT|TRACE|PATCH) (?:/|\*|https?://|[\w.\-]+:[0-9])")
_SECOND_NS = 1_000_000_000


class Detected(NamedTuple):
    """A protocol, and the side that asks."""

    protocol: str
    requester: Side


def detect(streams: Mapping[Side, Stream], payload: Payload) -> Detected | None:
    """Return what the connection speaks; None: nothing that is known here."""
    asks = {side: _finds(stream, payload, request=True) for side, stream in streams.items()}
    answers = {side: _finds(stream, payload, request=False) for side, stream in streams.items()}
    for side in (Side.CLIENT, Side.SERVER):
        if asks[side] and not asks[side.other]:
            return Detected(HTTP, side)
    for side in (Side.SERVER, Side.CLIENT):
        if answers[side] and not answers[side.other]:  # also to what is no request: a 400 to somebody who speaks TLS
            return Detected(HTTP, side.other)
    return _calc(streams, payload)


def _finds(stream: Stream, payload: Payload, *, request: bool) -> bool:
    """Tell whether messages begin in the stream: at its first byte, or at a packet's where that is missing."""
    pattern = REQUEST_START if request else RESPONSE_START
    first = next(stream.runs(), None)
    if first is None:
        return False
    if stream.whole_start and first.packet:
        data = _first_line(stream, first, payload)
        if pattern.match(data) is not None:
            return True
        return request and b"\n" not in data and _REQUEST_BEGUN.match(data) is not None
    return any(pattern.match(stream.read(piece, payload)) is not None
               for piece in stream.pieces[:_LOOK] if piece.packet)


def _first_line(stream: Stream, first: Piece, payload: Payload) -> bytes:
    """Return the stream's beginning, without empty lines, up to the packet in which its first line ends."""
    found = b""
    for part in stream.bytes(first.start, min(first.start + _LINE, stream.end), payload):
        if isinstance(part, int):
            break
        found = (found + part).lstrip(b"\r\n") if not found else found + part
        if b"\n" in found or _REQUEST_BEGUN.match(found) is None:
            break
    return found


def _calc(streams: Mapping[Side, Stream], payload: Payload) -> Detected | None:
    """Return the calculator where all that both sides begin with is surely of its kind."""
    found = None
    for side, stream in streams.items():
        if not stream.pieces:
            continue
        first = stream.pieces[0]
        if not stream.whole_start or first.start != stream.origin:
            return None
        data = _beginning(stream, payload)
        fits = [ask for ask in (True, False) if looks_like(data, ask, first.time_ns // _SECOND_NS)]
        if len(fits) != 1:
            return None
        requester = side if fits[0] else side.other
        if found not in (None, requester):
            return None
        found = requester
    return None if found is None else Detected(CALC, found)


def _beginning(stream: Stream, payload: Payload) -> bytes:
    """Return the captured bytes of the first packet, and of more where it holds less than a header."""
    found = b""
    for part in stream.bytes(stream.origin, min(stream.origin + _LINE, stream.end), payload):
        if isinstance(part, int):
            break
        found += part
        if len(found) >= HEADER_BYTES:
            break
    return found
