"""`whywire lab NAME`: a lab of the catalogue, run and explained, or its programs shown."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from whywire.base.errors import WhywireError
from whywire.cli import values

if TYPE_CHECKING:
    from whywire.lab.catalogue import Lab, Param

HELP = """\
Run a lab (`whywire labs` lists them): start its two programs on two virtual hosts, record packets and calls, and
explain each packet. What can be varied in a lab is an option of its own: whywire lab NAME --help shows it.

Where this machine can't run labs, the recorded run that comes with the lab is explained instead, if it has one."""

EXAMPLE = """\
  whywire lab v2
  whywire lab v2 --show
  whywire lab v4 --sleep 5 --all
  whywire lab v1 --delay 50ms -o runs/slow
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    from whywire.cli.bench import add_options
    from whywire.cli.show import add_options as add_show_options

    parser.add_argument("lab", metavar="NAME", help="the lab's name")
    parser.add_argument("--show", action="store_true", help="show the lab's programs instead of running them")
    add_options(parser)
    add_show_options(parser)


def extend(parser: argparse.ArgumentParser, words: Sequence[str]) -> None:
    """Add what the lab named among ``words`` lets vary."""
    from whywire.lab.catalogue import FOLDER, load

    named = [word for word in words if word.replace("-", "").isalnum() and (FOLDER / word / "lab.toml").is_file()]
    if not named:
        return
    lab = load(FOLDER / named[0])
    group = parser.add_argument_group(f"what can be varied in {named[0]}")
    one_of_them = group.add_mutually_exclusive_group() if lab.variants else group  # argparse allows no empty one
    for name, line in lab.variants.items():
        one_of_them.add_argument(f"--{name}", dest="variant", action="store_const", const=name, default="", help=line)
    for param in lab.params:
        group.add_argument(f"--{param.name}", type=reader(param), default=param.default, dest=f"param_{param.name}",
                           metavar=param.unit.upper() or "VALUE", help=f"{param.help} ({param.default} {param.unit})")


def reader(param: Param) -> Callable[[str], float | int | str]:
    """Return what reads a parameter's value from a word."""
    return values.seconds if param.unit == "s" else type(param.default)


def run(arguments: argparse.Namespace) -> int:
    """Run the lab, or show it."""
    from whywire.lab.catalogue import find

    lab = find(arguments.lab)
    if arguments.show:
        sys.stdout.write(programs(lab))
        return 0
    from whywire.lab.doctor import require

    try:
        require()
    except WhywireError as error:
        return told_from_recording(lab, arguments, error)
    from whywire.cli.bench import adjusted, perform

    chosen = {param.name: getattr(arguments, f"param_{param.name}") for param in lab.params}
    return perform(adjusted(lab.plan(chosen, getattr(arguments, "variant", "")), arguments), arguments)


def programs(lab: Lab) -> str:
    """Return a lab's programs as text, each under its name."""
    parts = [f"{lab.name}: {lab.title}\n"]
    parts += [f"\n--- {path.name}\n{path.read_text('utf-8')}" for path in lab.programs()]
    return "".join(parts)


def told_from_recording(lab: Lab, arguments: argparse.Namespace, error: WhywireError) -> int:
    """Explain the run that comes with the lab, because this machine can't make one. Raises ``error`` without it."""
    from whywire.cli.show import show, wishes

    recorded = lab.recorded()
    if recorded is None:
        raise error
    print(f"whywire: {error}\n  What follows is a recorded run of {lab.name} instead.\n", file=sys.stderr, flush=True)
    return show(recorded, wishes(arguments))
