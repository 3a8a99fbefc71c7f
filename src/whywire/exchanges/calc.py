"""The calculator's messages on one connection, asked and answered in order."""

from __future__ import annotations

from whywire.exchanges import model as m
from whywire.exchanges.message import Draft, finish
from whywire.exchanges.model import Message
from whywire.exchanges.stream import Payload, Stream
from whywire.protocols import calc
from whywire.protocols.http1.events import LENGTH, Head

_MOST_TARGET = 400


def messages(stream: Stream, payload: Payload, reset: bool) -> list[Message]:
    """Return the messages of one direction. ``reset``: an RST ended the connection."""
    reader = calc.Reader()
    found: list[Message] = []
    for run in stream.runs():
        data = stream.read(run, payload) if run.packet else b""
        reader.feed(data)
        found += _taken(reader, stream)
        if len(data) < run.end - run.start:
            reader.skip(run.end - run.start - len(data))
            found += _taken(reader, stream)
    if reader.waiting_bytes and not reader.lost:
        start = stream.origin + reader.offset
        draft = Draft(Head(version="", framing=LENGTH, length=None), start, None, body_bytes=None)
        draft.fate = m.EARLY if stream.fin is not None else m.RESET if reset else m.CUT
        found.append(finish(draft, stream))
    return found


def _taken(reader: calc.Reader, stream: Stream) -> list[Message]:
    found = []
    while isinstance(one := reader.next_message(), calc.Message):
        start, end = stream.origin + one.start, stream.origin + one.end
        body = one.end - one.start - calc.HEADER_BYTES
        head_end = start + calc.HEADER_BYTES
        draft = Draft(Head(version="", framing=LENGTH, length=body), start, head_end, end, body, fate=m.COMPLETE)
        found.append(_named(finish(draft, stream), one))
    return found


def _named(message: Message, one: calc.Message) -> Message:
    """Return the message with what it says: the expression of a request, the status of an answer."""
    from dataclasses import replace

    if one.is_request:
        text = one.text
        return replace(message, target=None if text is None else text[:_MOST_TARGET])
    return replace(message, status=one.status)
