"""What the proxy counts, and how Prometheus reads it."""

from __future__ import annotations

from dataclasses import dataclass, fields

from whywire.apps.stores.model import Stats


@dataclass(slots=True)
class Counts:
    """Since the start."""

    hits: int = 0
    """Answered from the cache without a word to the origin; the quick path's included."""
    misses: int = 0
    """Asked the origin, and the cache had nothing to say."""
    collapsed: int = 0
    """Followed somebody else's request."""
    validated: int = 0
    """The origin confirmed what was stored."""
    stale: int = 0
    """Answered with something stale, because the origin failed or while it was asked in the background."""
    passed: int = 0
    """Not the cache's business: other methods, ranges, answers that may not be stored."""
    errors: int = 0
    """Answers of the proxy's own: 502, 504 and their like."""
    tunnels: int = 0


def metrics(counts: Counts, stats: Stats, links: dict[str, int]) -> str:
    """Return everything in the text format of Prometheus."""
    lines: list[str] = []

    def say(name: str, kind: str, value: float, text: str) -> None:
        lines.extend((f"# HELP whywire_proxy_{name} {text}", f"# TYPE whywire_proxy_{name} {kind}",
                      f"whywire_proxy_{name} {value}"))

    for field in fields(Counts):
        say(f"{field.name}_total", "counter", getattr(counts, field.name), f"Requests: {field.name}.")
    for name, value in links.items():
        gauge = name in ("open", "kept")
        say(f"origin_connections_{name}" + ("" if gauge else "_total"), "gauge" if gauge else "counter", value,
            f"Connections to the origin: {name}.")
    say("store_entries", "gauge", stats.entries, "Stored responses.")
    say("store_bytes", "gauge", stats.size, "Bytes they take.")
    say("store_limit_bytes", "gauge", stats.limit, "Bytes they may take.")
    say("store_evicted_total", "counter", stats.evicted, "Stored responses that made room.")
    say("store_failures_total", "counter", stats.failures, "Reads and writes of the store that did not work.")
    say("store_up", "gauge", int(stats.up), "The store can be reached.")
    return "\n".join(lines) + "\n"
