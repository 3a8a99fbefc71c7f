"""When a stored answer may be given again. No socket, no clock: ``now`` (seconds since 1970) is an argument.

    request   C 0, or cache control 0    nothing from a cache; what the server answers is stored all the same
              cache control n            a stored answer that is at most n seconds old
              cache control 65535        a stored answer of any age, as long as it is fresh
    answer    C 0, or cache control 0    not stored
              cache control n            fresh for n seconds from the time in its header on
              cache control 65535        fresh for good
              status other than 200      not stored

C = 0 beats any cache control. The age of an answer is counted as for HTTP, in the same file
(`whywire.apps.cache.aging`):
how old it said it was when it came, and not less than nothing, plus the time that it has lain here.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from struct import Struct
from struct import error as StructError  # noqa: N812 - it is a class with a function's name

from whywire.apps.cache import aging
from whywire.protocols.calc import Message, Reader
from whywire.protocols.calc.content import OK
from whywire.protocols.calc.message import FOR_GOOD, HEADER, HEADER_BYTES, NOT_CACHED, STATUS_BITS

_RECEIVED = Struct("!d")
_READABLE = 120
_DIGEST = "sha256:"


@dataclass(frozen=True, slots=True)
class Entry:
    """An answer as it is stored."""

    received: float
    """When it came from the server, by the clock of the cache."""
    answer: Message
    """With its bytes as they came in ``raw``."""

    def pack(self) -> bytes:
        """Return the bytes that a store keeps."""
        return _RECEIVED.pack(self.received) + self.answer.raw

    @property
    def meta(self) -> bytes:
        """What a list needs to know without reading the answer, for `described`."""
        return _RECEIVED.pack(self.received) + self.answer.raw[:HEADER_BYTES]

    @classmethod
    def unpack(cls, data: bytes) -> Entry | None:
        """Return the entry that `pack` made the bytes of; None for any others."""
        try:
            (received,) = _RECEIVED.unpack_from(data)
        except StructError:
            return None
        reader = Reader(keep_raw=True)
        reader.feed(data[_RECEIVED.size:])
        message = reader.next_message()
        if not isinstance(message, Message) or reader.waiting_bytes or not may_store(message):
            return None
        return cls(received, message)


def key(request: Message, origin: str = "") -> str:
    """Return what an answer is stored under: the server and the expression, like a URL. `variant` is within it.

    Time, C and cache control say nothing about the answer and are not part of it. Short texts can be read in the key.
    """
    return f"calc://{origin}/{_name(request.data or b'')}"


def variant(request: Message) -> str:
    """Return which of the answers below a key it is: the one with steps, or the one without."""
    return "steps" if request.steps else ""


def key_of(url: str) -> str:
    """Return the key that an address as a person writes it, ``calc://HOST:PORT/EXPRESSION``, names."""
    head, slash, text = url.removeprefix("calc://").partition("/")
    known = text.startswith(_DIGEST) and len(text) == len(_DIGEST) + 64
    return f"calc://{head.lower()}{slash}{text if known else _name(text.encode())}"


def _name(data: bytes) -> str:
    text = data.decode("utf-8", "replace")
    if len(data) <= _READABLE and text.isascii() and text.isprintable() and not text.startswith(_DIGEST):
        return text
    return _DIGEST + hashlib.sha256(data).hexdigest()


def wants_cached(request: Message) -> bool:
    """Tell whether the client takes an answer from a cache at all."""
    return request.may_cache and request.cache_seconds != NOT_CACHED


def may_store(answer: Message) -> bool:
    """Tell whether an answer may be stored."""
    return (not answer.is_request and answer.status == OK and answer.may_cache
            and answer.cache_seconds != NOT_CACHED)


def age(entry: Entry, now: float) -> float:
    """Return how old a stored answer is, in seconds."""
    return _age(entry.received, entry.answer.time, now)


def is_fresh(entry: Entry, now: float) -> bool:
    """Tell whether the server's word for the answer still holds."""
    return entry.answer.cache_seconds == FOR_GOOD or age(entry, now) < entry.answer.cache_seconds


def serves(entry: Entry, request: Message, now: float) -> bool:
    """Tell whether a stored answer may be given for a request that asks for the same."""
    if not wants_cached(request) or not is_fresh(entry, now):
        return False
    return request.cache_seconds == FOR_GOOD or age(entry, now) <= request.cache_seconds


def described(meta: bytes, now: float) -> dict[str, int]:
    """Return status, age and how long it stays fresh, of what `Entry.meta` gave; empty for any other bytes."""
    if len(meta) != _RECEIVED.size + HEADER_BYTES:
        return {}
    (received,) = _RECEIVED.unpack_from(meta)
    made, _, flags, seconds, _ = HEADER.unpack_from(meta, _RECEIVED.size)
    old = _age(received, made, now)
    left = aging.GREATEST if seconds == FOR_GOOD else int(seconds - old)
    return {"status": flags & STATUS_BITS, "age": int(old), "fresh_for": left}


def _age(received: float, made: int, now: float) -> float:
    return aging.age(aging.initial_age(received, made), received, now)
