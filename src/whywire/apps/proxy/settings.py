"""What can be set about the proxy, with the defaults."""

from __future__ import annotations

from dataclasses import dataclass, field

NAME = "whywire"
"""How the proxy calls itself in Via, Cache-Status and Proxy-Status."""


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds; 0 means for ever."""

    connect: float = 5.0
    head: float = 60.0
    """From the last byte of the request to the last one of the answer's head."""
    idle: float = 30.0
    """Between two pieces of a body, counted only while the proxy waits for the origin."""
    total: float = 3600.0
    """For a whole answer."""
    kept: float = 30.0
    """How long an unused connection to the origin is kept."""


@dataclass(frozen=True, slots=True)
class Guard:
    """Where a forward proxy may connect to."""

    private: bool = False
    """Addresses that are not public too: private, loopback, link-local and their like."""
    ports: frozenset[int] = frozenset((443,))
    """Of CONNECT."""


@dataclass(frozen=True, slots=True)
class ProxySettings:
    """How the proxy behaves between its clients and the origin."""

    origin: str = ""
    """http://host[:port] or https://; empty for a forward proxy."""
    timeouts: Timeouts = field(default_factory=Timeouts)
    guard: Guard = field(default_factory=Guard)
    forwarded_for: str = "replace"
    """X-Forwarded-For: ``replace`` what the client said, ``append`` to it (behind another proxy), or ``off``."""
    forwarded: bool = False
    """Send the field Forwarded (RFC 7239) as well."""
    links: int = 256
    """Connections to origins at most."""
    idle_links: int = 64
    hot: int = 65536
    """Bodies up to so many bytes are answered by the quick path."""
    collapse: bool = True
    """Concurrent requests for the same thing ask the origin once."""
    ahead: int = 1 << 20
    """Bytes of a body that wait in memory for a reader who is slower than the others."""
