"""Asks for one link after another, over connections that are kept as long as the server keeps them."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from whywire.apps.fetch import heads, naming
from whywire.apps.fetch.body import Body
from whywire.apps.fetch.dialing import dial
from whywire.apps.fetch.errors import FetchError, NotAnsweredError, printable
from whywire.apps.fetch.folder import Folder
from whywire.apps.fetch.links import Link, Place, join, same_server
from whywire.apps.fetch.options import ALL, ELSEWHERE, FAILED, REFUSED, Options
from whywire.apps.fetch.progress import Progress, size
from whywire.apps.fetch.talk import Sink, Talk
from whywire.protocols.http1.events import Headers, Response, find

FAREWELL_S = 1.0
"""How long a server that has said that it closes may take: its FIN comes first, and ours answers it."""
REDIRECTS = (301, 302, 303, 307, 308)
UNASKED = {101: "; nobody asked for another protocol",
           304: "; nobody asked whether it has changed"}
"""Final answers that a request of ours does not allow (RFC 9110 15.2.2, 15.4.5), and what is said about them."""
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a link."""

    code: int
    """ALL, FAILED, REFUSED or ELSEWHERE."""
    link: Link
    """The one that was asked for last: a redirect changes it."""
    response: Response | None = None
    text: bytes = b""


class _Nothing:
    """A sink for an answer to HEAD."""

    def begin(self, response: Response) -> None:
        """See `Sink`."""

    def write(self, data: bytes) -> None:
        """See `Sink`."""


class Worker:
    """One connection at a time to each server. ``say`` gets a line for all that happens."""

    def __init__(self, options: Options, folder: Folder, say: Say, progress: Progress | None = None) -> None:
        self._options = options
        self._folder = folder
        self._say = say
        self._progress = progress
        self._talks: dict[Place, Talk] = {}
        self._asked = 0
        self._home: Place | None = None
        """The server of the first link; links of others are told with their whole URL."""

    def fetch(self, link: Link, *, needed: bool = False, keep_text: bool = False) -> Result:
        """Ask for a link, follow redirects as far as allowed, save the body; never raises for what goes wrong."""
        if self._asked and self._options.pause_s:
            time.sleep(self._options.pause_s)
        self._home = self._home or link.place
        for hop in range(self._options.redirects + 1):
            self._asked += 1
            try:
                result = self._once(link, needed, keep_text)
                following = self._redirect(result, hop)
            except ElsewhereError as error:
                self._say(str(error))
                return Result(ELSEWHERE, link)
            except FetchError as error:
                self._say(f"{self._shown(link)}: {error}")
                return Result(FAILED, link)
            if following is None:
                break
            link = following
        return result

    def _shown(self, link: Link) -> str:
        return link.target if link.place == self._home else link.url

    def close(self) -> None:
        """Close the connections; with ``stay``, when the server does."""
        for talk in self._talks.values():
            if self._options.stay:
                talk.wait_for_close(self._options.timeout_s)
            talk.close()

    # -- one request and its answer

    def _once(self, link: Link, needed: bool, keep_text: bool) -> Result:
        """Ask, save, say. Raises FetchError."""
        if self._options.head:
            response = self._ask(link, (), _Nothing(), needed)
            fields = "".join(f"\n  {printable(name.decode('latin-1'))}: {printable(value.decode('latin-1'))}"
                             for name, value in response.headers)
            return self._told(Result(self._code(response.status), link, response), fields)
        names = naming.names(link.target) if self._options.page else (naming.name(link.target),)
        body = Body(link, names, self._folder, overwrite=self._options.overwrite, fresh=self._options.fresh,
                    gunzip=self._options.compressed, keep_text=keep_text, progress=self._progress)
        try:
            wanted = body.range_fields()
            response = self._ask(link, wanted, body, needed)
            if response.status == 416 and wanted:
                body.forget()
                response = self._ask(link, (), body, needed)
            return self._saved(link, body, response, bool(wanted))
        finally:
            part = body.close()
            if part:
                self._say(f"{self._shown(link)}: what has come is kept in {part}; the same command goes on with it")

    def _saved(self, link: Link, body: Body, response: Response, had_part: bool) -> Result:
        result = Result(self._code(response.status), link, response, body.text)
        if not body.saves:
            return self._told(result, "")
        name = body.finish()
        how = f", {body.size:,} bytes" if body.size < 10_000 else f", {body.size:,} bytes ({size(body.size)})"
        if body.resumed:
            how += f", of which {body.resumed:,} were there"
        elif had_part:
            how += ", from the start: it is not what the partial file was of"
        coding = find(response.headers, b"content-encoding")
        if coding and not self._options.compressed:
            how += f", as sent ({printable(coding.decode('latin-1'), 20)})"
        return self._told(result, f"{how}, saved as {name}")

    def _told(self, result: Result, rest: str) -> Result:
        assert result.response is not None
        response = result.response
        if response.status not in REDIRECTS or find(response.headers, b"location") is None:
            self._say(f"{self._shown(result.link)}: {_status_line(response)}{rest}{self._why_nothing(response.status)}")
        return result

    def _code(self, status: int) -> int:
        if self._is_unasked(status):
            return FAILED
        return ALL if 200 <= status < 300 else ELSEWHERE if status < 400 else REFUSED

    def _is_unasked(self, status: int) -> bool:
        return status in UNASKED and self._options.headers is None  # fields of a file may well have asked for it

    def _why_nothing(self, status: int) -> str:
        """Say what an answer's status does not: why nothing comes of it."""
        if self._is_unasked(status):
            return UNASKED[status]
        return "; it names no place to go on to" if status in REDIRECTS else ""

    def _redirect(self, result: Result, hop: int) -> Link | None:
        """Return where to go on; None where not. Raises FetchError: a redirect that is not followed."""
        response = result.response
        assert response is not None
        location = find(response.headers, b"location")
        if response.status not in REDIRECTS or location is None:
            return None
        try:
            meant = join(result.link, location.decode("latin-1"))
        except FetchError as error:
            raise ElsewhereError(f"{self._shown(result.link)}: {_status_line(response)}; not followed: {error}"
                                 ) from error
        same = same_server(result.link.place, meant.place)
        where = meant.target if meant.place == result.link.place else meant.url
        line = f"{self._shown(result.link)}: {_status_line(response)}, to {where}"
        if not same and not self._options.follow_hosts:
            raise ElsewhereError(f"{line}; another server, not followed (--follow-hosts would)")
        if hop == self._options.redirects:
            raise ElsewhereError(f"{line}; not followed, the limit is --redirects {hop}")
        self._say(f"{line}; following it")
        return meant

    # -- connections

    def _ask(self, link: Link, extra: Headers, sink: Sink, needed: bool) -> Response:
        """Send the request over the connection there is, or over a new one. Raises FetchError."""
        request = heads.request(link, self._options, extra, needed=needed)
        talk = self._talk(link.place)
        try:
            response = talk.ask(request, sink, self._options.timeout_s)
        except NotAnsweredError as error:
            if not talk.used:
                raise
            self._say(f"{error}: it had closed meanwhile; asking again on a new connection")
            talk = self._talks[link.place] = Talk(dial(link.place, self._options))
            response = talk.ask(request, sink, self._options.timeout_s)
        if talk.said_close:
            talk.wait_for_close(min(FAREWELL_S, self._options.timeout_s))
        return response

    def _talk(self, place: Place) -> Talk:
        talk = self._talks.get(place)
        if talk is not None:
            if talk.can_ask:
                return talk
            talk.close()
            why = "closed the connection after its answer" if talk.said_close else "has closed the connection meanwhile"
            self._say(f"the server {why if talk.used else 'is asked again'}: opening a new one")
        talk = self._talks[place] = Talk(dial(place, self._options))
        return talk


class ElsewhereError(FetchError):
    """A redirect that is not followed; the text is the whole line."""


def _status_line(response: Response) -> str:
    return f"HTTP/{response.version} {response.status} {printable(response.reason, 60)}".rstrip()
