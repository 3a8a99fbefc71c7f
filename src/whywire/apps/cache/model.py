"""What goes into the cache engine and what comes out: records without I/O and without a clock.

Header fields are pairs of a lower-case name and a latin-1 value, in the order received. Times are seconds since 1970 of
a clock that the caller keeps from going backwards (wall clock at start + monotonic since).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from whywire.apps.cache.aging import age
from whywire.apps.cache.directives import Directives
from whywire.apps.cache.freshness import Freshness, read_freshness
from whywire.apps.cache.rules import RULES, Rules

Fields = tuple[tuple[str, str], ...]
Span = tuple[int, int]
"""Bytes ``[start, stop)``."""


@dataclass(frozen=True, slots=True)
class Request:
    """What a cache has to know of a request."""

    method: str
    uri: str
    """The target URI in absolute form (RFC 9110 section 7.1): ``http://host:port/path?query``."""
    headers: Fields = ()
    """As received. Fields that the proxy puts its own values into before it forwards may be left out."""
    content: bool = False
    """The request has a body. A GET with one is neither answered from the cache nor stored: its body is in no key."""

    def get(self, name: str) -> str | None:
        """Return the field ``name`` (lower case), several joined with ", "; None without it."""
        return joined(self.headers, name)


@dataclass(frozen=True, slots=True)
class Response:
    """The head of a final response as it came from the origin."""

    status: int
    headers: Fields = ()
    reason: str = ""

    def get(self, name: str) -> str | None:
        """Return the field ``name`` (lower case), several joined with ", "; None without it."""
        return joined(self.headers, name)


def joined(headers: Sequence[tuple[str, str]], name: str) -> str | None:
    """Return the field ``name``, its lines joined with ", " (RFC 9110 section 5.3); None without it."""
    found = [value for key, value in headers if key == name]
    return ", ".join(found) if found else None


@dataclass(frozen=True, slots=True)
class Part:
    """Which bytes of a representation an incomplete stored body holds (RFC 9111 section 3.3)."""

    first: int
    stop: int
    """One behind the last; -1 as long as a broken-off body has not been counted."""
    total: int | None
    """Bytes of the complete representation, None: not known."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A stored response without its body: what `Response` and the request said, cleaned for reuse (RFC 9111 3.1)."""

    status: int
    reason: str
    headers: Fields
    """What is served: no hop-by-hop fields, no Age, none that private= or no-cache= take out; Date always there."""
    request_time: float
    response_time: float
    age_value: int
    """The Age field that came with it; 0 without."""
    vary: tuple[tuple[str, str | None], ...]
    """The request fields that Vary names, with their normalised values (None: absent), in order of the names."""
    length: int | None = None
    """Bytes of the stored body; None as long as it is being received."""
    part: Part | None = None
    """None: the body is complete."""
    heuristic: bool = True
    """A lifetime may be estimated (the request carried no Cookie, the response no Set-Cookie)."""
    freshness: Freshness = field(compare=False, repr=False, default_factory=Freshness)

    @property
    def variant(self) -> str:
        """The name of this variant below its key; the same for all requests that it can answer."""
        return "&".join(f"{name}={'' if value is None else repr(value)}" for name, value in self.vary)

    def sized(self, length: int) -> Stored:
        """Return the same with the length of its body (`dataclasses.replace` takes five times as long)."""
        return Stored(self.status, self.reason, self.headers, self.request_time, self.response_time, self.age_value,
                      self.vary, length, self.part, self.heuristic, self.freshness)

    @property
    def fresh_until(self) -> float:
        """The moment at which it becomes stale; in the past where each use has to be validated."""
        return self.response_time + self.freshness.lifetime - self.freshness.initial_age

    def age(self, now: float) -> float:
        """Return the current age in seconds (RFC 9111 section 4.2.3), never negative."""
        return age(self.freshness.initial_age, self.response_time, now)

    def get(self, name: str) -> str | None:
        """Return the field ``name`` (lower case), several joined with ", "; None without it."""
        return joined(self.headers, name)


def stored(status: int, reason: str, headers: Fields, *, request_time: float, response_time: float, age_value: int = 0,
           vary: tuple[tuple[str, str | None], ...] = (), length: int | None = None, part: Part | None = None,
           heuristic: bool = True, rules: Rules = RULES, said: tuple[Directives, bool] | None = None) -> Stored:
    """Return a `Stored` with its freshness computed. ``said``: what `policy` says of ``headers``, where it is known."""
    freshness = read_freshness(status, headers, request_time=request_time, response_time=response_time,
                               age_value=age_value, heuristic=heuristic, rules=rules, said=said)
    return Stored(status, reason, headers, request_time, response_time, age_value, vary, length, part, heuristic,
                  freshness)


@dataclass(frozen=True, slots=True)
class Answer:
    """A response to the client that is made from a stored one."""

    stored: Stored
    status: int
    """200 and so on as stored, or 206, 304, 416."""
    headers: Fields
    """Complete but for framing (Content-Length, Transfer-Encoding, Connection): Date, Age, Cache-Status are in."""
    span: Span | None
    """Which bytes of the *stored body* to send; None: none."""
    length: int | None
    """What Content-Length says; None: say none (304)."""


Fwd = Literal["", "bypass", "method", "uri-miss", "vary-miss", "miss", "request", "stale", "partial"]
"""Why a request goes forward (RFC 9211 section 2.2)."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do with a request.

    do = "serve"     send ``answer``; with ``background``, also send the validating request (its answer goes to
                     `on_response` with ``background=True``, nobody waits for it)
         "forward"   send the request on, with ``set_fields`` put in place of the fields of those names and
                     ``drop_fields`` left out; give the response to `on_response` with this decision
         "refuse"    only-if-cached, nothing usable: answer ``status`` 504 (RFC 9111 section 5.2.1.7)
    """

    do: Literal["serve", "forward", "refuse"]
    answer: Answer | None = None
    background: bool = False
    selected: Stored | None = None
    """The stored response that fits the request but can't be served as it is; on failure it may be, stale."""
    validating: bool = False
    """The validators of ``selected`` go with the request."""
    resuming: Stored | None = None
    """The incomplete one whose missing end is asked for; the answer can be a 206 that completes it (section 3.4)."""
    set_fields: Fields = ()
    drop_fields: frozenset[str] = frozenset()
    fwd: Fwd = ""
    status: int = 0
    cache_status: str = ""
    """The value of Cache-Status for an answer that the proxy itself makes (refuse, 502, 504)."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a combined body: bytes ``span`` of the stored body (``old``) or of the arriving one."""

    old: bool
    span: Span


@dataclass(frozen=True, slots=True)
class Outcome:
    """What to do with a response from the origin.

    do = "pass"      send it to the client with ``status`` and ``headers`` and its body; where ``store`` is set, keep
                     head and body while they pass, and commit only a body that came to its proper end
         "serve"     throw the response away (read or drop its body), send ``answer`` from the store
         "combine"   the client gets ``status``, ``headers`` and the ``pieces``; they make the body of ``store`` as well
         "retry"     the origin's answer to our condition is of no use: send the client's own request, unconditionally
                     for our part (decision `plain_forward`), and come back
    In every case open the body that ``answer`` or ``pieces`` need, then put ``updates`` in place, then remove
    ``remove`` (variants of this key) and ``invalidate`` (whole keys). Header fields are without framing
    (Content-Length, Transfer-Encoding, Connection) and with Date, as in `Answer`.
    """

    do: Literal["pass", "serve", "combine", "retry"]
    status: int = 0
    headers: Fields = ()
    store: Stored | None = None
    answer: Answer | None = None
    pieces: tuple[Piece, ...] = ()
    """The body of ``store``, in order; empty: the arriving body. Old pieces are of the stored response in ``base``.
    With "pass" the client gets the arriving body all the same; a proxy that does not combine leaves ``store`` alone."""
    base: Stored | None = None
    """Where old pieces come from; with "serve" after a 304, whose body ``answer`` has: its own metadata may be new."""
    updates: tuple[tuple[Stored, Stored], ...] = ()
    """Pairs (as given in ``entries``, new metadata): replace the metadata, keep the body."""
    remove: tuple[Stored, ...] = ()
    invalidate: tuple[str, ...] = ()
