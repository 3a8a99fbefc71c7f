"""Tables to files: Parquet, Arrow, CSV, JSON lines. Written beside the name and renamed when it is whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from whywire.base.errors import WhywireError
from whywire.tables import arrow, lines
from whywire.tables.optional import need
from whywire.tables.table import Table

FORMATS = ("parquet", "arrow", "csv", "jsonl")
SUFFIXES = {".parquet": "parquet", ".arrow": "arrow", ".feather": "arrow", ".ipc": "arrow", ".csv": "csv",
            ".jsonl": "jsonl", ".ndjson": "jsonl"}
TEXT = {"csv": lines.csv, "jsonl": lines.jsonl}

Step = Callable[[int], object]


def _silent(_rows: int) -> None:
    """Tell nobody."""


def format_of(path: Path) -> str:
    """Return the format that a file's name asks for. Raises WhywireError for a name that asks for none."""
    found = SUFFIXES.get(path.suffix.lower())
    if found is None:
        raise WhywireError(f"{path}: its name does not say the format of a table",
                           f"end it with {', '.join(SUFFIXES)}, or add --format")
    return found


def write(table: Table, path: Path, kind: str, step: Step = _silent) -> None:
    """Write a table to ``path`` in one of `FORMATS`. ``step`` is told the rows so far.

    Raises WhywireError where the file can't be written or a library is missing; then ``path`` is as it was before.
    """
    if kind not in TEXT:
        need("pyarrow", arrow.PURPOSE)  # before there is a file
    try:
        with _beside(path) as file:
            if kind in TEXT:
                write_text(table, lambda text: file.write(text.encode("utf-8")), kind, step)
            else:
                _write_batches(table, file, kind, step)
    except OSError as error:
        raise WhywireError(f"{path} can't be written: {error.strerror}", "name another file with -o") from error


def write_text(table: Table, put: Callable[[str], object], kind: str, step: Step = _silent) -> None:
    """Write a table as CSV or JSON lines with ``put``."""
    for number, text in enumerate(TEXT[kind](table)):
        put(text)
        step(min(number * lines.STEP, len(table)))


@contextmanager
def _beside(path: Path) -> Iterator[IO[bytes]]:
    """Open a file that takes the place of ``path`` when all went well, and is gone otherwise."""
    if path.exists() and not path.is_file():
        with path.open("wb") as file:  # a pipe, /dev/stdout: there is nothing to replace
            yield file
        return
    part = path.with_name(path.name + ".part")
    try:
        with part.open("wb") as file:
            yield file
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _write_batches(table: Table, file: IO[bytes], kind: str, step: Step) -> None:
    shape: Any = arrow.schema(table)
    if kind == "parquet":
        writer = need("pyarrow.parquet", arrow.PURPOSE).ParquetWriter(file, shape, compression="zstd")
    else:
        writer = need("pyarrow", arrow.PURPOSE).ipc.new_file(file, shape)
    rows = 0
    with writer:
        for batch in arrow.batches(table):
            writer.write_batch(batch)
            rows += batch.num_rows
            step(rows)
