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
