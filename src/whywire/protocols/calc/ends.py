"""The strict tier: the two ends of a connection, for programs that speak. No socket: bytes in, messages out.

What a server may be sent, and what becomes of it:

    a request, whole                     itself, to be answered
    T 0, or a status other than 0        `Refusal` 400; the next message is read
    len below 12                         `Refusal` that closes without an answer: nobody knows where a message begins
    the end of the stream in a message   `Refusal` 400 that closes
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from whywire.protocols.calc.codec import Malformed, Reader
from whywire.protocols.calc.content import BAD
from whywire.protocols.calc.message import HEADER_BYTES, CalcError, Message


@dataclass(frozen=True, slots=True)
class Refusal:
    """What came can't be answered with a result."""

    status: int
    """0: the connection is closed without an answer."""
    why: str
    closes: bool
    """Nothing behind it can be read."""


class ServerEnd:
    """The server's end: requests out of bytes. Never raises for what comes."""

    def __init__(self) -> None:
        self._reader = Reader(keep_raw=True)
        self.closed = False
        """No request can come any more."""

    @property
    def waiting_bytes(self) -> int:
        """Bytes of a request that is not complete."""
        return 0 if self.closed else self._reader.waiting_bytes

    @property
    def progress(self) -> str:
        """How far the request that began has come, for an error's text."""
        wanted = self._reader.wanted_bytes
        return f"{self.waiting_bytes} of {wanted} bytes" if wanted else f"{self.waiting_bytes} bytes of its header"

    def feed(self, data: bytes) -> None:
        """Give the next bytes. What comes behind the end is dropped."""
        if not self.closed:
            self._reader.feed(data)

    def end(self) -> None:
        """Say that the client sends nothing more."""
        self._reader.end()

    def next_request(self) -> Message | Refusal | None:
        """Return what came next; None: more bytes are needed, or (`closed`) there is nothing more."""
        if self.closed:
            return None
        progress = self.progress
        found = self._reader.next_message()
        if isinstance(found, Malformed):
            self.closed = True
            if found.why == "length":
                return Refusal(0, f"a length below the {HEADER_BYTES} bytes of a header", True)
            return Refusal(BAD, f"the connection ended inside a message, after {progress}", True)
        if found is None:
            return None
        if not found.is_request:
            return Refusal(BAD, "the message is an answer (T is 0); a server takes requests", False)
        if found.status:
            return Refusal(BAD, f"the message has the status {found.status}; that of a request is 0", False)
        return found


class ClientEnd:
    """The client's end: answers out of bytes, each with the request it belongs to: the oldest that has none."""

    def __init__(self) -> None:
        self._reader = Reader(keep_raw=True)
        self._asked: deque[object] = deque()
        self._ended = False

    @property
    def unanswered(self) -> int:
        """How many requests have no answer yet."""
        return len(self._asked)

    def asked(self, token: object = None) -> None:
        """Say that a request was sent. ``token`` comes back with its answer."""
        self._asked.append(token)

    def feed(self, data: bytes) -> None:
        """Give the next bytes; no bytes: the server sends nothing more."""
        if data:
            self._reader.feed(data)
        else:
            self._ended = True
            self._reader.end()

    def next_answer(self) -> tuple[object, Message] | None:
        """Return the next answer and its request's token; None: more bytes are needed, or all is answered.

        Raises CalcError for what no server of this protocol sends, and when the end came before an answer.
        """
        found = self._reader.next_message()
        if isinstance(found, Malformed):
            raise CalcError("what the server sent is no message of the calculator: a length below 12"
                            if found.why == "length" else "the server closed the connection inside an answer")
        if found is None:
            if self._ended and self._asked:
                raise CalcError(f"the server closed the connection with {len(self._asked)} of the requests unanswered")
            return None
        if found.is_request:
            raise CalcError("what the server sent is a request (T is 1)")
        if found.status != 200 and not 400 <= found.status <= 599:
            raise CalcError(f"the answer has the status {found.status}; there are 200, 400 to 599")
        if not self._asked:
            raise CalcError("the server sent an answer that nobody asked for")
        return self._asked.popleft(), found
