"""`whywire table FILE|RUN -o out.parquet`: packets, connections, exchanges and findings for other people's tools."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from whywire.base.errors import WhywireError
from whywire.cli.progress import EVERY_S, LEAST_S, Progress

if TYPE_CHECKING:
    from whywire.capture.run import RunFolder
    from whywire.connections import Account
    from whywire.packets.table import Capture
    from whywire.tables import Table, Tables

HELP = """\
Write the packets of a capture (or its connections, exchanges, findings) as a table: Parquet, Arrow, CSV or JSON lines.
What each column means: docs/reference/tables.md. What is not present is null, never 0.

Packets and connections have no limit; exchanges, findings and causes need all connections in memory, and are refused
above --detail-limit TCP packets. CSV and JSON lines need no library; the others do: pip install 'whywire[tables]'."""

EXAMPLE = """\
  whywire table capture.pcapng -o packets.parquet
  whywire table capture.pcapng -o connections.csv --what connections
  whywire table capture.pcapng -o packets.jsonl --causes
  whywire table capture.pcapng -o tables --what all --format csv
  whywire table capture.pcapng --what exchanges --format csv
"""
WHATS = ("packets", "connections", "exchanges", "findings")
INTERRUPTED = 130


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("path", metavar="FILE|RUN", help="a capture file, a run folder, or - for standard input")
    parser.add_argument("-o", "--output", metavar="FILE",
                        help="the file, whose name says the format (csv, jsonl: or stdout); several tables: a folder")
    parser.add_argument("--what", type=whats, default=("packets",), metavar="TABLES",
                        help="packets (default), connections, exchanges, findings; several with commas, or all")
    parser.add_argument("--format", choices=("parquet", "arrow", "csv", "jsonl"),
                        help="the format, where the name does not say it (a folder: parquet)")
    parser.add_argument("--causes", action="store_true", help="packets with the cause of each, and round-trip times")
    parser.add_argument("--detail-limit", type=_limit, metavar="N",
                        help="TCP packets up to which connections are laid out (500000)")
    parser.add_argument("--at", metavar="HOST", help="a run as this host saw it, instead of both ends merged")


def whats(text: str) -> tuple[str, ...]:
    """Read which tables: names with commas between them, or ``all``."""
    found = WHATS if text == "all" else tuple(word.strip() for word in text.split(","))
    if not set(found) <= set(WHATS):
        raise argparse.ArgumentTypeError(f"{text!r} names no tables; there are {', '.join(WHATS)}, and all")
    return tuple(dict.fromkeys(found))


def _limit(text: str) -> int:
    if not text.isascii() or not text.isdigit():
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of packets")
    return int(text)


def run(arguments: argparse.Namespace) -> int:
    """Write the tables that the arguments name; return the exit code. Raises WhywireError where that fails."""
    from whywire.tables import DETAIL_LIMIT, Tables

    path, chosen = arguments.path, arguments.what
    targets = destinations(chosen, arguments.output, arguments.format)
    detail = arguments.causes or bool({"exchanges", "findings"} & set(chosen))
    with Progress(path) as progress:
        folder, capture = _opened(path, arguments.at, progress, detail)
    limit = DETAIL_LIMIT if arguments.detail_limit is None else arguments.detail_limit
    with capture:
        tables = Tables(capture, lambda: _laid_out(capture, folder), limit)
        made = [_table(tables, name, arguments.causes) for name in chosen]
        for table, (target, kind) in zip(made, targets, strict=True):
            _write(table, target, kind)
    if progress.interrupted:
        print(f"whywire: interrupted; what was written has the first {len(capture.table):,} packets", file=sys.stderr)
        return INTERRUPTED
    damage = [problem.what for source in capture.sources for problem in source.problems if problem.fatal]
    if damage:
        raise WhywireError(f"{path}: {damage[0]}", "everything before it is in the table")
    return 0


def destinations(names: tuple[str, ...], output: str | None, kind: str | None) -> list[tuple[Path | None, str]]:
    """Return file (None: standard output) and format of each table. Raises WhywireError where that can't be."""
    from whywire.tables.files import TEXT, format_of

    if len(names) > 1:
        if output in (None, "-"):
            raise WhywireError("several tables need a folder", f"add -o FOLDER, or name one of {', '.join(names)}")
        folder, kind = Path(str(output)), kind or "parquet"
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise WhywireError(f"{folder} can't be the tables' folder: {error.strerror}",
                               "several tables go into a folder, a file each") from error
        return [(folder / f"{name}.{kind}", kind) for name in names]
    if output in (None, "-"):
        if kind not in TEXT:
            raise WhywireError("a table needs a file to be written to", "add -o packets.parquet, or --format csv")
        return [(None, str(kind))]
    return [(Path(str(output)), kind or format_of(Path(str(output))))]


def _opened(path: str, at: str | None, progress: Progress, again: bool) -> tuple[RunFolder | None, Capture]:
    """Return a run (None: a file) and its columns. Raises WhywireError for what can't be opened."""
    if path != "-" and Path(path).is_dir():
        from whywire.cli.show import open_path

        return open_path(path, at)
    from whywire.cli.summary import read

    return None, read(path, at, progress, again=again)


def _laid_out(capture: Capture, run: RunFolder | None) -> Account:
    from whywire.connections import account

    return account(capture, run)


def _table(tables: Tables, name: str, causes: bool) -> Table:
    found: Table = getattr(tables, "packets_with_causes" if name == "packets" and causes else name)
    return found


def _write(table: Table, target: Path | None, kind: str) -> None:
    from whywire.tables.files import write, write_text

    if target is None:
        write_text(table, sys.stdout.write, kind)
        return
    told = _teller(len(table))
    try:
        write(table, target, kind, told)
    finally:
        told(-1)


def _teller(total: int) -> Callable[[int], None]:
    """Return what shows on a terminal how many rows were written; -1 wipes the line."""
    shows = sys.stderr.isatty()
    due = time.monotonic() + LEAST_S
    width = 0

    def tell(rows: int) -> None:
        nonlocal due, width
        if not shows:
            return
        if rows < 0 < width:
            sys.stderr.write("\r" + " " * width + "\r")
        elif rows >= 0 and time.monotonic() >= due:
            due = time.monotonic() + EVERY_S
            line = f"{rows / total:4.0%}  {rows:,} of {total:,} rows written"
            width = max(width, len(line))
            sys.stderr.write("\r" + line)
        sys.stderr.flush()

    return tell
