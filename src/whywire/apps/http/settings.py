"""What a door allows, and for how long it waits. Every wait has an end and every size a limit."""

from __future__ import annotations

from dataclasses import dataclass

from whywire.protocols.http1.limits import Limits


@dataclass(frozen=True, slots=True)
class Settings:
    """Limits of one server. Sizes in bytes, times in seconds, 0 switches a limit off where it says so."""

    line: int = 8192
    """The request line, without its line end; above: 414."""
    head: int = 32768
    """The whole head; above: 431."""
    field: int = 16384
    """One field, name and value; above: 431."""
    fields: int = 100
    """Header fields; more: 431."""
    body: int = 0
    """Content of a request; above: 413. 0: the app decides."""
    connections: int = 20_000
    """Open connections in all (of one worker); the next ones are answered with 503 and closed."""
    per_address: int = 1024
    """Open connections of one client address; 0: any number."""
    requests: int = 100_000
    """Requests on one connection; its last answer says close."""
    head_time: float = 10.0
    """From the first byte of a head (or from the accept) to its last; above: 408, or closed without a word."""
    idle_time: float = 30.0
    """Between two requests."""
    body_time: float = 20.0
    """Without a byte of the content that is waited for; above: 408."""
    body_rate: int = 500
    """Bytes of content a second that a client sends at least, behind a first ``body_time``; slower: 408. 0: any."""
    write_time: float = 30.0
    """Without a byte of the answer taken by the client; above: aborted."""
    linger_time: float = 2.0
    """How long what a client still sends is read and thrown away behind the last answer, so that it sees that."""
    linger_body: int = 16 << 20
    """How many bytes of it; behind them nothing is read, and the time runs out."""
    drain_time: float = 10.0
    """How long a stop waits for the answers that have begun."""
    drain_first: bool = False
    """For an app that wants no content: read it before the app answers (at most ``drain_body``, at most a second), so
    that a request with broken framing is refused and not answered."""
    drain_body: int = 65536
    """Content that nobody asked for and that is read nevertheless, so that the connection can live on."""

    @property
    def limits(self) -> Limits:
        """The parser's part of the limits."""
        return Limits(line=self.line, head=self.head, fields=self.fields)

    @property
    def tick(self) -> float:
        """How often the waits are looked at: often enough for the shortest of them."""
        return min(0.5, max(0.02, min(self.head_time, self.idle_time, self.body_time, self.write_time) / 5))
