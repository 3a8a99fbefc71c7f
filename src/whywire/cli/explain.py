"""`whywire explain FILE|RUN`: the story of a capture that is there already."""

from __future__ import annotations

import argparse

HELP = """\
Explain a capture file (pcap or pcapng, also inside gzip) or a run folder: who talked to whom, how each
connection began and ended, and why each packet was sent.

A file that is damaged is explained up to the damage; the exit code is then 2."""

EXAMPLE = """\
  whywire explain capture.pcapng
  whywire explain capture.pcapng --packet 9
  whywire explain capture.pcapng --connection c2 --all
  whywire explain runs/v2 --at server
  whywire explain capture.pcapng --format json -o story.json
  whywire explain large.pcap --summary
  zcat rotated.pcap.gz | whywire explain - --summary
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    from whywire.cli.show import add_options

    parser.add_argument("path", metavar="FILE|RUN", help="a capture file, or a run folder")
    add_options(parser)
    parser.add_argument("--summary", action="store_true",
                        help="numbers instead of a story, for captures of any size: connections, closes, findings")
    parser.add_argument("-o", "--output", metavar="FILE", help="write the story to FILE")


def run(arguments: argparse.Namespace) -> int:
    """Explain what the arguments name."""
    from whywire.cli.show import show, wishes

    if arguments.summary:
        from whywire.cli.summary import summary

        return summary(arguments.path, wishes(arguments), arguments.output)
    return show(arguments.path, wishes(arguments), arguments.output)
