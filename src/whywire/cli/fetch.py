"""`whywire fetch`: ask an HTTP server for paths or URLs and save what it answers."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from whywire.base.errors import WhywireError
from whywire.cli import values

if TYPE_CHECKING:
    from whywire.apps.fetch.links import Link, Place
    from whywire.apps.fetch.options import Options
    from whywire.apps.fetch.progress import Progress

HELP = """\
Ask an HTTP/1.1 server for paths, over one connection as long as the server keeps it, and save each body under its own
name in the current folder. With HOST and PORT and no path, paths are read from standard input, one a line; an empty
line asks for /.

A file that is there is never overwritten (the new one gets a number), a broken-off body is kept in NAME.part and gone
on with the next time, a redirect is followed once, and to another server only when asked to.

Exit codes: 0 all was fetched; 1 something was not (no connection, no answer, broken off, can't be saved); 2 these words
make no request; 3 a server answered with 4xx or 5xx; 4 a redirect was not followed."""

EXAMPLE = """\
  whywire fetch localhost 8080 / /result.html
  echo /favicon.ico | whywire fetch localhost 8080 --classic --close
  whywire fetch https://example.org/big.iso --to downloads
  whywire fetch --page --connections 6 http://localhost:8080/a/b/ref.html
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("words", metavar="URL", nargs="+", help="URLs; or HOST PORT, and paths (default: from stdin)")
    parser.add_argument("--to", type=Path, default=Path(), metavar="DIR", help="save there (.)")
    parser.add_argument("--overwrite", action="store_true", help="replace a file that has the name already")
    parser.add_argument("--fresh", action="store_true", help="do not go on with partial files")
    parser.add_argument("--head", action="store_true", help="ask with HEAD and show the header fields")
    group = parser.add_argument_group("pages")
    group.add_argument("--page", action="store_true",
                       help="also fetch the images, style sheets, icons and scripts that a page needs")
    group.add_argument("--connections", type=_count, default=6, metavar="N", help="over at most so many (6)")
    group = parser.add_argument_group("requests")
    group.add_argument("--classic", action="store_true", help="send no header field but Connection")
    group.add_argument("--close", action="store_true", help="ask the server to close after each answer")
    group.add_argument("--compressed", action="store_true", help="ask for gzip, and undo it")
    group.add_argument("--headers", metavar="FILE", help="send exactly the header fields of this file, one a line")
    group.add_argument("--page-headers", metavar="FILE", help="and those, for what a page needs")
    group = parser.add_argument_group("servers")
    group.add_argument("--follow-hosts", action="store_true", help="follow redirects and links to other servers")
    group.add_argument("--redirects", type=_redirects, default=1, metavar="N", help="follow at most so many (1)")
    group.add_argument("--cacert", type=Path, metavar="FILE", help="trust these certificates (PEM), not the system's")
    group.add_argument("--timeout", type=_timeout, default=30.0, metavar="TIME",
                       help="give up when nothing comes for so long (30s)")
    group.add_argument("--pause", type=values.seconds, default=0.0, metavar="TIME", help="wait between two requests")
    group.add_argument("--stay", action="store_true", help="at the end wait until the server closes, as browsers do")


def run(arguments: argparse.Namespace) -> int:
    """Fetch; return the exit code."""
    from whywire.apps.fetch.crew import fetch

    wanted = links(arguments.words)
    return fetch(wanted, options(arguments), say, bars() if sys.stderr.isatty() else None)


def say(line: str) -> None:
    """Print a line at once: it may be a pipe, and the next one may take long."""
    print(line, flush=True)


def options(arguments: argparse.Namespace) -> Options:
    """Return the options that the words say. Raises WhywireError for a file of header fields that is none."""
    from whywire.apps.fetch.options import Options

    return Options(
        folder=arguments.to, page=arguments.page, connections=arguments.connections, head=arguments.head,
        headers=_headers(arguments.headers), page_headers=_headers(arguments.page_headers),
        classic=arguments.classic, close=arguments.close, compressed=arguments.compressed, stay=arguments.stay,
        pause_s=arguments.pause, timeout_s=arguments.timeout, redirects=arguments.redirects,
        follow_hosts=arguments.follow_hosts, overwrite=arguments.overwrite, fresh=arguments.fresh,
        authorities=arguments.cacert)


def links(words: list[str]) -> Iterator[Link]:
    """Return what to ask for, from standard input as its lines come. Raises WhywireError at once for wrong words."""
    from whywire.apps.fetch.links import Link, read, target

    if "://" in words[0]:
        return iter([read(word) for word in words])
    server = place(words)
    if words[2:]:
        return iter([Link(server, target(path)) for path in words[2:]])
    return _lines(server)


def place(words: list[str]) -> Place:
    """Return the server that HOST PORT name. Raises WhywireError."""
    from whywire.apps.fetch.errors import FetchError
    from whywire.apps.fetch.links import Place, host_name

    if len(words) < 2 or not words[1].isascii() or not words[1].isdigit() or not 0 < int(words[1]) < 65536:
        raise WhywireError(f"{' '.join(words[:2])!r} is neither a URL nor HOST PORT",
                           "write http://localhost:8080/path, or localhost 8080")
    try:
        return Place("http", host_name(words[0].strip("[]")), int(words[1]))
    except FetchError as error:
        raise WhywireError(str(error), "write it like localhost 8080") from error


def _lines(server: Place) -> Iterator[Link]:
    from whywire.apps.fetch.links import Link, target

    if sys.stdin.isatty():
        print("Paths, one a line; an empty line asks for /; Ctrl-D ends.", file=sys.stderr)
    for line in sys.stdin:
        yield Link(server, target(line.strip()))


def bars() -> Callable[[], Progress]:
    """Return what makes a progress bar on the terminal."""
    from whywire.apps.fetch.progress import Progress
    from whywire.cli.terminal import columns

    def write(text: str) -> None:
        sys.stderr.write(text)
        sys.stderr.flush()

    return lambda: Progress(write, columns(sys.stderr, None))


def _headers(name: str | None) -> tuple[tuple[bytes, bytes], ...] | None:
    from whywire.apps.fetch.heads import read

    if name is None:
        return None
    try:
        return read(Path(name).read_bytes(), name)
    except OSError as error:
        raise WhywireError(f"can't read {name}: {error.strerror}", "give a file of fields, one a line") from error


def _timeout(text: str) -> float:
    if (found := values.seconds(text)) == 0:
        raise argparse.ArgumentTypeError("0 would wait for no answer; give a time like 0.5 or 500ms")
    return found


def _count(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 64:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of connections from 1 to 64")
    return int(text)


def _redirects(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) > 20:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of redirects from 0 to 20")
    return int(text)
