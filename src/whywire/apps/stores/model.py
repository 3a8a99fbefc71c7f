"""What every store offers, and the records it speaks in. A store knows neither HTTP nor freshness.

An entry is named by a ``key`` and, within it, a ``variant``; its ``meta`` are bytes that only the owner understands.
A store may lose any entry at any time. What it may not do is give out a body that is not, byte for byte and in full
length, the one that was committed.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


class TornError(Exception):
    """A body is not what was committed, or is gone: nothing more of it may be given out."""


@dataclass(slots=True, eq=False)
class Entry:
    """One stored body with what its owner keeps beside it."""

    key: str
    variant: str
    meta: bytes
    length: int
    """Bytes of the body."""
    ident: Any = None
    """The store's own name of it."""
    alive: bool = True
    """False once this store knows that the entry was replaced or removed."""
    scratch: Any = None
    """Room for what the owner made of ``meta``; never stored."""


@dataclass(slots=True)
class Stats:
    """What a store holds, and what has become of the rest."""

    store: str
    entries: int = 0
    size: int = 0
    """Bytes held, the store's own records counted in."""
    limit: int = 0
    """Bytes it may hold; 0: somebody else's business."""
    evicted: int = 0
    failures: int = 0
    """Writes and reads that did not work: full disk, lost server, wrong checksum."""
    up: bool = True
    more: dict[str, int] = field(default_factory=dict)


class Body(ABC):
    """A stored body, open for reading. It stays readable when its entry is removed meanwhile."""

    data: bytes | None = None
    """All of it, where it is at hand anyway."""

    @abstractmethod
    async def read(self, offset: int, size: int) -> bytes:
        """Return at least one and at most ``size`` bytes from ``offset`` on. Raises TornError."""

    async def close(self) -> None:  # noqa: B027 (most have nothing to let go of)
        """Let go of it; may be called more than once."""


class Writer(ABC):
    """A body on its way into a store. Nobody sees it before `commit`; every writer is committed or aborted."""

    failed: str = ""
    """Why it was given up: too large, disk full, server lost."""
    key: str = ""
    """Below which the entry will stand; for who began it."""

    @abstractmethod
    async def write(self, data: bytes) -> bool:
        """Take the next bytes; False when storing was given up (``failed`` says why). Never raises for the store."""

    @abstractmethod
    async def read(self, offset: int, size: int) -> bytes:
        """Return bytes that were written already, as `Body.read` does. Raises TornError once it was given up."""

    @abstractmethod
    async def commit(self, meta: bytes | None = None) -> Entry | None:
        """Make the entry visible, in place of its predecessor; None when that did not work.

        ``meta``: in place of what `Store.put` was given, where the body's length belongs into it.
        """

    @abstractmethod
    async def abort(self) -> None:
        """Throw away what was written; after a commit: nothing to do."""


class Store(ABC):
    """Where responses are kept."""

    name = ""
    keeps_scratch = False
    """What ``Entry.scratch`` was set to is there as long as the entry is: nobody has to pack it."""
    hot_for = 0.0
    """Seconds for which an entry may be used again without asking the store: others may change what is in it.
    Infinite where ``Entry.alive`` tells."""

    def __init__(self) -> None:
        self.removed: Callable[[str], object] = str
        """Called with the key of an entry that made room, by a store that shares its memory with who asks."""

    async def open(self) -> None:  # noqa: B027 (most have nothing to begin)
        """Begin. Raises WhywireError when the store can't be used at all."""

    @abstractmethod
    async def close(self) -> None:
        """End; what is committed stays where the store outlives the process."""

    def has(self, key: str) -> bool:  # noqa: ARG002 (of every store)
        """Tell whether something may be stored below ``key``; False only where `keep` works."""
        return True

    def keep(self, key: str, variant: str, content: bytes) -> Entry | None:  # noqa: ARG002 (of every store)
        """Store a whole body at once, without a meta, below a key that the store does not have; None: not stored, as
        in every store that can't tell what it has (`has`)."""
        return None

    @abstractmethod
    async def find(self, key: str) -> list[Entry]:
        """Return all variants of ``key``, the newest first; empty also when the store can't be reached."""

    @abstractmethod
    async def body(self, entry: Entry) -> Body:
        """Open the body of ``entry``. Raises TornError when it is gone."""

    @abstractmethod
    async def put(self, key: str, variant: str, meta: bytes, length: int | None) -> Writer:
        """Begin an entry; ``length`` of its body where that is known."""

    @abstractmethod
    async def update(self, entry: Entry, meta: bytes) -> Entry | None:
        """Put ``meta`` in place of the old one, keep the body; None when the entry is gone."""

    @abstractmethod
    async def delete(self, key: str, variant: str | None = None) -> int:
        """Remove one variant, or all of a key; return how many there were."""

    @abstractmethod
    async def entries(self, prefix: str = "", most: int = 100) -> list[Entry]:
        """Return entries whose key begins with ``prefix``, at most so many."""

    @abstractmethod
    async def clear(self) -> int:
        """Remove everything; return how many entries there were."""

    @abstractmethod
    async def stats(self) -> Stats:
        """Return what there is to count."""
