"""`whywire term NAME`: a term of the field in a paragraph; without a name, all of them in half a line each."""

from __future__ import annotations

import argparse
import sys

HELP = "Explain a term of the field, such as TIME-WAIT or Nagle; without a name, list all of them."

EXAMPLE = """\
  whywire term TIME-WAIT
  whywire term delayed ACK
  whywire term
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("words", metavar="NAME", nargs="*", help="the term; case, hyphens and quotes do not matter")


def run(arguments: argparse.Namespace) -> int:
    """Print the term's entry, or the list."""
    from whywire.cli.terminal import columns
    from whywire.glossary.pages import listing, page

    width = min(columns(sys.stdout, None), 100)
    print(page(" ".join(arguments.words), width) if arguments.words else listing(width), end="")
    return 0
