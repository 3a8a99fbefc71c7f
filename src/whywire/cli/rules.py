"""`whywire rules`: all rules, a line each."""

from __future__ import annotations

import argparse

from whywire.cli.values import LEVELS

HELP = "List the rules: what whywire points out beside the story. `whywire rule CODE` explains one."

EXAMPLE = """\
  whywire rules
  whywire rules --level warning
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("--level", choices=LEVELS, default="info", help="only rules of this level and above")


def run(arguments: argparse.Namespace) -> int:
    """Print the list."""
    from whywire.findings import Level
    from whywire.findings.pages import listing

    print(listing(Level[arguments.level.upper()]), end="")
    return 0
