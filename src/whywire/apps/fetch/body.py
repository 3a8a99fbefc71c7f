"""Where an answer's body goes: into a partial file that is gone on with, begun anew, or finished."""

from __future__ import annotations

import re
import zlib
from contextlib import suppress
from email.utils import parsedate_to_datetime

from whywire.apps.fetch.errors import FetchError
from whywire.apps.fetch.folder import Folder, Part
from whywire.apps.fetch.links import Link
from whywire.apps.fetch.options import Headers
from whywire.apps.fetch.progress import Progress
from whywire.protocols.http1.events import Response, find

_CONTENT_RANGE = re.compile(rb"bytes (\d+)-(\d+)/(?:\d+|\*)")
_PAGE_MOST = 8 << 20


class Body:
    """The sink of one link. ``resumed``: bytes that were there already, of an earlier fetch."""

    def __init__(self, link: Link, names: tuple[str, ...], folder: Folder, *, overwrite: bool, fresh: bool,
                 gunzip: bool, keep_text: bool, progress: Progress | None) -> None:
        self._part: Part | None = folder.place(names, overwrite=overwrite, tag=link.url)
        if fresh or gunzip:
            self._part.restart("")
        self._gunzip = gunzip
        self._unzip: zlib._Decompress | None = None
        self._keep_text = keep_text
        self._progress = progress
        self._name = names[-1]
        self._whole: int | None = None
        self.text = b""
        """The body's first bytes, where they were to be kept."""
        self.resumed = 0
        self.size = 0
        self.saves = False

    def range_fields(self) -> Headers:
        """Return the fields that ask for the rest of what is there (RFC 9110 13.1.5, 14.2)."""
        if self._part is None or not self._part.size:
            return ()
        return ((b"Range", b"bytes=%d-" % self._part.size), (b"If-Range", self._part.validator.encode()))

    def begin(self, response: Response) -> None:
        """See `Sink`. Only 200 and the 206 that was asked for are saved."""
        assert self._part is not None
        self.saves = response.status in (200, 206)
        if response.status == 206:
            self._go_on(response)
        elif response.status == 200:
            self._restart(response)
            coding = find(response.headers, b"content-encoding") or b""
            if self._gunzip and coding.lower() in (b"gzip", b"x-gzip"):
                self._unzip = zlib.decompressobj(31)
        if response.length is not None and self._unzip is None:
            self._whole = self.resumed + response.length
        if self._progress is not None:
            self._progress.begin(self.resumed)

    def _go_on(self, response: Response) -> None:
        assert self._part is not None
        match = _CONTENT_RANGE.fullmatch(find(response.headers, b"content-range") or b"")
        if match is None or int(match[1]) != self._part.size or not self._part.size:
            raise FetchError("the server sent another part (206) than the one asked for")
        self.resumed = self.size = self._part.size

    def _restart(self, response: Response) -> None:
        assert self._part is not None
        try:
            self._part.restart("" if self._gunzip else validator(response))
        except OSError as error:
            raise FetchError(f"can't save {self._name}: {error.strerror}") from error

    def write(self, data: bytes) -> None:
        """See `Sink`."""
        if not self.saves or self._part is None:
            return
        if self._unzip is not None:
            data = self._unzipped(data)
        try:
            self._part.write(data)
        except OSError as error:
            raise FetchError(f"can't save {self._name}: {error.strerror}") from error
        self.size = self._part.size
        if self._keep_text and len(self.text) < _PAGE_MOST:
            self.text += data
        if self._progress is not None:
            self._progress.show(self._name, self.size, self._whole)

    def _unzipped(self, data: bytes) -> bytes:
        assert self._unzip is not None
        try:
            return self._unzip.decompress(data)
        except zlib.error as error:
            raise FetchError(f"the body is not the gzip it says it is: {error}") from error

    def finish(self) -> str:
        """Return the name that the body was saved under. Raises FetchError."""
        assert self._part is not None
        if self._unzip is not None and not self._unzip.eof:
            raise FetchError("the gzip body ends too early")
        try:
            name = self._part.finish()
        except OSError as error:
            raise FetchError(f"can't save {self._name}: {error.strerror}") from error
        self._part = None
        return name

    def forget(self) -> None:
        """Throw away an earlier part: the server has no such range any more."""
        if self._part is not None:
            self._part.restart("")

    def close(self) -> str:
        """Let go; return the partial file's name where one is kept to be gone on with."""
        if self._progress is not None:
            self._progress.clear()
        part, self._part = self._part, None
        return part.abandon() if part is not None else ""


def validator(response: Response) -> str:
    """Return what If-Range may hold for this answer: a strong ETag, or a date that can't have been changed twice."""
    tag = (find(response.headers, b"etag") or b"").decode("latin-1")
    if tag.startswith('"') and tag.isascii():
        return tag
    changed = (find(response.headers, b"last-modified") or b"").decode("latin-1")
    date = (find(response.headers, b"date") or b"").decode("latin-1")
    with suppress(ValueError, TypeError):  # RFC 9110 8.8.2.2: strong when a second older than the answer
        if changed.isascii() and (parsedate_to_datetime(date) - parsedate_to_datetime(changed)).total_seconds() >= 1:
            return changed
    return ""
