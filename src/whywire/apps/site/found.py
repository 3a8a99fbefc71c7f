"""A representation: what is served for a path, and what tells it from another one (RFC 9110 8.8)."""

from __future__ import annotations

import os
from base64 import urlsafe_b64encode
from hashlib import blake2b

from whywire.apps.site.conditions import Validators
from whywire.apps.site.ranges import Span
from whywire.apps.site.refused import Refused

CHANGING = "The file is being written at this moment. Please try again."
_TRIES = 4

Identity = tuple[int, int, int, int, int]


def identity(found: os.stat_result) -> Identity:
    """Return what changes when a file is replaced or written. ctime is in it because nobody can set it back."""
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns


def tag_of_content(data: bytes, coding: str) -> str:
    """Return the tag of content in memory: its digest. Strong, and the same on every server that has the file."""
    return _tag(blake2b(data, digest_size=12, person=coding.encode("ascii")))


def tag_of_file(found: os.stat_result, coding: str) -> str:
    """Return the tag of a file that is too large to read for it.

    Strong as far as the file system's clock is: two changes of one file within its tick, to the same size, look alike
    (the tick is 1 to 10 ms before Linux 6.13, and after that never shared by a change that was looked at). Hashed, so
    that inode numbers stay private.
    """
    return _tag(blake2b(repr((identity(found), coding)).encode("ascii"), digest_size=12))


def _tag(digest: blake2b) -> str:
    return f'"{urlsafe_b64encode(digest.digest()).decode("ascii")}"'


def read_whole(fd: int) -> tuple[bytes, os.stat_result]:
    """Return a small file's content and its fstat. Raises `Refused` (503) while it is being written."""
    for _ in range(_TRIES):
        before = os.fstat(fd)
        data = os.pread(fd, before.st_size + 1, 0)
        after = os.fstat(fd)
        if len(data) == after.st_size and identity(before) == identity(after):
            return data, after
    raise Refused(503, CHANGING, (("Retry-After", "1"),))


class Found:
    """One representation. Its content is ``data``, or, where that is None, the open file ``fd``, which it owns."""

    __slots__ = ("coding", "data", "etag", "extra", "fd", "media", "modified", "names", "size", "stamp", "vary")

    def __init__(self, *, media: str, etag: str, size: int, modified: int | None = None, coding: str = "",
                 vary: bool = False, names: tuple[bytes, ...] = ()) -> None:
        self.media = media
        self.etag = etag
        self.size = size
        self.modified = modified
        """Seconds since 1970; None for what has no such date."""
        self.coding = coding
        self.vary = vary
        """Another Accept-Encoding could get another answer."""
        self.names = names
        """Of the file, as it was asked for; empty for a page that the server wrote."""
        self.data: bytes | memoryview | None = None
        self.extra: tuple[tuple[str, str], ...] = ()
        """More fields, of a page that the server wrote."""
        self.fd = -1
        self.stamp = (0, 0)
        """Size and mtime_ns of the open file: what must not change while it is sent."""

    @property
    def validators(self) -> Validators:
        """Return what conditional requests compare with."""
        return Validators(self.etag, self.modified)

    def part(self, span: Span) -> bytes:
        """Return some of the content that is in memory."""
        return b"" if self.data is None else bytes(self.data[span.start:span.stop])

    def changed(self) -> bool:
        """Tell whether the open file is another one than when its head was written."""
        now = os.fstat(self.fd)
        return (now.st_size, now.st_mtime_ns) != self.stamp

    def close(self) -> None:
        """Give the descriptor back."""
        if self.fd >= 0:
            os.close(self.fd)
            self.fd = -1
