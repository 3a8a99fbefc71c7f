"""From a plan to the story: what `whywire run` and `whywire lab` share."""

from __future__ import annotations

import argparse
import shlex
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from whywire.base.errors import WhywireError
from whywire.cli import values

if TYPE_CHECKING:
    from whywire.lab.plan import Plan

RUNS = Path("runs")
SILENT_S = 1.0
"""A run longer than this shows what its programs print as it comes; a shorter one only in its story."""
INTERRUPTED = 130


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of a run."""
    group = parser.add_argument_group("the run")
    group.add_argument("--delay", type=values.delay, metavar="TIME",
                       help="how long a packet takes from one host to the other (5ms)")
    group.add_argument("--rate", type=values.rate, metavar="BITS", help="bits a second of each host's link (100M)")
    group.add_argument("--quiet", type=values.seconds, metavar="TIME",
                       help="the run ends when nothing has moved for so long (1s)")
    group.add_argument("--timeout", type=values.seconds, metavar="TIME",
                       help="the run ends after so long in any case (60s)")
    group.add_argument("-o", "--output", metavar="DIR", help="the run's folder (runs/NAME-TIME)")
    group.add_argument("--live", action="store_true", help="show the story in the browser while packets come")


def adjusted(plan: Plan, arguments: argparse.Namespace) -> Plan:
    """Return the plan with what the options of `add_options` say."""
    said = {"delay_ns": arguments.delay, "rate_bits": arguments.rate, "quiet_s": arguments.quiet,
            "timeout_s": arguments.timeout}
    return replace(plan, **{name: value for name, value in said.items() if value is not None})


def perform(plan: Plan, arguments: argparse.Namespace) -> int:
    """Run the plan, tell its story, say where it lies; return the exit code."""
    from whywire.cli.browser import showing
    from whywire.cli.show import show, wishes
    from whywire.lab.run import RunError, run

    folder = Path(arguments.output) if arguments.output else new_folder(plan.name)
    try:
        with showing(folder, getattr(arguments, "live", False)) as url:
            if url:
                print(f"the story while packets come: {url}", file=sys.stderr, flush=True)
            outcome = run(plan, folder, live(sys.stderr.write))
    except RunError as error:
        with suppress(WhywireError):  # what went wrong with the run is the news, whatever can be told of it
            if has_packets(error.outcome.path):
                show(error.outcome.path, wishes(arguments))
        raise
    code = show(outcome.path, wishes(arguments))
    sys.stdout.flush()
    print(f"The run is in {outcome.path}; again: whywire explain {shlex.quote(str(outcome.path))}", file=sys.stderr)
    return INTERRUPTED if outcome.ended == "interrupted" else code


def has_packets(path: Path) -> bool:
    """Tell whether a run recorded anything."""
    from whywire.cli.show import open_path

    capture = open_path(path, None)[1]
    try:
        return len(capture.table) > 0
    finally:
        capture.close()


def new_folder(name: str) -> Path:
    """Return a folder below runs/ that is not there yet, named after the run and the time."""
    base = RUNS / f"{name}-{time.strftime('%Y%m%d-%H%M%S')}"
    folder, number = base, 2
    while folder.exists():
        folder, number = base.with_name(f"{base.name}-{number}"), number + 1
    return folder


def live(write: Callable[[str], object], clock: Callable[[], float] = time.monotonic) -> Callable[[str, str], None]:
    """Return what shows a line of a program's output; the lines of a short run are left to its story."""
    began = clock()
    held: list[str] = []

    def show_line(host: str, line: str) -> None:
        held.append(f"{host}| {line}\n")
        if clock() - began >= SILENT_S:
            write("".join(held))
            held.clear()

    return show_line
