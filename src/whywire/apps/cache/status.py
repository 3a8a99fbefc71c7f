"""The Cache-Status field (RFC 9211): what this cache did, as one more member of the list."""

from __future__ import annotations

from collections.abc import Iterable

Fields = tuple[tuple[str, str], ...]


def member(name: str, *, hit: bool = False, fwd: str = "", fwd_status: int = 0, ttl: float | None = None,
           stored: bool = False, collapsed: bool = False, detail: str = "") -> str:
    """Return our member of the list; ``name`` and ``detail`` are tokens."""
    parts = [name]
    if hit:
        parts.append("hit")
    elif fwd:
        parts.append(f"fwd={fwd}")
        if fwd_status:
            parts.append(f"fwd-status={fwd_status}")
    if ttl is not None:
        parts.append(f"ttl={int(ttl // 1)}")
    if stored:
        parts.append("stored")
    if collapsed:
        parts.append("collapsed")
    if detail:
        parts.append(f"detail={detail}")
    return "; ".join(parts)


def appended(headers: Iterable[tuple[str, str]], ours: str) -> Fields:
    """Return the fields with our member behind those of the caches nearer to the origin (section 2)."""
    headers = tuple(headers)
    if "cache-status" not in [key for key, _ in headers]:
        return (*headers, ("cache-status", ours))
    before = [value for key, value in headers if key == "cache-status" and value.strip(" \t")]
    kept = [pair for pair in headers if pair[0] != "cache-status"]
    return (*kept, ("cache-status", ", ".join([*before, ours])))
