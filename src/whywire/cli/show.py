"""From a path to the printed story: the glue between the rooms, which explain, run and lab share."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from whywire.base.errors import WhywireError
from whywire.cli import values

if TYPE_CHECKING:
    from whywire.packets.table import Capture
    from whywire.story import Story

FORMATS = ("text", "json", "ladder")


class Wishes(NamedTuple):
    """What of the story is wanted, and how."""

    format: str = "text"
    connection: int | None = None
    packet: int | None = None
    at: str | None = None
    all: bool = False
    width: int | None = None
    color: str = "auto"


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


def wishes(arguments: argparse.Namespace) -> Wishes:
    """Return the options of `add_options` as a record."""
    return Wishes(*(getattr(arguments, name) for name in Wishes._fields))



def tell_path(path: str | Path, wish: Wishes) -> tuple[Story, Capture]:
    """Open a capture or run folder and tell its story. Raises WhywireError for what can't be opened."""
    from whywire.capture.run import RunFolder, is_run, open_run
    from whywire.connections import account
    from whywire.story import tell

    run: RunFolder | None = None
    if is_run(path):
        from whywire.packets.merge import open_view

        run = open_run(path)
        capture = open_view(run, wish.at)
    else:
        from whywire.capture.opening import open_capture
        from whywire.packets import decode_capture

        if wish.at is not None:
            raise WhywireError(f"--at {wish.at} chooses a host of a run, and {path} is a capture from one place",
                               "leave --at away")
        capture = decode_capture(open_capture(path), Path(path).name)
    return tell(account(capture, run), connection=wish.connection, packet=wish.packet, everything=wish.all), capture


def render(story: Story, wish: Wishes, width: int, colour: bool) -> str:
    """Return the story as text in the format that is wanted."""
    if wish.format == "json":
        from whywire.report.json import render as paper

        return paper(story)
    if wish.format == "ladder":
        from whywire.report.ladder import render as paper

        return paper(story)
    from whywire.report.terminal import render as terminal

    return terminal(story, width=width, colour=colour)


def explained(path: str | Path, paper: str = "text", width: int = 100) -> str:
    """Return the story of a capture or run folder, without colour."""
    wish = Wishes(paper)
    return render(tell_path(path, wish)[0], wish, width, False)


def show(path: str | Path, wish: Wishes, output: str | None = None) -> int:
    """Print the story of ``path``, or write it to ``output``; return the exit code."""
    from whywire.cli.terminal import colours, columns

    story, capture = tell_path(path, wish)
    if output is None:
        sys.stdout.write(render(story, wish, columns(sys.stdout, wish.width), colours(sys.stdout, wish.color)))
    else:
        write(output, render(story, wish, wish.width or columns(sys.stdout, wish.width), wish.color == "always"))
    damage = [problem.what for source in capture.sources for problem in source.problems if problem.fatal]
    if damage:
        sys.stdout.flush()
        raise WhywireError(f"{path}: {damage[0]}", "everything before it is explained above")
    return 0


def write(output: str, text: str) -> None:
    """Write a story to a file. Raises WhywireError where that is not possible."""
    try:
        Path(output).write_text(text, encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        raise WhywireError(f"{output} can't be written: {error.strerror}", "name another file with -o") from error
