"""`whywire report FILE|RUN -o report.html`: the whole story in one file that opens anywhere."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from whywire.base.errors import WhywireError
from whywire.cli import values

if TYPE_CHECKING:
    from whywire.capture.run import RunFolder
    from whywire.cli.show import Wishes
    from whywire.packets.table import Capture
    from whywire.story import Story
    from whywire.story.detail import Frame, SourceFile

HELP = """\
Write the story of a capture file or a run folder as one HTML file: the sequence picture, the programs' source code and
each packet with its bytes side by side, plots, and the findings with the pages of their rules. It needs no network:
it opens from disk, and can be mailed.

Of a large capture the connections with the worst findings are told packet by packet, the others in a table; the page
says so. --connection, --all and --packets choose otherwise.

--format markdown, or a name that ends with .md: the same for an issue or a lab report, with the sequence picture as SVG
beside it (--ladder: as text inside). More than 6 connections are told in short, the 12 with the worst findings with a
picture; --connection C tells one packet by packet, --all all of them."""

EXAMPLE = """\
  whywire report capture.pcapng -o report.html
  whywire report runs/v2 -o v2.html
  whywire report large.pcapng --connection c7 -o c7.html
  whywire report capture.pcapng -o report.md
"""

BYTES = 400_000
"""Of all frames together so many bytes are in the page: of each the first ones, evenly, at least `LEAST`."""
LEAST = 96
WHOLE_FILE = 500
"""Lines; of a longer source file the page has what is around the lines that touched the network."""
AROUND = 15


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("path", metavar="FILE|RUN", help="a capture file, or a run folder")
    parser.add_argument("-o", "--output", metavar="FILE", help="the file to write (default: NAME.html or NAME.md)")
    parser.add_argument("--format", choices=("html", "markdown"),
                        help="html or markdown (default: what the name of -o ends with, else html)")
    parser.add_argument("--ladder", action="store_true", help="markdown: a text picture inside, and no SVG")
    parser.add_argument("--connection", type=values.connection, metavar="C", help="only this connection, like c1")
    parser.add_argument("--all", action="store_true",
                        help="every packet of every connection, however many: fold and leave out nothing")
    parser.add_argument("--at", metavar="HOST", help="a run as this host saw it, instead of both ends merged")
    parser.add_argument("--packets", type=values.packet, metavar="N", default=None,
                        help="how many packets are told one by one (2500)")
    parser.add_argument("--select", type=values.codes, metavar="CODES", default=(),
                        help="only findings of these rules: codes, their beginnings or names, with commas between them")
    parser.add_argument("--ignore", type=values.codes, metavar="CODES", default=(), help="without these rules")


def run(arguments: argparse.Namespace) -> int:
    """Write the page, and say where it is."""
    from whywire.cli.show import Wishes, write

    wish = Wishes(format="json", connection=arguments.connection, at=arguments.at, select=arguments.select,
                  ignore=arguments.ignore, all=arguments.all)
    packets = sys.maxsize if arguments.all and arguments.packets is None else arguments.packets
    name = Path(arguments.path).resolve().name.split(".")[0]
    if arguments.format == "markdown" or (arguments.format is None and (arguments.output or "").endswith(".md")):
        from whywire.cli.markdown import report

        return report(arguments.path, wish, arguments.output or f"{name}.md", ladder=arguments.ladder,
                      packets=packets)
    if arguments.ladder:
        raise WhywireError("--ladder belongs to a report as Markdown", "add --format markdown")
    output = arguments.output or f"{name}.html"
    text, damage = page(arguments.path, wish, packets)
    write(output, (text,))
    print(f"{output}: {len(text) / 1000:,.0f} kB; open it in a browser")
    if damage is not None:
        raise WhywireError(f"{arguments.path}: {damage}", "everything before it is in the page")
    return 0


def page(path: str | Path, wish: Wishes, packets: int | None = None) -> tuple[str, str | None]:
    """Return the page of a capture or run folder, and a sentence about its damage (None: it is whole).

    ``packets``: how many are told one by one. Raises WhywireError for what can't be opened.
    """
    from whywire.cli.show import open_path
    from whywire.report.html import render

    run, capture = open_path(path, wish.at)
    try:
        damage = [problem.what for source in capture.sources for problem in source.problems if problem.fatal]
        return render(told_in_detail(run, capture, wish, packets)), damage[0] if damage else None
    finally:
        capture.close()


def told_in_detail(run: RunFolder | None, capture: Capture, wish: Wishes, packets: int | None = None) -> Story:
    """Return the story of an opened capture with the details that a page shows."""
    from dataclasses import replace

    from whywire.cli.show import tell
    from whywire.story.detail import MOST, choose, detailed

    story, _ = tell(run, capture, wish)
    chosen = choose(story.account, story.findings or (), packets or MOST, wish.connection)
    frames = _frames(capture, [number for numbers in chosen.values() for number in numbers])
    return replace(story, detail=detailed(story, chosen, frames, _sources(run, story)))


def _frames(capture: Capture, numbers: list[int]) -> dict[int, Frame]:
    """Read and dissect these packets; of each so many bytes that all of them fit a page."""
    from whywire.packets.dissect import dissect
    from whywire.story.detail import Frame

    table = capture.table
    most = share([table.captured[number - 1] for number in numbers], BYTES)
    found: dict[int, Frame] = {}
    for number in numbers:
        row = number - 1
        frame = capture.frame(row)
        layers = dissect(frame, table.interfaces[table.interface[row]].link_type, table.original[row])
        found[number] = Frame(frame[:most], len(frame), table.original[row], layers)
    return found


def share(lengths: list[int], room: int) -> int:
    """Return how many bytes of each frame fit into ``room`` when longer ones are cut to the same length."""
    left = room
    for at, length in enumerate(sorted(lengths)):
        most = left // (len(lengths) - at)
        if length > most:
            return max(LEAST, most)
        left -= length
    return max([LEAST, *lengths])


def _sources(run: RunFolder | None, story: Story) -> list[SourceFile]:
    """Read the files of the programs in which a line touched the network, in the order of their calls."""
    from whywire.story.detail import SourceFile

    if run is None or story.calls is None:
        return []
    lines: dict[tuple[str, str], set[int]] = {}
    for call in story.calls.values():
        if call.file is not None:
            lines.setdefault((call.host, call.file), set()).add(call.line or 1)
    found: list[SourceFile] = []
    for (host, file), touched in lines.items():
        path = run.source_path(host, file)
        if path is not None:
            text = path.read_bytes()[:2_000_000].decode("utf-8", errors="replace").splitlines()
            found.append(SourceFile(host, file, tuple(excerpt(text, touched))))
    return found


def excerpt(lines: list[str], touched: set[int]) -> list[tuple[int, str]]:
    """Return numbered lines: all of a short file, of a long one what is around the ``touched`` ones."""
    return [(number, line[:1_000]) for number, line in enumerate(lines, 1) if len(lines) <= WHOLE_FILE
            or any(abs(number - at) <= AROUND for at in touched)]
