"""`whywire labs`: the catalogue, a line a lab."""

from __future__ import annotations

import argparse

HELP = "List the labs: pairs of small programs, each showing one thing about TCP."

EXAMPLE = """\
  whywire labs
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments: it has none."""
    del parser


def run(arguments: argparse.Namespace) -> int:
    """Print the list."""
    del arguments
    from whywire.lab.catalogue import labs

    found = labs()
    widest = max((len(lab.name) for lab in found), default=0)
    for lab in found:
        print(f"{lab.name:<{widest}}  {lab.title}")
    print("\nRun one: whywire lab NAME. Its programs: whywire lab NAME --show.")
    return 0
