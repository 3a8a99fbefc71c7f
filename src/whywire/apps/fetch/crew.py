"""All links, one after another; and a page with what it needs, over several connections."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable

from whywire.apps.fetch.errors import FetchError
from whywire.apps.fetch.folder import Folder
from whywire.apps.fetch.links import Link, same_server
from whywire.apps.fetch.options import Options, worst
from whywire.apps.fetch.page import is_page, needs
from whywire.apps.fetch.progress import Progress
from whywire.apps.fetch.worker import Say, Worker


def fetch(links: Iterable[Link], options: Options, say: Say,
          progress: Callable[[], Progress] | None = None) -> int:
    """Fetch all links as they come; return the exit code. Raises WhywireError where the folder can't be used."""
    codes: set[int] = set()
    say = _one_at_a_time(say)
    with Folder(options.folder) as folder:
        worker = Worker(options, folder, say, progress() if progress is not None else None)
        try:
            for link in links:
                if options.page:
                    codes |= _page(link, worker, options, folder, say)
                else:
                    codes.add(worker.fetch(link).code)
        finally:
            worker.close()
    return worst(codes)


def _one_at_a_time(say: Say) -> Say:
    """Return a ``say`` for all workers: the lines of several never run into each other."""
    lock = threading.Lock()

    def locked(line: str) -> None:
        with lock:
            say(line)

    return locked


def _page(link: Link, first: Worker, options: Options, folder: Folder, say: Say) -> set[int]:
    """Fetch a page over the first connection, and what it needs over that and more."""
    found = first.fetch(link, keep_text=True)
    if found.response is None or found.response.status != 200 or not is_page(found.link, found.response, found.text):
        return {found.code}
    wanted = needs(found.link, found.text)
    here = [each for each in wanted if options.follow_hosts or same_server(found.link.place, each.place)]
    if len(here) < len(wanted):
        say(f"of {len(wanted)} things that the page needs, not fetched because at other servers: "
            f"{len(wanted) - len(here)} (--follow-hosts would)")
    crew = _Crew(here, options, folder, say)
    return {found.code} | crew.work(first)


class _Crew:
    """Workers that take the next link from one queue. The first links are dealt out in the page's order."""

    def __init__(self, links: list[Link], options: Options, folder: Folder, say: Say) -> None:
        self._queue = deque(links)
        self._options = options
        self._folder = folder
        self._say = say
        self._codes: set[int] = set()
        self._errors: list[BaseException] = []

    def work(self, first: Worker) -> set[int]:
        """Fetch all links; return what came of them."""
        count = min(self._options.connections, len(self._queue))
        dealt = [self._queue.popleft() for _ in range(count)]
        threads = [threading.Thread(target=self._other, args=(number, link), daemon=True)
                   for number, link in enumerate(dealt[1:], 2)]
        for thread in threads:
            thread.start()
        if dealt:
            self._all(first, dealt[0])
        if self._options.stay:
            first.close()
        for thread in threads:
            thread.join()
        if self._errors:
            raise self._errors[0]
        return self._codes

    def _other(self, number: int, link: Link) -> None:
        def say(line: str) -> None:
            self._say(f"[{number}] {line}")

        worker = Worker(self._options, self._folder, say)
        try:
            self._all(worker, link)
        except (OSError, FetchError, RuntimeError, ValueError, AssertionError) as error:
            self._errors.append(error)  # a bug, to be seen in the main thread
        finally:
            worker.close()

    def _all(self, worker: Worker, link: Link | None) -> None:
        while link is not None:
            self._codes.add(worker.fetch(link, needed=True).code)
            try:
                link = self._queue.popleft()
            except IndexError:
                link = None
