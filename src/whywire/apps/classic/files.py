"""From a request's target to an open file below the folder. Nothing outside of it, whatever the target says."""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path
from urllib.parse import unquote_to_bytes

_ABSOLUTE = re.compile(r"https?://[^/?#]*", re.IGNORECASE)


def names(target: str) -> list[bytes] | None:
    """Return the folder and file names that a target in origin-form or absolute-form leads through.

    None where one of them is hidden (begins with a dot, ``..`` too) or can't be a name: empty, with a slash or NUL.
    """
    path = _ABSOLUTE.sub("", target, count=1).partition("#")[0].partition("?")[0] or "/"
    if path == "/":
        path = "/index.html"
    if not path.startswith("/"):
        return None
    found = [unquote_to_bytes(part.encode("latin-1")) for part in path[1:].split("/")]
    if any(not name or name.startswith(b".") or b"/" in name or b"\0" in name for name in found):
        return None
    return found


def open_file(folder: Path, target: str) -> tuple[int, int] | None:
    """Return (descriptor, size) of the file that ``target`` names; None where there is none to be served.

    The way is walked name by name from the folder's own descriptor, so a link can't lead out of it.
    """
    walk = names(target)
    if walk is None:
        return None
    at = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        for name in walk[:-1]:
            inner = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=at)
            os.close(at)
            at = inner
        file = os.open(walk[-1], os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=at)
    except OSError:
        return None
    finally:
        os.close(at)
    found = os.fstat(file)
    if not stat.S_ISREG(found.st_mode):
        os.close(file)
        return None
    return file, found.st_size
