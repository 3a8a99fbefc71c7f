"""Small answers, complete with their heads, for the quick path; bounded in bytes, and looked after.

A page is what one path gives: an answer for each group of clients that take the same content codings. Before it is
used, at most once in `check_every` seconds, its files are looked at by name (stat). The same identity means the same
content, so nothing that was swapped in since can come out here; any difference throws the page away, and the next
request finds it anew by the safe way.
"""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

from whywire.apps.http.clock import date_line
from whywire.apps.site.accept import Ranking
from whywire.apps.site.find import Seen, look
from whywire.apps.site.found import Found

_OVERHEAD = 2000
"""Bytes of the records around an answer, about."""

SETTLED = 100_000_000
"""Nanoseconds. A change this short ago may be followed by one that looks the same: not kept yet."""
SETTLED_COARSE = 2_000_000_000
"""The same where times are kept in whole seconds, as FAT and some network file systems do."""


class Kept:
    """One complete answer to GET. The Date field stands at ``date_at``, the content at ``end``."""

    __slots__ = ("date", "date_at", "end", "found", "full")

    def __init__(self, found: Found, full: bytes) -> None:
        self.found = found
        self.full = full
        self.end = len(full) - found.size
        self.date_at = full.index(b"Date: ")
        self.date = full[self.date_at:full.index(b"\n", self.date_at) + 1]
        found.data = memoryview(full)[self.end:]

    def redate(self, date: bytes) -> None:
        """Put the present Date in; it is as long as the old one."""
        whole = memoryview(self.full)
        self.full = b"".join((whole[:self.date_at], date, whole[self.date_at + len(date):]))
        self.found.data = memoryview(self.full)[self.end:]
        self.date = date


class Page:
    """What one path gives, for each `Ranking` that was asked with."""

    __slots__ = ("answers", "cost", "due", "seen", "used")

    def __init__(self, seen: Seen, due: float) -> None:
        self.answers: dict[Ranking, Kept] = {}
        self.seen = seen
        self.due = due
        self.cost = 0
        self.used = False


class Memory:
    """Pages by their path, as it stands in a request line. At most ``limit`` bytes.

    ``moved`` tells that the folder is another one since it was asked last: then nothing holds any more.
    """

    def __init__(self, limit: int, check_every: float, clock: Callable[[], float] = monotonic,
                 moved: Callable[[], bool] = lambda: False) -> None:
        self.pages: dict[bytes, Page] = {}
        self.held = 0
        self._limit = limit
        self._every = check_every
        self._clock = clock
        self._moved = moved

    def get(self, path: bytes, ranking: Ranking) -> Kept | None:
        """Return the answer to GET, with the present Date; None when there is none that is known to hold."""
        page = self.pages.get(path)
        if page is None:
            return None
        kept = page.answers.get(ranking)
        if kept is None:
            return None
        now = self._clock()
        if now >= page.due and not self._holds(path, page, now):
            return None
        page.used = True
        line = date_line()
        if kept.date is not line:
            kept.redate(line)
        return kept

    def put(self, path: bytes, ranking: Ranking, kept: Kept, seen: Seen) -> None:
        """Keep an answer. Old pages that nobody asked for since the last round go."""
        page = self.pages.get(path)
        if page is not None and page.seen != seen:
            self._drop(path)
            page = None
        if page is None:
            page = self.pages[path] = Page(seen, self._clock() + self._every)
        same = next((one for one in page.answers.values() if one.found.etag == kept.found.etag
                     and one.found.coding == kept.found.coding), None)
        page.answers[ranking] = same or kept
        cost = _OVERHEAD + (0 if same else len(kept.full))
        page.cost += cost
        self.held += cost
        while self.held > self._limit and self.pages:
            self._make_room()

    def clear(self) -> None:
        """Forget everything."""
        self.pages.clear()
        self.held = 0

    def _holds(self, path: bytes, page: Page, now: float) -> bool:
        if self._moved():
            self.clear()
            return False
        try:
            same = all(look(name) == before for name, before in page.seen.files)
        except OSError:
            same = False
        if not same:
            self._drop(path)
            return False
        page.due = now + self._every
        return True

    def _make_room(self) -> None:
        """Drop the page that was kept longest, unless it was used since it was last passed by (second chance)."""
        path = next(iter(self.pages))
        page = self.pages[path]
        if page.used:
            page.used = False
            self.pages[path] = self.pages.pop(path)
        else:
            self._drop(path)

    def _drop(self, path: bytes) -> None:
        self.held -= self.pages.pop(path).cost


def settled(seen: Seen, now: int) -> bool:
    """Tell whether the last change was long enough before ``now`` (ns since 1970) that the next one will look other."""
    coarse = seen.newest % 10**9 == 0
    return now - seen.newest > (SETTLED_COARSE if coarse else SETTLED)
