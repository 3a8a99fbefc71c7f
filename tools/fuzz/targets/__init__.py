"""The targets, found by walking this folder: adding one edits no list."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from importlib import import_module
from pathlib import Path
from typing import Protocol


class Target(Protocol):
    """What a file of this folder has. ``mutate(data, seed)`` is optional: changes that keep a structure."""

    __name__: str
    __doc__: str | None
    seeds: Callable[[], Iterable[bytes]]
    one: Callable[[bytes], None]


def names() -> list[str]:
    """Return the names of all targets."""
    return sorted(path.stem for path in Path(__file__).parent.glob("*.py") if path.stem != "__init__")


def load(name: str) -> Target:
    """Return a target by its name."""
    return import_module(f"{__name__}.{name}")  # type: ignore[return-value]
