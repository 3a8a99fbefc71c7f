"""One helper that feeds every parser: whole, byte by byte, in two pieces, and with bytes behind the end.

Each way must give the same events; only how a body is cut into pieces may differ, so those are joined first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from whywire.protocols.http1 import RESPONSE, Data, Reader
from whywire.protocols.http1.events import Event

Pieces = list[bytes]


def ways(data: bytes) -> Iterable[Pieces]:
    """Yield the pieces in which a stream may come."""
    yield [data]
    yield [bytes([byte]) for byte in data]
    for at in range(1, min(len(data), 40)):
        yield [data[:at], data[at:]]


def take(reader: Reader) -> list[Event]:
    """Return the events that the reader has now."""
    found = []
    while (event := reader.next_event()) is not None:
        found.append(event)
    return found


def joined(events: Iterable[Event]) -> list[Event]:
    """Return the events with neighbouring pieces of a body made one."""
    found: list[Event] = []
    for event in events:
        if isinstance(event, Data) and found and isinstance(found[-1], Data):
            found[-1] = Data(found[-1].data + event.data, found[-1].at)
        else:
            found.append(event)
    return found


def read(kind: str, data: bytes, *, methods: Iterable[str | None] = (), end: bool = True,
         on_wait: Callable[[Reader], None] | None = None) -> list[Event]:
    """Return the events of a stream, having checked that every way of feeding it gives the same."""
    results = []
    for pieces in ways(data):
        reader = Reader(kind)
        if kind == RESPONSE:
            for method in methods:
                reader.answers(method)
        events = []
        for piece in pieces:
            reader.feed(piece)
            events += take(reader)
        if on_wait is not None:
            on_wait(reader)
            events += take(reader)
        if end:
            reader.end()
            events += take(reader)
        results.append(joined(events))
    assert all(result == results[0] for result in results), "the pieces it came in changed what was read"
    return results[0]


def with_rest(kind: str, data: bytes, rest: bytes, *, methods: Iterable[str | None] = ()) -> list[Event]:
    """Return the events of ``data`` followed by ``rest``, having checked that ``rest`` changes nothing before it."""
    alone = read(kind, data, methods=methods, end=False)
    both = read(kind, data + rest, methods=methods, end=False)
    assert both[:len(alone)] == alone, "bytes behind a message changed the message"
    return both[len(alone):]
