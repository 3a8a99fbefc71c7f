"""`whywire rule CODE`: what a finding means, why it matters, what to do."""

from __future__ import annotations

import argparse
import sys

HELP = "Explain a rule: what its finding means, why it matters, and what to do about it."

EXAMPLE = """\
  whywire rule TCP104
  whywire rule zero-window
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("rule", metavar="CODE|NAME", help="the rule's code (TCP104) or name (zero-window)")


def run(arguments: argparse.Namespace) -> int:
    """Print the rule's page."""
    from whywire.cli.terminal import columns
    from whywire.findings.pages import page

    print(page(arguments.rule, min(columns(sys.stdout, None), 100)), end="")
    return 0
