"""What tshark says of every capture in tests/captures: writes ``expected.tsv``. Call: python -m tests.capture.expected

A row is a file; the sums are weighted with the frame's number, so that a changed order shows as well.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

CAPTURES = Path(__file__).resolve().parent.parent / "captures"
TABLE = Path(__file__).with_name("expected.tsv")
COLUMNS = ("file", "frames", "captured", "original", "time_ns")

Row = tuple[str, int, int, int, int]


def capture_files() -> list[Path]:
    """Return the captures, sorted."""
    return sorted(path for path in CAPTURES.rglob("*") if path.is_file()
                  and path.suffix not in (".md", ".tsv", ".txt", ".py", ".json") and "recorded" not in path.parts)


def name_of(path: Path) -> str:
    """Return a capture's name below tests/captures."""
    return path.relative_to(CAPTURES).as_posix()


def weighted(name: str, frames: list[tuple[int, int, int]]) -> Row:
    """Return the row of a file whose frames are (captured, original, time_ns); a missing time counts as -1."""
    sums = [sum(number * frame[column] for number, frame in enumerate(frames, start=1)) for column in range(3)]
    return name, len(frames), sums[0], sums[1], sums[2]


def by_tshark(path: Path) -> Row:
    """Return the row of a file as tshark reads it."""
    fields = ("frame.cap_len", "frame.len", "frame.time_epoch")
    command = ["tshark", "-r", str(path), "-T", "fields", *(word for field in fields for word in ("-e", field))]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    frames = []
    for line in done.stdout.splitlines():
        captured, original, time = line.split("\t")
        whole, _, rest = time.partition(".")
        frames.append((int(captured), int(original), int(whole) * 10**9 + int(rest.ljust(9, "0")) if time else -1))
    return weighted(name_of(path), frames)


if __name__ == "__main__":
    rows = [COLUMNS, *map(by_tshark, capture_files())]
    TABLE.write_text("".join("\t".join(map(str, row)) + "\n" for row in rows))
