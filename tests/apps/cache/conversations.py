"""Conversations between a client, a cache and an origin, as data: what is asked, what the origin says, what comes out.

The same conversations run through the engine with a virtual clock (`simulator`) and, where nothing has to pass but
milliseconds (``waits`` is false), through the whole proxy over sockets. An old response is then one that brings an Age.

    case("4.2.1", "s-maxage beats max-age",
         turn(origin=ok("cache-control: max-age=1, s-maxage=60")),
         turn(wait=30, hit=0))

``hit=0``: the answer has the body that the origin sent in turn 0, and the origin is not asked. ``origin=`` alone: it is
asked, and what it says comes through. Both, as ``use=0, origin=``: it is asked, the body is that of turn 0. A value
``@-60`` or ``@+60`` is the HTTP date so many seconds from now.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

Fields = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Reply:
    """What the origin says."""

    status: int = 200
    headers: Fields = ()
    body: str | None = None
    """None: a body of its own for each turn."""
    cut: int | None = None
    """Break off after so many bytes of the body."""
    delay: float = 0.0
    """Seconds until the head comes (virtual clock only)."""


DOWN = Reply(status=0)
"""The origin closes the connection without an answer."""


@dataclass(frozen=True)
class Turn:
    """One request, and all that is expected of it."""

    headers: Fields = ()
    method: str = "GET"
    path: str = "/a"
    content: bool = False
    wait: float = 0.0
    origin: Reply | None = None
    later: Reply | None = None
    """What the origin says to the validation in the background."""
    again: Reply | None = None
    """What the origin says to the same request, asked anew without our conditions."""
    hit: int | None = None
    use: int | None = None
    status: int | None = None
    body: str | None = None
    has: Fields = ()
    """Fields of the answer; ``*``: anything; ``<n``: a number below n."""
    lacks: tuple[str, ...] = ()
    sent: Fields = ()
    """Fields of the request that the origin gets."""
    unsent: tuple[str, ...] = ()


@dataclass(frozen=True)
class Case:
    """A conversation that shows one requirement."""

    section: str
    claim: str
    turns: tuple[Turn, ...] = field(repr=False)

    @property
    def waits(self) -> bool:
        """It needs the virtual clock."""
        return any(one.wait or (one.origin is not None and one.origin.delay) for one in self.turns)


def fields(lines: tuple[str, ...] | list[str]) -> Fields:
    """Return ``name: value`` lines as pairs."""
    return tuple((name.strip().lower(), value.strip()) for name, _, value in (line.partition(":") for line in lines))


def ok(*lines: str, status: int = 200, body: str | None = None, cut: int | None = None, delay: float = 0.0) -> Reply:
    """Return an origin's reply, 200 unless said otherwise."""
    return Reply(status, fields(lines), body, cut, delay)


def turn(*lines: str, has: tuple[str, ...] | list[str] = (), sent: tuple[str, ...] | list[str] = (),
         **rest: object) -> Turn:
    """Return a turn; ``lines`` are the request's fields."""
    return replace(Turn(fields(lines), has=fields(has), sent=fields(sent)), **rest)  # type: ignore[arg-type]


def case(section: str, claim: str, *turns: Turn) -> Case:
    """Return a conversation."""
    return Case(section, claim, turns)


def body_of(case_: Case, index: int) -> str:
    """Return the body that the origin sends in a turn."""
    reply = case_.turns[index].origin
    assert reply is not None
    return f"body of turn {index}" if reply.body is None else reply.body
