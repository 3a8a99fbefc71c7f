"""From what a parser said of a stretch of stream to a `Message`, with the packets that carried it and their times."""

from __future__ import annotations

from dataclasses import dataclass

from whywire.exchanges import model as m
from whywire.exchanges.model import Message
from whywire.exchanges.stream import Stream
from whywire.protocols.http1.events import Head, InformationalResponse, Request, Response
from whywire.protocols.http1.flaws import Flaw

KEY_HEADERS = frozenset((
    "age", "cache-control", "cache-status", "connection", "content-encoding", "content-length", "content-type", "etag",
    "expect", "host", "if-modified-since", "if-none-match", "keep-alive", "location", "range", "referer", "retry-after",
    "sec-fetch-dest", "server", "transfer-encoding", "upgrade", "user-agent", "vary", "via", "x-cache",
    "x-forwarded-for",
))
_MOST_VALUE = 400


@dataclass(slots=True, eq=False)
class Draft:
    """A message that is being read. Positions, not offsets."""

    head: Head
    start: int
    head_end: int | None
    end: int | None = None
    body_bytes: int | None = 0
    by_close: bool = False
    limit: int | None = None
    """Where the next message begins, when this one's end is not known."""
    fate: str = m.CUT
    flaws: tuple[Flaw, ...] = ()
    packet: int = 0
    """Carries its first byte; 0: that is in a hole."""
    request: Draft | None = None
    """Of a response: what it answers."""
    answer: Draft | None = None
    """Of a request: its final response."""
    sure: bool = True
    """... by order; else by time."""

    @property
    def is_final(self) -> bool:
        """No interim response."""
        return not isinstance(self.head, InformationalResponse)


def finish(draft: Draft, stream: Stream) -> Message:
    """Return the message of a draft, with its packets."""
    head = draft.head
    last_seen = draft.limit or max(draft.start, stream.pieces[-1].end if stream.pieces else draft.start)
    stop = draft.end if draft.end is not None else last_seen
    pieces = list(stream.within(draft.start, stop))
    seen = sum(min(piece.end, stop) - max(piece.start, draft.start) for piece in pieces)
    fate = draft.fate
    if fate == m.COMPLETE and not _all_arrived(stop, seen, draft, stream, [p.arrived for p in pieces]):
        fate = m.HOLE
    first = stream.at(draft.start) if stop > draft.start else None
    last, last_ns = _last(draft, stream, stop) if fate == m.COMPLETE else (None, None)
    named = isinstance(head, Request)
    body = draft.body_bytes
    if fate == m.HOLE and body is not None and draft.head_end is not None:
        body = min(body, sum(max(0, min(piece.end, stop) - max(piece.start, draft.head_end)) for piece in pieces))
    answer = isinstance(head, Response | InformationalResponse)
    return Message(
        sender=stream.side, start=draft.start, end=draft.end if fate == m.COMPLETE else None,
        first_packet=first.packet if first else None, last_packet=last,
        first_ns=first.time_ns if first else None, last_ns=last_ns,
        bytes=stop - draft.start if fate == m.COMPLETE else seen, missing_bytes=stop - draft.start - seen,
        head_bytes=None if draft.head_end is None else draft.head_end - draft.start, body_bytes=body,
        framing=head.framing, promised_bytes=head.length, version=head.version,
        method=head.method if isinstance(head, Request) else None,
        target=head.target if isinstance(head, Request) else None,
        status=head.status if isinstance(head, Response | InformationalResponse) else None,
        reason=head.reason if isinstance(head, Response | InformationalResponse) else None,
        headers=_headers(head), keeps_alive=head.keeps_alive if named or answer else None, fate=fate,
        until_close=head.framing == "until-close", flaws=tuple((flaw.kind, flaw.text) for flaw in draft.flaws),
    )


def _all_arrived(stop: int, seen: int, draft: Draft, stream: Stream, arrived: list[bool]) -> bool:
    """Tell whether the whole message reached the other side: seen on its way, or acknowledged."""
    if stream.acked >= stop:
        return True
    return seen == stop - draft.start and all(arrived)


def _last(draft: Draft, stream: Stream, stop: int) -> tuple[int | None, int | None]:
    """Return number and time of the packet that completes the message: the last to come of all that carry it."""
    if stop > draft.start and stream.at(stop - 1) is None:
        return None, None
    found = max(((piece.packet, piece.time_ns) for piece in stream.within(draft.start, stop)), default=(0, 0))
    if draft.by_close and stream.fin_packet is not None:
        found = max(found, (stream.fin_packet, stream.fin_ns or 0))
    return found if found[0] else (None, None)


def _headers(head: Head) -> tuple[tuple[str, str], ...]:
    found = []
    for name, value in head.headers:
        key = name.decode("latin-1")
        if key in KEY_HEADERS:
            found.append((key, value[:_MOST_VALUE].decode("latin-1")))
    return tuple(found)
