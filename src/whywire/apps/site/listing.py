"""The list of a folder's files: folders first, then by name; only what would be served when asked for."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from html import escape
from itertools import islice
from typing import NamedTuple
from urllib.parse import quote_from_bytes, unquote_to_bytes

from whywire.apps.site import pages
from whywire.apps.site.beneath import Folder
from whywire.apps.site.target import hides

MOST = 5000
"""Lines of a list, so that it costs milliseconds. A folder with more names shows some of them, and says so."""

_UNITS = ("B", "KiB", "MiB", "GiB", "TiB", "PiB")


class Entry(NamedTuple):
    """A file or folder of the list."""

    name: bytes
    is_folder: bool
    size: int
    modified: int
    """Seconds since 1970."""


def entries(folder: Folder, names: tuple[bytes, ...], fd: int) -> Iterator[Entry]:
    """Yield what is in the open folder ``fd``, which is at ``names``, without what would be refused."""
    with os.scandir(fd) as inside:
        for one in islice(inside, MOST + 1):
            name = os.fsencode(one.name)
            if hides((*names, name)):
                continue
            with suppress(OSError):
                found = one.stat(follow_symlinks=False)
                if stat.S_ISLNK(found.st_mode):
                    opened = folder.open((*names, name))
                    os.close(opened.fd)
                    found = opened.stat
                if stat.S_ISDIR(found.st_mode) or stat.S_ISREG(found.st_mode):
                    yield Entry(name, stat.S_ISDIR(found.st_mode), found.st_size, int(found.st_mtime_ns // 10**9))


def _order(entry: Entry) -> tuple[bool, str, bytes]:
    return not entry.is_folder, shown(entry.name).casefold(), entry.name


def shown(name: bytes) -> str:
    """Return a name to read: control characters and what is no UTF-8 become a replacement character."""
    return "".join(letter if letter.isprintable() else "�" for letter in name.decode("utf-8", "replace"))


def size_text(size: int) -> str:
    """Return a size to read: 999 B, 1.4 MiB."""
    value = float(size)
    for unit in _UNITS:
        if value < 1000 or unit == _UNITS[-1]:
            break
        value /= 1024
    return f"{size} B" if unit == "B" else f"{value:.1f} {unit}"


def _date_text(seconds: int) -> str:
    try:
        return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M")
    except (ValueError, OverflowError, OSError):
        return "-"


def _line(entry: Entry) -> str:
    slash = "/" if entry.is_folder else ""
    # ./ before it, so that no name is read as a scheme or a host
    link = f"./{quote_from_bytes(entry.name, '-._~!$&()*+,;=:@')}{slash}"
    size = "" if entry.is_folder else size_text(entry.size)
    return (f'<tr><td><a href="{escape(link)}">{escape(shown(entry.name))}{slash}</a></td>'
            f'<td class="n">{size}</td><td>{_date_text(entry.modified)}</td></tr>\n')


def page(path: str, found: Iterator[Entry]) -> bytes:
    """Return the page for the folder at ``path``, its entries sorted. Times are UTC."""
    ordered = sorted(found, key=_order)
    title = f"Files in {shown(unquote_to_bytes(path))}"
    parent = '<tr><td><a href="../">../</a></td><td></td><td></td></tr>\n' if path != "/" else ""
    more = f"<p>This folder has more than {MOST:,} files; only some are shown.</p>\n" if len(ordered) > MOST else ""
    body = (f"<h1>{escape(title)}</h1>\n<table>\n<tr><th>Name</th><th>Size</th><th>Changed (UTC)</th></tr>\n{parent}"
            f"{''.join(_line(entry) for entry in ordered[:MOST])}</table>\n{more}")
    return pages.html(title, body)
