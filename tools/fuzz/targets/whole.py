"""A whole capture through decode, connections, exchanges, findings, story and every paper."""

from __future__ import annotations

from collections.abc import Iterable

from tools.fuzz.corpus import small_captures
from tools.fuzz.explain import explain
from tools.fuzz.mutations import mutated


def seeds() -> Iterable[bytes]:
    """The small captures."""
    return small_captures()


def mutate(data: bytes, seed: int) -> bytes:
    """Change a packet, a field of TCP, or the order."""
    return mutated(data, seed, 1 + seed % 3)


def one(data: bytes) -> None:
    """Explain it."""
    explain(data)
