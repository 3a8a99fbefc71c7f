"""`whywire doctor`: what this machine allows, and what to do about the rest."""

from __future__ import annotations

import argparse

HELP = "Say in words what this machine allows: the lab, its capture, its tracer; and which command changes the rest."

EXAMPLE = """\
  whywire doctor
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments: it has none."""
    del parser


def run(arguments: argparse.Namespace) -> int:
    """Print what was found. The exit code is 0 when the lab works here, 1 when it does not."""
    del arguments
    from whywire.lab.doctor import examine

    found = examine()
    print(found)
    return 0 if found.can_run else 1
