"""HTTP/1.x on one connection: both directions through the reader, responses tied to the requests they answer.

The two readers run in lockstep: what a response means hangs on its request's method, and whether a client that offered
an Upgrade goes on in HTTP hangs on the response. Behind a loss the reader begins again where a packet begins with a
first line.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import replace

from whywire.connections.model import Certainty
from whywire.exchanges import model as m
from whywire.exchanges.message import Draft, finish
from whywire.exchanges.model import Exchange, Message
from whywire.exchanges.spoken import in_order
from whywire.exchanges.stream import Payload, Piece, Stream
from whywire.protocols.http1 import states as s
from whywire.protocols.http1.events import (
    TUNNEL,
    EndOfMessage,
    Event,
    InformationalResponse,
    Malformed,
    Request,
    Response,
    Upgraded,
    find,
)
from whywire.protocols.http1.grammar import REQUEST_START, RESPONSE_START
from whywire.protocols.http1.reader import REQUEST, RESPONSE, Reader

_FATES = {"incomplete": m.EARLY, "hole": m.HOLE}


class Half:
    """One direction: its stream, its reader, and the messages found so far."""

    def __init__(self, stream: Stream, payload: Payload, requests: Half | None = None, reset: bool = False) -> None:
        """``requests`` is the other half, for the half of responses. ``reset``: an RST ended the connection."""
        self.stream = stream
        self.messages: list[Draft] = []
        self.problems: list[tuple[int, str]] = []
        self.switched: int | None = None
        """Position behind which the stream is another protocol's."""
        self.sure = 0 if not stream.whole_start else 1 << 60
        """So many messages are known to be the first ones of the stream, none missing between them."""
        self._payload = payload
        self._requests = requests
        self._next = 0
        self._reset = reset
        self._open: Draft | None = None
        self.coming = b""
        """What stands behind a request that waits for its answer."""
        kind = REQUEST if requests is None else RESPONSE
        self.reader = Reader(kind, method_of=None if requests is None else self._method)
        self._start = REQUEST_START if requests is None else RESPONSE_START

    # ---- reading ----

    def walk(self) -> Iterator[None]:
        """Read the stream. Yields where the other half must go on first: a request waits for its answer, or a final
        response is complete."""
        for run in self.stream.runs():
            yield from self._feed(run)
        self._finish_stream()
        yield from self._drain()
        self._give_up()

    def _feed(self, run: Piece) -> Iterator[None]:
        length = run.end - run.start
        reader = self.reader
        if reader.state == s.WAITING:
            self.coming = self.stream.read(run, self._payload) if run.packet else b""
            yield
        free = reader.free_to_skip
        if not run.packet or (reader.state != s.LOST and (free is None or free >= length)):
            reader.skip(length)
            yield from self._drain()
            return
        data = self.stream.read(run, self._payload)
        begins = self._start.match(data) is not None
        if reader.offset == 0 and reader.state == s.START and not self.stream.whole_start and not begins:
            reader.skip(length)  # the middle of a message, which the capture did not see begin
            yield from self._drain()
            return
        if reader.state == s.LOST and begins:
            reader.resume()
            self.sure = min(self.sure, len(self.messages))
        reader.feed(data)
        yield from self._drain()
        if len(data) < length:
            reader.skip(length - len(data))
            yield from self._drain()

    def _drain(self) -> Iterator[None]:
        while True:
            while (event := self.reader.next_event()) is not None:
                self._take(event)
                if self._requests is not None and isinstance(event, EndOfMessage):
                    yield
            if self.reader.state != s.WAITING or not self.reader.waiting_bytes:
                return
            self.coming = self.reader.peek()
            yield

    def _finish_stream(self) -> None:
        """At the end of what the capture holds: only a FIN ends a body that goes on until close."""
        if self.stream.fin is not None or self.reader.state != s.UNTIL_CLOSE:
            self.reader.end()

    def _give_up(self) -> None:
        """Close a body until close that the capture, or a reset, cut."""
        draft = self._open
        if draft is not None:
            draft.body_bytes = self.reader.offset + self.stream.origin - (draft.head_end or draft.start)
            draft.fate = m.RESET if self._reset else m.CUT
            self._open = None

    # ---- what the reader says ----

    def _take(self, event: Event) -> None:
        origin = self.stream.origin
        if isinstance(event, Request | Response | InformationalResponse):
            here = self.stream.at(origin + event.start)
            self._begin(event, Draft(event, origin + event.start, None if event.end is None else origin + event.end,
                                     flaws=event.flaws, packet=0 if here is None else here.packet))
        elif isinstance(event, EndOfMessage) and self._open is not None:
            draft, self._open = self._open, None
            draft.end, draft.body_bytes, draft.by_close = origin + event.at, event.body_bytes, event.by_close
            draft.flaws += event.flaws
            draft.fate = m.COMPLETE
        elif isinstance(event, Malformed):
            self._lose(event)
        elif isinstance(event, Upgraded):
            self.switched = origin + event.at

    def _begin(self, event: Request | Response | InformationalResponse, draft: Draft) -> None:
        if self.messages and self.messages[-1].end is None:
            self.messages[-1].limit = draft.start
        self.messages.append(draft)
        if self._requests is not None:
            self._tie(draft)
        if isinstance(event, InformationalResponse):
            draft.end, draft.fate = draft.head_end, m.COMPLETE if draft.head_end is not None else m.CUT
        else:
            self._open = draft

    def _lose(self, event: Malformed) -> None:
        kind = event.flaw.kind
        cut = kind == "incomplete" and self.stream.fin is None
        fate = _FATES.get(kind, m.MALFORMED)
        if cut:
            fate = m.RESET if self._reset else m.CUT
        draft, self._open = self._open, None
        if draft is not None:
            draft.fate = fate
            draft.body_bytes = event.body_bytes if draft.head_end is not None else None
        if not cut and kind != "hole":
            self.problems.append((self.stream.origin + event.flaw.at, event.flaw.text))
        self.sure = min(self.sure, len(self.messages))

    # ---- which request a response answers ----

    def _method(self, offset: int) -> str | None:
        index = self._asked(self.stream.origin + offset, len(self.messages))
        if index is None or self._requests is None:
            return None
        head = self._requests.messages[index].head
        return head.method if isinstance(head, Request) else None

    def _asked(self, position: int, index: int) -> int | None:
        """Return the index of the request that the ``index``-th message, beginning at ``position``, answers."""
        asks = self._requests
        assert asks is not None
        here = self.stream.at(position)
        packet = here.packet if here is not None else 1 << 60
        if self._next >= len(asks.messages) or asks.messages[self._next].packet >= packet:
            return None  # it had not been asked yet
        if self._is_sure(index) or self._follows_on(position, index):
            return self._next
        return bisect_left(asks.messages, packet, lo=self._next, key=lambda draft: draft.packet) - 1

    def _follows_on(self, position: int, index: int) -> bool:
        """Tell whether no response is missing before the ``index``-th message: then it answers the oldest question.

        Else it most likely answers the newest: few clients ask again before they are answered.
        """
        before = self.stream.origin if index == 0 else self.messages[index - 1].end
        return before == position

    def _is_sure(self, index: int) -> bool:
        asks = self._requests
        return asks is not None and self._next < asks.sure and index < self.sure

    def _tie(self, draft: Draft) -> None:
        own = len(self.messages) - 1
        index = self._asked(draft.start, own)
        draft.sure = self._is_sure(own)
        if index is None or self._requests is None:
            return
        draft.request = self._requests.messages[index]
        if draft.is_final:
            self._next = index + 1
            draft.request.answer = draft


def converse(requests: Half, responses: Half) -> None:
    """Run both readers to the end of their streams."""
    ask, answer = requests.walk(), responses.walk()
    for _ in ask:  # stops where a request that may switch has bytes behind it
        waiting = requests.messages[-1]
        final = _answer_to(waiting, answer)
        if final is None:
            if not REQUEST_START.match(requests.coming):
                break  # no answer, and what follows may be anything
            requests.reader.switch(False)
        else:
            requests.reader.switch(final.head.framing == TUNNEL)
    for _ in answer:
        pass


def _answer_to(request: Draft, answer: Iterator[None]) -> Draft | None:
    """Let the responses go on until ``request`` has its final one; return it, None when there is none."""
    while True:
        if request.answer is not None and request.answer.fate == m.COMPLETE:
            return request.answer
        if next(answer, 0) == 0:
            return request.answer


def switched_to(response: Draft | None) -> str | None:
    """Return what a connection speaks behind this response, where that is no longer HTTP."""
    if response is None or response.head.framing != TUNNEL or not isinstance(response.head, Response):
        return None
    named = find(response.head.headers, b"upgrade") if response.head.status == 101 else b"tunnel"
    return (named or b"unnamed").decode("latin-1").lower()


def exchanges(number: int, requests: Half, responses: Half) -> list[Exchange]:
    """Return the exchanges of connection ``number``, numbered from 1 within it."""
    requester = requests.stream.side
    answers: dict[int, list[Draft]] = {}
    alone: list[Draft] = []
    for draft in responses.messages:
        if draft.request is None:
            alone.append(draft)
        else:
            answers.setdefault(id(draft.request), []).append(draft)
    done = {id(draft): finish(draft, half.stream) for half in (requests, responses) for draft in half.messages}
    found: list[Exchange] = []
    for request in requests.messages:
        own = answers.get(id(request), [])
        final = next((d for d in own if d.is_final), None)
        asked, answered = done[id(request)], done[id(final)] if final else None
        found.append(Exchange(
            0, number, f"http/{asked.version}", requester, asked, answered,
            tuple(done[id(d)] for d in own if not d.is_final), *_pairing(final),
            pipelined=_pipelined(found, asked), switched_to=switched_to(final)))
    for draft in alone:
        one = done[id(draft)]
        found.append(Exchange(0, number, f"http/{one.version}", requester, None, one,
                              switched_to=switched_to(draft)))
    found.sort(key=in_order)
    return [replace(one, number=index) for index, one in enumerate(found, 1)]


def _pairing(final: Draft | None) -> tuple[Certainty, tuple[str, ...]]:
    if final is None or final.sure:
        return Certainty.INFERRED, ()
    return Certainty.LIKELY, ("lost-count",)


def _pipelined(before: list[Exchange], asked: Message) -> bool:
    """Tell whether a request left before the response to the one before it was complete."""
    if not before or asked.first_packet is None:
        return False
    last, answer = before[-1].request, before[-1].response
    done = answer.last_packet if answer is not None else last.last_packet if last is not None else None
    return done is not None and asked.first_packet <= done
