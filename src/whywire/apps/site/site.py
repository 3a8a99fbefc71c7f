"""The file server's app: answers from memory where they are there, else from the folder."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable
from time import monotonic, time, time_ns

from whywire.apps.http.app import HeadFacts, Reply, Request
from whywire.apps.http.reply import quick_bytes
from whywire.apps.site import pages, plan
from whywire.apps.site.accept import Ranking, prefers_plain, ranking
from whywire.apps.site.beneath import Folder
from whywire.apps.site.find import Finder, Seen
from whywire.apps.site.found import Found, read_whole
from whywire.apps.site.memory import Kept, Memory, settled
from whywire.apps.site.plan import Answer
from whywire.apps.site.refused import Refused
from whywire.apps.site.rules import Fields, SiteConfig
from whywire.apps.site.send import send
from whywire.apps.site.target import Place, place
from whywire.base.errors import WhywireError

_LARGEST_ERROR_PAGE = 1 << 20
_SCRATCH = "site"
_STILL_THERE = frozenset((301, 302, 303, 307, 308, 403, 406))
"""Refusals of GET that say nothing about OPTIONS, which asks for no content (RFC 9110 9.3.7)."""


def _opened(root: str) -> Folder:
    """Return the folder, which this user may enter. Raises `WhywireError`."""
    hint = "Give a folder that is there and that you may read."
    if not root:
        raise WhywireError("The folder's name is empty.", f"{hint} A dot is the current one.")
    try:
        folder = Folder(root)
    except OSError as problem:
        raise WhywireError(f"{root}: {problem.strerror}.", hint) from None
    if not os.access(root, os.X_OK):  # without this right every file in it would be a 403
        folder.close()
        raise WhywireError(f"{root}: {os.strerror(errno.EACCES)}.", hint)
    return folder


class Site:
    """Serves a folder. Raises `WhywireError` when the folder can't be served. `close` gives its descriptor back."""

    def __init__(self, config: SiteConfig, *, clock: Callable[[], float] = monotonic) -> None:
        self._folder = _opened(config.root)
        self._config = config
        self._finder = Finder(self._folder, config)
        self._memory = Memory(config.memory, config.check_every, clock, self._folder.refresh)

    def close(self) -> None:
        """Give the folder's descriptor back, and the memory."""
        self._memory.clear()
        self._folder.close()

    def quick(self, method: bytes, target: bytes, facts: HeadFacts) -> bytes | None:
        """Return a whole answer that is in memory, or None. The contract is that of `whywire.apps.http.app.App`."""
        ranked: Ranking | None = facts.scratch.get(_SCRATCH)
        if ranked is None:
            ranked = facts.scratch[_SCRATCH] = ranking(facts.accept_encoding)
        kept = self._memory.get(target, ranked)
        if kept is None:
            if b"?" not in target:
                return None
            kept = self._memory.get(target.partition(b"?")[0], ranked)
            if kept is None:
                return None
        return kept.full if method == b"GET" else kept.full[:kept.end]

    async def answer(self, request: Request, reply: Reply) -> None:
        """Answer a request."""
        found, answer = self._answer(request)
        try:
            await send(reply, answer, found, head=request.method == "HEAD")
        finally:
            if found is not None:
                found.close()

    def _answer(self, request: Request) -> tuple[Found | None, Answer]:
        """Return what is sent. The caller closes the first."""
        found: Found | None = None
        where: Place | None = None
        try:
            refused = plan.refuse_method(request.method)
            if refused is not None:
                raise refused
            if request.method == "OPTIONS" and request.target == "*":
                return None, Answer(204, (("Allow", plan.ALLOWED),), 0)
            where = place(request.target)
            found = self._find(request, where)
            if request.method == "OPTIONS":
                return found, self._dressed(Answer(204, (("Allow", plan.ALLOWED),), 0), where)
            return found, self._dressed(plan.answer(request, found, int(time())), where)
        except Refused as refused:
            if found is not None:
                found.close()
            if request.method == "OPTIONS" and refused.status in _STILL_THERE and where is not None:
                return None, self._dressed(Answer(204, (("Allow", plan.ALLOWED),), 0), where)
            return None, self._page(request, refused, where)

    def _dressed(self, answer: Answer, where: Place) -> Answer:
        fields = self._config.rules.fields_for(where.path, answer.status, answer.fields)
        return answer if fields is answer.fields else Answer(answer.status, fields, answer.length, answer.pieces)

    def _find(self, request: Request, where: Place) -> Found:
        path = where.path
        for rule in self._config.rules.redirects:
            location = rule.location(path, where.query)
            if location is not None:
                raise Refused(rule.status, "This page has moved.", (("Location", location),))
        ranked = ranking(request.get("accept-encoding"))
        key = path.encode("ascii")
        kept = self._memory.get(key, ranked)
        if kept is not None:
            return kept.found
        if self._folder.refresh():
            self._memory.clear()
        now = time_ns()
        found, seen = self._finder.find(where, ranked)
        if seen is not None:
            self._keep(key, ranked, found, seen, now)
        return found

    def _keep(self, path: bytes, ranked: Ranking, found: Found, seen: Seen, now: int) -> None:
        """Keep a small answer, unless its file was changed just now, or claims to be changed in the future."""
        if found.data is None or not settled(seen, now):
            return
        rules = self._config.rules
        fields = rules.fields_for(path.decode("ascii"), 200, plan.fields_of(found, now // 10**9))
        self._memory.put(path, ranked, Kept(found, quick_bytes(200, fields, bytes(found.data))), seen)

    def _page(self, request: Request, refused: Refused, where: Place | None) -> Answer:
        """Return the page of an error or a redirect: the site's own where there is one, else ours."""
        link = next((value for name, value in refused.fields if name == "Location"), "")
        own = self._own_page(refused.status)
        extra: Fields
        if own is not None:
            media, content = own
            extra = ()
        else:
            media, content = pages.message(refused.status, refused.why, plain=prefers_plain(request.get("accept")),
                                           link=link)
            extra = pages.OWN_PAGE
        vary = [value for name, value in refused.fields if name == "Vary"] + (["Accept"] if own is None else [])
        fields: Fields = (("Content-Type", media), *(pair for pair in refused.fields if pair[0] != "Vary"), *extra)
        if vary:
            fields = (*fields, ("Vary", ", ".join(vary)))
        path = where.path if where is not None else ""
        fields = self._config.rules.fields_for(path, refused.status, (*fields, plan.NOSNIFF))
        return Answer(refused.status, fields, len(content), (content,))

    def _own_page(self, status: int) -> tuple[str, bytes] | None:
        """Return type and content of the file that the rules name for a status; None without one, or a broken one."""
        path = self._config.rules.errors.get(status)
        if path is None:
            return None
        try:
            opened = self._folder.open(place(path).names)
        except (OSError, Refused):
            return None
        try:
            if not stat.S_ISREG(opened.stat.st_mode) or opened.stat.st_size > _LARGEST_ERROR_PAGE:
                return None
            return self._finder.media(place(path).names[-1]), read_whole(opened.fd)[0]
        except (OSError, Refused):
            return None
        finally:
            os.close(opened.fd)

