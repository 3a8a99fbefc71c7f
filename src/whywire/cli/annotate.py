"""`whywire annotate FILE|RUN -o out.pcapng`: the explanations as packet comments, where Wireshark shows them."""

from __future__ import annotations

import argparse
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from whywire.base.errors import WhywireError
from whywire.cli import values

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from whywire.packets.table import Capture
    from whywire.report.comments import Comments

HELP = """\
Write a capture again with the reason of each packet as a packet comment (pcapng), so that Wireshark and tshark show
it beside what they know themselves. In Wireshark's display filter: frame.comment contains "TCP205".

A pcapng file keeps all that it has: its interfaces, other blocks, time stamps, options and comments. A pcap file, or
the merged view of a run, becomes pcapng with time stamps in nanoseconds. -o - writes to the standard output."""

EXAMPLE = """\
  whywire annotate capture.pcapng -o explained.pcapng
  whywire annotate runs/v2 -o v2.pcapng
  whywire annotate capture.pcap.gz -o - | wireshark -k -i -
"""

ONE_LINE = 65_536
"""Bytes of one write."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("path", metavar="FILE|RUN", help="a capture file, or a run folder")
    parser.add_argument("-o", "--output", metavar="FILE", required=True, help="the pcapng file to write")
    parser.add_argument("--at", metavar="HOST", help="a run as this host saw it, instead of both ends merged")
    parser.add_argument("--connection", type=values.connection, metavar="C", help="comment only this connection's")
    parser.add_argument("--select", type=values.codes, metavar="CODES", default=(), help="only findings of these rules")
    parser.add_argument("--ignore", type=values.codes, metavar="CODES", default=(), help="without these rules")


def run(arguments: argparse.Namespace) -> int:
    """Write the file, and say what is in it."""
    from whywire.cli.show import Wishes, open_path, tell
    from whywire.report.comments import Comments

    wish = Wishes(format="json", connection=arguments.connection, at=arguments.at, select=arguments.select,
                  ignore=arguments.ignore)
    folder, capture = open_path(arguments.path, wish.at)
    with capture:
        story, _ = tell(folder, capture, wish)
        comments = Comments(story)
        with opened(arguments.output, [source.path for source in capture.sources]) as file:
            without = annotated(capture, comments, file)
        damage = [problem.what for source in capture.sources for problem in source.problems if problem.fatal]
        packets = len(capture.table)
    print(f"{arguments.output}: {packets:,} packets, {len(comments):,} of them explained", file=sys.stderr)
    if without:
        print(f"{without:,} packets are in Simple Packet Blocks, which hold no comment", file=sys.stderr)
    if damage:
        raise WhywireError(f"{arguments.path}: {damage[0]}", "everything before it is written and explained")
    return 0


def annotated(capture: Capture, comments: Comments, file: BinaryIO) -> int:
    """Write a capture with comments; return how many packets have no room for one."""
    from whywire.capture.annotate import annotate

    if len(capture.sources) == 1 and capture.sources[0].file_type.startswith("pcapng"):
        return annotate(capture.sources[0], capture.table.file_at, comments, file)
    convert(capture, comments, file)
    return 0


def convert(capture: Capture, comments: Comments, file: BinaryIO) -> None:
    """Write any view as a pcapng file, its packets in the order of their numbers."""
    from dataclasses import replace

    from whywire.capture.pcapng_writer import PcapngWriter

    table = capture.table
    named = [replace(one, name=" ".join(part for part in (one.host, one.name) if part) or None)
             for one in table.interfaces]
    writer = PcapngWriter(file, named, comment=f"{Path(capture.name).name}, view: {capture.view}")
    for row in range(len(table)):
        writer.packet(max(table.time_ns[row], 0), capture.frame(row), table.interface[row], table.direction[row],
                      table.packet_id[row], table.original[row], comments(row + 1))


@contextmanager
def opened(output: str, inputs: Sequence[str]) -> Iterator[BinaryIO]:
    """Open the file to write. Raises WhywireError where it can't be written, or is one of those that are read."""
    if output == "-":
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    if Path(output).exists() and any(Path(name).exists() and Path(output).samefile(name) for name in inputs):
        raise WhywireError(f"{output} is the capture that is read", "name another file with -o")
    try:
        with Path(output).open("wb", buffering=ONE_LINE) as file:
            yield file
    except OSError as error:
        raise WhywireError(f"{output} can't be written: {error.strerror}", "name another file with -o") from error
