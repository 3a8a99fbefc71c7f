"""Where seeds come from and where inputs that broke something are kept."""

from __future__ import annotations

from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
CAPTURES = ROOT / "tests" / "captures"
FOUND = ROOT / "tests" / "hostile" / "found"
RECORDED = ROOT / "src" / "whywire" / "labs" / "v2" / "recorded"
SMALL = 6_000


def captures(most: int | None = None) -> list[Path]:
    """Return the repository's capture files of at most ``most`` bytes, in a fixed order."""
    found = sorted(path for path in CAPTURES.rglob("*") if path.is_file() and ".pcap" in path.name)
    return [path for path in found if most is None or path.stat().st_size <= most]


@cache
def small_captures() -> tuple[bytes, ...]:
    """Return the bytes of the small captures: a fuzzer changes them quickly."""
    return tuple(path.read_bytes() for path in captures(SMALL))


def found(target: str) -> list[Path]:
    """Return the inputs that once broke a target."""
    folder = FOUND / target
    return sorted(path for path in folder.iterdir() if path.is_file()) if folder.is_dir() else []
