"""What can be set about a cache; the defaults are those of a shared cache as RFC 9111 describes it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, eq=False)
class Rules:
    """The policy of one cache."""

    name: str = "whywire"
    """Who speaks in Cache-Status (RFC 9211 section 2): a token."""
    targeted: tuple[str, ...] = ("cdn-cache-control",)
    """Fields that stand above Cache-Control and Expires for this cache, the first one first (RFC 9213 section 2.2)."""
    heuristic_fraction: float = 0.1
    """Part of the time since Last-Modified for which a response without expiration counts as fresh (9111 4.2.2)."""
    heuristic_most: float = 86400.0
    """Seconds; an estimate is never longer."""
    stale_disconnected: float = 86400.0
    """Seconds a response may be stale and still be served while the origin can't be reached (9111 4.2.4)."""
    unkeyed: frozenset[str] = frozenset({
        "x-forwarded-host", "x-forwarded-scheme", "x-forwarded-prefix", "x-forwarded-server", "x-forwarded-port",
        "x-host", "x-original-url", "x-original-host", "x-rewrite-url", "x-http-method-override", "x-http-method",
        "x-method-override", "x-http-host-override",
    })
    """Request fields that change what some origins answer and are in no key: unless Vary names them, the answer to a
    request that has one is not stored (cache poisoning)."""
    variants: int = 32
    """Stored responses below one key; the oldest goes first."""


RULES = Rules()
