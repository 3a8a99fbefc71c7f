"""Looks up what is served for a path: the file, the best of its precompressed variants, a folder's index or listing."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from typing import NamedTuple

from whywire.apps.site import listing, media, pages
from whywire.apps.site.accept import CODINGS, IDENTITY, Ranking
from whywire.apps.site.beneath import Folder, Opened
from whywire.apps.site.found import Found, identity, read_whole, tag_of_content, tag_of_file
from whywire.apps.site.refused import Refused, from_os, missing
from whywire.apps.site.rules import SiteConfig, url_safe
from whywire.apps.site.target import Place

MOVED = "This is a folder: its address ends in a slash."
NO_LISTING = "This folder has no index page, and lists of files are not switched on."
NOT_ACCEPTABLE = "The request excludes every form in which this file is there. Allow identity in Accept-Encoding."

_NAMES = tuple[bytes, ...]


class Seen(NamedTuple):
    """What was looked at for an answer, so that a later look can tell whether it still holds."""

    files: tuple[tuple[bytes, tuple[int, ...]], ...]
    """Paths, each with its identity: the folder, the file, its variants."""
    newest: int
    """The last change of any of them, ns since 1970."""


class Finder:
    """Finds representations below a folder, as a `SiteConfig` says."""

    def __init__(self, folder: Folder, config: SiteConfig) -> None:
        self._folder = folder
        self._config = config
        self._index = tuple(os.fsencode(name) for name in config.rules.index)
        rules = config.rules
        self._listing = config.listing if rules.listing is None else rules.listing or config.listing

    def find(self, place: Place, ranking: Ranking) -> tuple[Found, Seen | None]:
        """Return what is served for ``place``, and what that rests on (None: nothing that could be kept).

        The caller closes the first. Raises `Refused`, a redirect to the address with a slash among its reasons.
        """
        if place.hidden:
            raise missing()
        try:
            if place.folder:
                return self._in_folder(place, ranking)
            return self._file(place.names, ranking, place)
        except OSError as problem:
            raise from_os(problem) from None

    def _in_folder(self, place: Place, ranking: Ranking) -> tuple[Found, Seen | None]:
        for name in self._index:
            with suppress(FileNotFoundError, IsADirectoryError):
                return self._file((*place.names, name), ranking, None)
        opened = self._folder.open(place.names)
        try:
            if not stat.S_ISDIR(opened.stat.st_mode):
                raise missing()
            if not self._listing:
                raise Refused(403, NO_LISTING)
            page = listing.page(place.path, listing.entries(self._folder, place.names, opened.fd))
        finally:
            os.close(opened.fd)
        found = Found(media="text/html; charset=utf-8", etag=tag_of_content(page, ""), size=len(page))
        found.data = page
        found.extra = pages.OWN_PAGE
        return found, None

    def _file(self, names: _NAMES, ranking: Ranking, place: Place | None) -> tuple[Found, Seen]:
        """Return the file ``names``, or one of its variants. ``place``: where to send who asks for a folder."""
        opened = self._folder.open(names)
        held = {IDENTITY: opened}
        try:
            parent = os.path.join(self._folder.real, *names[:-1])  # noqa: PTH118 (bytes)
            around = os.stat(parent)  # noqa: PTH116 (bytes); before the variants, so that one that comes shows
            if stat.S_ISDIR(opened.stat.st_mode):
                if place is None:
                    raise IsADirectoryError
                raise Refused(301, MOVED, (("Location", place.path + "/" + url_safe(place.query)),))
            held |= self._variants(names, opened)
            coding = next((coding for coding in ranking if coding in held), None)
            if coding is None:
                raise Refused(406, NOT_ACCEPTABLE, (("Vary", "Accept-Encoding"),))
            seen = _seen(parent, around, names[-1], held)
            return self._taken(names, held, coding), seen
        finally:
            for left in held.values():
                os.close(left.fd)

    def _variants(self, names: _NAMES, opened: Opened) -> dict[str, Opened]:
        """Open the files that hold this one compressed, and are not older than it."""
        held: dict[str, Opened] = {}
        for coding, suffix in CODINGS.items():
            with suppress(OSError):
                variant = self._folder.open((*names[:-1], names[-1] + suffix.encode("ascii")))
                usable = (stat.S_ISREG(variant.stat.st_mode) and variant.stat.st_size > 0
                          and variant.stat.st_mtime_ns >= opened.stat.st_mtime_ns)
                if usable:
                    held[coding] = variant
                else:
                    os.close(variant.fd)
        return held

    def media(self, name: bytes) -> str:
        """Return the Content-Type of a file."""
        return media.media_type(name, self._config.rules.types, self._config.rules.charset)

    def _taken(self, names: _NAMES, held: dict[str, Opened], coding: str) -> Found:
        """Make the representation of one variant; its descriptor leaves ``held`` where it is still needed."""
        chosen = held[coding]
        found = Found(media=self.media(names[-1]),
                      etag="", size=chosen.stat.st_size, coding=coding, vary=len(held) > 1, names=names)
        if found.size <= self._config.small:
            data, looked = read_whole(chosen.fd)
            found.data, found.size, found.etag = data, len(data), tag_of_content(data, coding)
            found.modified = int(looked.st_mtime_ns // 10**9)
            return found
        found.etag = tag_of_file(chosen.stat, coding)
        found.modified = int(chosen.stat.st_mtime_ns // 10**9)
        found.stamp = (chosen.stat.st_size, chosen.stat.st_mtime_ns)
        found.fd = chosen.fd
        del held[coding]
        return found


def look(path: bytes) -> tuple[int, ...]:
    """Return what tells that a path still leads to the same file, or to a folder with the same names in it."""
    found = os.stat(path)  # noqa: PTH116 (bytes)
    return _folder_identity(found) if stat.S_ISDIR(found.st_mode) else identity(found)


def _folder_identity(found: os.stat_result) -> tuple[int, ...]:
    return found.st_dev, found.st_ino, found.st_mtime_ns


def _seen(parent: bytes, around: os.stat_result, name: bytes, held: dict[str, Opened]) -> Seen:
    def files() -> Iterator[tuple[bytes, tuple[int, ...]]]:
        yield parent, _folder_identity(around)
        for coding, opened in held.items():
            suffix = CODINGS.get(coding, "").encode("ascii")
            yield os.path.join(parent, name + suffix), identity(opened.stat)  # noqa: PTH118 (bytes)

    stats = [around, *(opened.stat for opened in held.values())]
    return Seen(tuple(files()), max(max(one.st_mtime_ns, one.st_ctime_ns) for one in stats))
