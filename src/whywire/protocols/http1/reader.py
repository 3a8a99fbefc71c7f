"""The tolerant reader: one direction of bytes, in any pieces, as events with offsets. Never raises for bytes.

It shows everything it understands and reports what is wrong; what can't be understood is `Malformed` with where and
why, and then nothing until `resume`. It keeps at most one head, never a body. Its states are `states.READING`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from whywire.protocols.http1 import build, grammar, head
from whywire.protocols.http1 import states as s
from whywire.protocols.http1.events import (
    CHUNKED,
    LENGTH,
    TUNNEL,
    UNTIL_CLOSE,
    ConnectionClosed,
    Data,
    EndOfMessage,
    Event,
    InformationalResponse,
    Malformed,
    Request,
    Response,
    Upgraded,
)
from whywire.protocols.http1.flaws import FATAL, Flaw, shown
from whywire.protocols.http1.head import StartLine
from whywire.protocols.http1.limits import Limits

REQUEST, RESPONSE = "request", "response"
_HEAD_MOVES = {LENGTH: "head, length", CHUNKED: "head, chunked", UNTIL_CLOSE: "head, until close",
               TUNNEL: "head, switches"}


class Reader:
    """Reads requests or responses. `feed` bytes, then take `next_event` until it returns None."""

    def __init__(self, kind: str, limits: Limits | None = None,
                 method_of: Callable[[int], str | None] | None = None) -> None:
        """Read ``kind``, REQUEST or RESPONSE. ``method_of`` may stand in for `answers`: it is asked for the
        method of the request that the response (or interim response) beginning at an offset answers.
        """
        self.kind = kind
        self._method_of = method_of
        self.state = s.START
        self._limits = limits or Limits()
        self._buffer = bytearray()
        self._base = 0
        self._pending: deque[Event] = deque()
        self._methods: deque[str | None] = deque()
        self._gap = 0
        self._ended = False
        self._new_head()
        self._new_body()

    def _new_head(self) -> None:
        self._searched = 0
        self._line: StartLine | None = None
        self._empty = 0

    def _new_body(self) -> None:
        self._left = 0
        self._body = 0
        self._flaws: list[Flaw] = []
        self._trailers: tuple[tuple[bytes, bytes], ...] = ()
        self._may_switch = False
        self._in_message = False

    # ---- what goes in ----

    @property
    def offset(self) -> int:
        """How many bytes of the stream have been taken apart."""
        return self._base

    @property
    def waiting_bytes(self) -> int:
        """Bytes that were fed and not taken apart yet: part of a head, or held back."""
        return len(self._buffer)

    @property
    def body_flaws(self) -> tuple[Flaw, ...]:
        """What was wrong so far with the chunks of the body that is being read."""
        return tuple(self._flaws)

    @property
    def free_to_skip(self) -> int | None:
        """How many bytes may be skipped without losing anything; None: any number."""
        if self._buffer:
            return 0
        if self.state in (s.UNTIL_CLOSE, s.SWITCHED, s.LOST, s.ENDED):
            return None
        return self._left if self.state in (s.IN_LENGTH, s.IN_CHUNK) else 0

    def answers(self, method: str | None) -> None:
        """Tell a reader of responses the method of the next request (RFC 9112 6.3: HEAD and CONNECT matter)."""
        self._methods.append(method)

    def feed(self, data: bytes) -> None:
        """Give the next bytes of the stream."""
        self._buffer += data

    def skip(self, length: int) -> None:
        """Say that the next ``length`` bytes are not known. Bodies survive that; a head, or a chunk's line, does not.

        All events of the bytes fed before must have been taken.
        """
        self._gap += length

    def end(self) -> None:
        """Say that the sender ended the stream (its FIN)."""
        self._ended = True

    def switch(self, accepted: bool) -> None:
        """Tell a reader of requests that waits (state WAITING) whether the answer left HTTP."""
        self._move("accepted" if accepted else "refused")
        if accepted:
            self._pending.append(Upgraded(self._base))

    def resume(self) -> None:
        """Begin again after `Malformed`: the next bytes fed are taken for the start of a message."""
        self._move("resume")
        self._new_head()
        self._new_body()

    def peek(self) -> bytes:
        """Return the bytes that were fed and not taken apart."""
        return bytes(self._buffer)

    def take_waiting(self) -> bytes:
        """Return the bytes that were fed and not taken apart, and forget them."""
        return self._take(len(self._buffer))

    # ---- what comes out ----

    def next_event(self) -> Event | None:
        """Return the next event; None when it needs more bytes (or an answer: see `switch`)."""
        while not self._pending:
            before = self.state
            event = _HANDLERS[self.state](self)
            if event is not None:
                return event
            if self.state == before:
                return None
        return self._pending.popleft()

    def _move(self, what: str) -> None:
        self.state = s.READING[self.state, what]

    def _take(self, count: int) -> bytes:
        data = bytes(self._buffer[:count])
        del self._buffer[:count]
        self._base += count
        return data

    def _lose(self, kind: str, at: int, what: str = "") -> Event:
        """Give up: no sense can be made behind here."""
        event = Malformed(self._base, Flaw(kind, at, what), self._in_message, self._body)
        self._move("no sense")
        self._base += len(self._buffer)
        self._buffer.clear()
        return event

    def _starve(self) -> Event | None:
        """There are no more bytes here that help: a hole, the end of the stream, or just not yet."""
        if self._gap:
            self._give_partial_head()
            self._pending.append(self._lose("hole", self._base + len(self._buffer)))
            return self._pending.popleft()
        if not self._ended:
            return None
        if self.state == s.START and not self._buffer:
            return self._close()
        self._give_partial_head()
        self._pending.append(self._lose("incomplete", self._base + len(self._buffer)))
        return self._pending.popleft()

    def _close(self) -> Event:
        self._move("end")
        return ConnectionClosed(self._base)

    # ---- heads ----

    def _read_head(self) -> Event | None:
        buffer = self._buffer
        if self._line is None:
            flaw = self._read_start_line()
            if flaw is not None:
                return self._lose(flaw.kind, flaw.at, flaw.what)
            if self._line is None:
                return self._starve()
        match = grammar.HEAD_END.search(buffer, max(0, self._searched - 2))
        if match is None:
            self._searched = len(buffer)
            if len(buffer) > self._limits.head:
                self._give_partial_head()
                self._pending.append(self._lose("head-too-large", self._base))
                return self._pending.popleft()
            return self._starve()
        if match.end() > self._limits.head:
            return self._lose("head-too-large", self._base)
        start = self._base
        event = self._head(self._take(match.end()), start, self._base)
        self._new_head()
        self._begin_body(event)
        return event

    def _read_start_line(self) -> Flaw | None:
        """Read the first line once it is whole; empty lines before it are left out (RFC 9112 2.2)."""
        buffer = self._buffer
        while buffer[:1] == b"\n" or buffer[:2] == b"\r\n":
            self._take(1 if buffer[0] == 10 else 2)
            self._searched = 0
            self._empty += 1
            if self._empty > self._limits.empty_lines:
                return Flaw("many-empty-lines", self._base)
        end = buffer.find(b"\n", self._searched)
        if end < 0:
            self._searched = len(buffer)
        if (len(buffer) if end < 0 else end) > self._limits.line:
            return Flaw("line-too-long", self._base, shown(bytes(buffer[:40])))
        if end < 0:
            return None
        self._searched = end
        parsed = self._parse(bytes(buffer[:end]).removesuffix(b"\r"))
        if isinstance(parsed, Flaw):
            return parsed
        self._line = parsed
        return None

    def _parse(self, line: bytes) -> StartLine | Flaw:
        return (head.request_line if self.kind == REQUEST else head.status_line)(line, self._base)

    def _give_partial_head(self) -> None:
        """A head that will not be complete: give out what is there of it, if that is the first line at least."""
        if self.state == s.START and self._line is None and self._buffer:
            parsed = self._parse(bytes(self._buffer).removesuffix(b"\r"))
            self._line = parsed._replace(reason="") if isinstance(parsed, StartLine) else None
        if self.state == s.START and self._line is not None:
            self._pending.append(self._head(bytes(self._buffer), self._base, None))
            self._in_message = True

    def _head(self, block: bytes, start: int, end: int | None) -> Request | Response | InformationalResponse:
        line = self._line
        assert line is not None
        headers, flaws = build.read_fields(line, block, start, self._limits)
        if self._empty:
            flaws = (*flaws, Flaw("empty-line-before", start))
        if self.kind == REQUEST:
            return build.request(line, headers, start, end, flaws)
        method = self._methods[0] if self._methods else None if self._method_of is None else self._method_of(start)
        event = build.response(line, headers, start, end, flaws, method)
        if self._methods and isinstance(event, Response):
            self._methods.popleft()
        return event

    def _begin_body(self, event: Request | Response | InformationalResponse) -> None:
        self._new_body()
        if isinstance(event, InformationalResponse):
            self._move("interim head")
            return
        self._in_message = True
        self._may_switch = isinstance(event, Request) and event.may_switch
        fatal = next((flaw for flaw in event.flaws if flaw.grade == FATAL), None)
        if fatal is not None:
            self._pending.append(self._lose(*fatal))
        elif event.framing == TUNNEL:
            self._move(_HEAD_MOVES[TUNNEL])
            self._pending += (EndOfMessage(self._base), Upgraded(self._base))
        elif event.framing in _HEAD_MOVES:
            self._move(_HEAD_MOVES[event.framing])
            self._left = event.length or 0
        else:
            self._pending.append(self._complete("head, no body"))

    # ---- bodies ----

    def _complete(self, what: str) -> Event:
        event = EndOfMessage(self._base, self._body, self._trailers, flaws=tuple(self._flaws))
        switch = self._may_switch
        self._move(what)
        self._new_body()
        if switch:
            self._move("may switch")
        return event

    def _content(self, most: int) -> Event | None:
        """Take up to ``most`` bytes of content from the buffer, or count those that were skipped."""
        if self._buffer:
            at = self._base
            data = self._take(min(most, len(self._buffer)))
            self._body += len(data)
            self._left -= len(data)
            return Data(data, at)
        if self._gap:
            count = min(most, self._gap)
            self._gap -= count
            self._base += count
            self._body += count
            self._left -= count
        return None

    def _in_length(self) -> Event | None:
        event = self._content(self._left) if self._left else None
        if event is not None:
            return event
        return self._starve() if self._left else self._complete("body complete")

    def _in_chunk(self) -> Event | None:
        event = self._content(self._left) if self._left else None
        if event is not None:
            return event
        if self._left:
            return self._starve()
        self._move("chunk complete")
        return None

    def _chunk_line(self) -> Event | None:
        end = self._buffer.find(b"\n")
        if (len(self._buffer) if end < 0 else end) > self._limits.chunk_line:
            return self._lose("bad-chunk-size", self._base, shown(bytes(self._buffer[:40])))
        if end < 0:
            return self._starve()
        at, line = self._base, bytes(self._buffer[:end])
        match = grammar.CHUNK_LINE.fullmatch(line.removesuffix(b"\r"))
        if match is None or not line.endswith(b"\r"):
            match = match or grammar.CHUNK_LINE_LOOSE.fullmatch(line)
            if match is None:
                return self._lose("bad-chunk-size", at, shown(line))
            self._flaws.append(Flaw("bare-lf" if not line.endswith(b"\r") else "loose-chunk-line", at, shown(line)))
        self._take(end + 1)
        self._left = int(match["size"], 16)
        self._move("size" if self._left else "size 0")
        return None

    def _chunk_end(self) -> Event | None:
        if not self._buffer or self._buffer == b"\r":
            return self._starve()
        if self._buffer[0] == 10:
            self._flaws.append(Flaw("bare-lf", self._base))
            self._take(1)
        elif self._buffer[:2] == b"\r\n":
            self._take(2)
        else:
            return self._lose("chunk-overrun", self._base, shown(bytes(self._buffer[:1 + (self._buffer[0] == 13)])))
        self._move("line end")
        return None

    def _read_trailers(self) -> Event | None:
        buffer = self._buffer
        end = 1 if buffer[:1] == b"\n" else 2 if buffer[:2] == b"\r\n" else 0
        if not end:
            match = grammar.HEAD_END.search(buffer, max(0, self._searched - 2))
            self._searched = len(buffer)
            end = match.end() if match else 0
        if (end or len(buffer)) > self._limits.head:
            return self._lose("trailers-too-large", self._base)
        if not end:
            return self._starve()
        at = self._base
        lines, flaws = head.split_lines(self._take(end), at)
        self._trailers, more = head.fields(lines[:-1])
        self._flaws += [*flaws, *more]
        self._searched = 0
        return self._complete("empty line")

    def _until_close(self) -> Event | None:
        event = self._content(len(self._buffer) or self._gap)
        if event is not None or not self._ended:
            return event
        self._pending.append(EndOfMessage(self._base, self._body, by_close=True, flaws=tuple(self._flaws)))
        self._pending.append(self._close())
        return self._pending.popleft()

    # ---- no HTTP ----

    def _pass_by(self) -> Event | None:
        """SWITCHED or LOST: bytes are counted only."""
        self._base += len(self._buffer) + self._gap
        self._buffer.clear()
        self._gap = 0
        return self._close() if self._ended else None

    def _wait(self) -> Event | None:
        return self._close() if self._ended and not self._buffer and not self._gap else None

    def _end(self) -> Event | None:
        self._buffer.clear()
        return None


_HANDLERS = {
    s.START: Reader._read_head, s.IN_LENGTH: Reader._in_length, s.CHUNK_LINE: Reader._chunk_line,
    s.IN_CHUNK: Reader._in_chunk, s.CHUNK_END: Reader._chunk_end, s.TRAILERS: Reader._read_trailers,
    s.UNTIL_CLOSE: Reader._until_close, s.WAITING: Reader._wait, s.SWITCHED: Reader._pass_by,
    s.LOST: Reader._pass_by, s.ENDED: Reader._end,
}
