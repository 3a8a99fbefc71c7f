"""`whywire explain FILE|RUN`: the story of a capture that is there already."""

from __future__ import annotations

import argparse

from whywire.base.errors import WhywireError

HELP = """\
Explain a capture file (pcap or pcapng, also inside gzip or zstd) or a run folder: who talked to whom, how each
connection began and ended, and why each packet was sent.

A file that is damaged is explained up to the damage; the exit code is then 2."""

EXAMPLE = """\
  whywire explain capture.pcapng
  whywire explain capture.pcapng --packet 9
  whywire explain capture.pcapng --connection c2 --all
  whywire explain runs/v2 --at server
  whywire explain capture.pcapng --format json -o story.json
  whywire explain large.pcap --summary
  whywire explain large.pcap --summary --worst 20
  zcat rotated.pcap.gz | whywire explain - --summary
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    from whywire.cli import values
    from whywire.cli.show import add_options

    parser.add_argument("path", metavar="FILE|RUN", help="a capture file, or a run folder")
    add_options(parser)
    parser.add_argument("--summary", action="store_true",
                        help="numbers instead of a story, for captures of any size: connections, causes, findings")
    parser.add_argument("--worst", type=values.worst, metavar="N",
                        help="of a large capture's summary: ask the N connections with most trouble all rules, too")
    parser.add_argument("-o", "--output", metavar="FILE", help="write the story to FILE")


def run(arguments: argparse.Namespace) -> int:
    """Explain what the arguments name."""
    from whywire.cli.show import show, wishes

    if arguments.summary:
        from whywire.cli.summary import summary

        _refuse(arguments)
        return summary(arguments.path, wishes(arguments), arguments.output, arguments.worst)
    if arguments.worst is not None:
        raise WhywireError("--worst says how much a summary looks at", f"whywire explain {arguments.path} --summary "
                           f"--worst {arguments.worst}")
    return show(arguments.path, wishes(arguments), arguments.output)


def _refuse(arguments: argparse.Namespace) -> None:
    """Raise WhywireError for an option that a summary would pass over in silence."""
    given = [option for option, is_there in (
        ("--connection", arguments.connection is not None), ("--packet", arguments.packet is not None),
        ("--format ladder", arguments.format == "ladder"), ("--all", arguments.all), ("--index", arguments.keep_index),
        ("--select", arguments.select), ("--ignore", arguments.ignore), ("--level", arguments.level is not None),
        ("--exit-code", arguments.exit_code)) if is_there]
    if given:
        raise WhywireError(f"a summary takes no {given[0]}: it counts the whole capture, and all findings in it",
                           "leave --summary away, or that option")
