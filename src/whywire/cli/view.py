"""`whywire view FILE|RUN`: the page of a capture or run, in the browser."""

from __future__ import annotations

import argparse
import hashlib
import os
import sys
from pathlib import Path

from whywire.base.errors import WhywireError
from whywire.cli import values

HELP = """\
Write the page of a capture or run (as whywire report does) and open it in the browser. The page is kept in the
cache folder, one for each capture, and is replaced when the same one is viewed again; -o puts it elsewhere.

While something is still being recorded: whywire capture --live, whywire run --live."""

EXAMPLE = """\
  whywire view capture.pcapng
  whywire view runs/v2
  whywire view large.pcapng --connection c7 -o c7.html
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("path", metavar="FILE|RUN", help="a capture file, or a run folder")
    parser.add_argument("-o", "--output", metavar="FILE", help="where the page is written (the cache folder)")
    parser.add_argument("--connection", type=values.connection, metavar="C", help="only this connection, like c1")
    parser.add_argument("--at", metavar="HOST", help="a run as this host saw it, instead of both ends merged")


def run(arguments: argparse.Namespace) -> int:
    """Write the page and open it."""
    from whywire.cli.browser import open_browser
    from whywire.cli.report import page
    from whywire.cli.show import Wishes, write

    wish = Wishes(format="json", connection=arguments.connection, at=arguments.at)
    text, damage = page(arguments.path, wish)
    output = Path(arguments.output) if arguments.output else kept(arguments.path)
    write(str(output), (text,))
    problem = open_browser(output.resolve().as_uri())
    print(output)
    if problem:
        print(f"Not opened: {problem}. Open the file above in a browser.", file=sys.stderr)
    if damage is not None:
        raise WhywireError(f"{arguments.path}: {damage}", "everything before it is in the page")
    return 0


def kept(path: str) -> Path:
    """Return where the page of a capture is kept: a file of its own in a folder that only this user can read."""
    base = os.environ.get("XDG_CACHE_HOME", "")
    cache = Path(base) if base.startswith("/") else Path.home() / ".cache"
    folder = cache / "whywire" / "pages"
    place = Path(path).resolve()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise WhywireError(f"{folder} can't be made: {error.strerror}", "name a file with -o") from error
    return folder / f"{place.name.split('.')[0] or 'page'}-{hashlib.sha256(str(place).encode()).hexdigest()[:8]}.html"
