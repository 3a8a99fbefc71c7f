"""From a path to the printed story: the glue between the rooms, which explain, run and lab share."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from whywire.base.errors import WhywireError
from whywire.cli import values

if TYPE_CHECKING:
    from whywire.capture.run import RunFolder
    from whywire.connections import Account
    from whywire.exchanges import Exchanges
    from whywire.findings import Finding
    from whywire.packets.fields import Layer
    from whywire.packets.table import Capture
    from whywire.story import Story

FORMATS = ("text", "json", "ladder")
LARGE = 64 << 20
"""Bytes of a file from which on only the connection that is asked for is laid out."""


class Wishes(NamedTuple):
    """What of the story is wanted, and how."""

    format: str = "text"
    connection: int | None = None
    packet: int | None = None
    at: str | None = None
    all: bool = False
    width: int | None = None
    color: str = "auto"
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    level: str | None = None
    exit_code: bool = False
    keep_index: bool = False


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that choose what is shown."""
    group = parser.add_argument_group("what is shown")
    group.add_argument("--format", choices=FORMATS, default="text", help="text (default), json, or ladder")
    group.add_argument("--connection", type=values.connection, metavar="C", help="only this connection, like c1")
    group.add_argument("--packet", type=values.packet, metavar="N",
                       help="one packet in full: every header field, and the reason at length")
    group.add_argument("--at", metavar="HOST", help="a run as this host saw it, instead of both ends merged")
    group.add_argument("--all", action="store_true", help="every packet on a line of its own: fold nothing")
    group.add_argument("--width", type=values.width, metavar="N", help="columns of the text (default: the terminal's)")
    group.add_argument("--color", choices=("auto", "always", "never"), default="auto",
                       help="colours: when it is a terminal (auto), always, never")
    group.add_argument("--index", dest="keep_index", action="store_true",
                       help="keep the index of a large file beside it (default: in the cache folder)")
    group = parser.add_argument_group("findings (whywire rules)")
    group.add_argument("--select", type=values.codes, metavar="CODES", default=(),
                       help="only these rules: codes, their beginnings or names, with commas between them")
    group.add_argument("--ignore", type=values.codes, metavar="CODES", default=(), help="without these rules")
    group.add_argument("--level", choices=values.LEVELS,
                       help="findings of this level and above (text: warning; json: info)")
    group.add_argument("--exit-code", action="store_true",
                       help="end with exit code 1 when there is a finding of this level (warning) or above")


def wishes(arguments: argparse.Namespace) -> Wishes:
    """Return the options of `add_options` as a record."""
    return Wishes(*(getattr(arguments, name) for name in Wishes._fields))


class Told(NamedTuple):
    """A story as text, and what the exit code hangs on."""

    parts: Iterable[str]
    """The text; of a long one only a part is in memory at a time."""
    damage: str | None
    """A sentence about the file's damage; None: it is whole."""
    findings: int
    """How many findings are of the wished level (warning) or above; counted only where that was asked for."""


def explained(path: str | Path, wish: Wishes, width: int = 100, colour: bool = False) -> tuple[str, str | None]:
    """Return the story of a capture or run folder, and a sentence about its damage (None: it is whole).

    Raises WhywireError for what can't be opened.
    """
    told = explain(path, wish, width, colour)
    return "".join(told.parts), told.damage


def explain(path: str | Path, wish: Wishes, width: int = 100, colour: bool = False) -> Told:
    """Return the story of a capture or run folder. Raises WhywireError for what can't be opened."""
    run: RunFolder | None = None
    account: Account | None = None
    if not (wish.connection is None and wish.packet is None) and is_large(path):
        from whywire.cli.large import open_one

        account, capture = open_one(str(path), wish.connection, wish.packet, wish.keep_index)
    else:
        run, capture = open_path(path, wish.at)
    try:
        told, found = tell(run, capture, wish, account)
        parts = render(told, wish, width, colour)
        damage = [problem.what for source in capture.sources for problem in source.problems if problem.fatal]
        return Told(parts, damage[0] if damage else None, len(at_least(found, wish.level or "warning")))
    finally:
        capture.close()


def is_large(path: str | Path) -> bool:
    """Tell whether a path names a large file (no run folder, no pipe)."""
    return os.path.isfile(path) and os.path.getsize(path) >= LARGE  # noqa: PTH113, PTH202 (no exception for odd names)


def open_path(path: str | Path, at: str | None) -> tuple[RunFolder | None, Capture]:
    """Open a run folder in one of its views, or a capture file. Raises WhywireError for what can't be opened."""
    if str(path) == "-":
        path = "/dev/stdin"
    if Path(path).is_dir():
        from whywire.capture.run import is_run, open_run

        if is_run(path):
            from whywire.packets.merge import open_view

            run = open_run(path)
            recover(run)
            return run, open_view(run, at)._replace(name=str(path))  # so that the story's hints can be typed
    from whywire.capture.opening import open_capture
    from whywire.packets import decode_capture

    if at is not None:
        raise WhywireError(f"--at {at} chooses a host of a run; {path} is a capture from one place", "leave --at away")
    return None, decode_capture(open_capture(path), str(path))


def recover(run: RunFolder) -> None:
    """Give a run that was cut the calls that its tracers had written; without those do nothing."""
    if not any(run.path.glob(".trace-*")):
        return
    from whywire.lab.recover import recovered

    run.recovered, problems = recovered(run.path, run.meta)
    run.problems += problems


def tell(
    run: RunFolder | None, capture: Capture, wish: Wishes, part: Account | None = None
) -> tuple[Story, tuple[Finding, ...]]:
    """Return the story of an opened capture, or the page of one of its packets; and the findings, where wanted.

    ``part``: the account of what is asked for, where not all of the capture is laid out.
    """
    from whywire.connections import account

    told = account(capture, run) if part is None else part
    found: tuple[Finding, ...] = ()
    spoken: Exchanges | None = None
    if wish.exit_code or wish.select or wish.ignore or (wish.packet is None and wish.format != "ladder"):
        from whywire.findings import find

        spoken = exchanges_in(told, capture, whatever=wish.format == "json")
        found = find(told, capture if part is None else None, wish.select, wish.ignore, spoken)
    if wish.packet is None:
        from whywire.story import tell as whole

        least = wish.level or ("info" if wish.format == "json" or wish.select else "warning")
        chosen = None if wish.connection is None else f"c{wish.connection}"
        story = whole(told, all_packets=wish.all, connection=chosen, findings=at_least(found, least), exchanges=spoken)
        return story, found
    from whywire.story import packet_page

    return packet_page(told, wish.packet, headers(capture, wish.packet)), found


def exchanges_in(told: Account, capture: Capture, *, whatever: bool = False) -> Exchanges | None:
    """Return the requests and responses of a capture; None, without loading what finds them, where nobody asks.

    ``whatever``: look even at a single connection where no segment begins like a message.
    """
    if not whatever and len(told.connections) < 2:  # legs of a proxy may speak anything
        from whywire.findings.bytes import has_messages

        if not has_messages(told, capture):
            return None
    from whywire.exchanges import find, payload_of

    return find(told, payload_of(capture))


def at_least(found: tuple[Finding, ...], level: str) -> tuple[Finding, ...]:
    """Return the findings of a level and above."""
    return tuple(finding for finding in found if values.LEVELS.index(finding.level.word) >= values.LEVELS.index(level))


def headers(capture: Capture, number: int) -> tuple[Layer, ...]:
    """Return the headers of packet ``number``; empty where there is no such packet (its page says so)."""
    from whywire.packets.dissect import dissect

    row, table = number - 1, capture.table
    if row >= len(table):
        return ()
    link_type = table.interfaces[table.interface[row]].link_type
    return dissect(capture.frame(row), link_type, table.original[row])


def render(story: Story, wish: Wishes, width: int, colour: bool) -> Iterable[str]:
    """Return the story as text in the format that is wanted, in pieces."""
    if wish.format == "json":
        from whywire.report.json import pieces

        return pieces(story)
    if wish.format == "ladder":
        from whywire.report.ladder import render as paper

        return (paper(story),)
    from whywire.report.terminal import render as terminal

    return (terminal(story, width=width, colour=colour),)


def show(path: str | Path, wish: Wishes, output: str | None = None) -> int:
    """Print the story of ``path``, or write it to ``output``; return the exit code.

    Raises WhywireError for what can't be opened, and for damage, when everything before it has been told.
    """
    from whywire.cli.terminal import colours, columns

    if wish.connection is None and wish.packet is None and is_large(path):
        print(f"whywire: {path} is large, and the whole story lays out every connection; in seconds:\n"
              f"  whywire explain {path} --summary", file=sys.stderr)
    coloured = colours(sys.stdout, wish.color) if output is None else wish.color == "always"
    parts, damage, found = explain(path, wish, columns(sys.stdout, wish.width), coloured)
    if output is None:
        sys.stdout.writelines(parts)
        sys.stdout.flush()
    else:
        write(output, parts)
    if damage is not None:
        raise WhywireError(f"{path}: {damage}", "everything before it is explained")
    return 1 if wish.exit_code and found else 0


def write(output: str, parts: Iterable[str]) -> None:
    """Write a story to a file. Raises WhywireError where that is not possible."""
    try:
        with Path(output).open("w", encoding="utf-8", errors="backslashreplace") as file:
            file.writelines(parts)
    except OSError as error:
        raise WhywireError(f"{output} can't be written: {error.strerror}", "name another file with -o") from error
