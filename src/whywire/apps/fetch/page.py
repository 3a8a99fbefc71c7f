"""What a page needs to be shown: images, style sheets, icons, scripts. In the page's order, each once."""

from __future__ import annotations

from html.parser import HTMLParser

from whywire.apps.fetch.errors import FetchError
from whywire.apps.fetch.links import Link, join
from whywire.protocols.http1.events import Response, find

_SOURCES = {"img": "src", "script": "src", "input": "src", "source": "src", "video": "poster", "embed": "src"}
_LINKED = frozenset(("stylesheet", "icon", "apple-touch-icon", "mask-icon"))
_MOST = 2000


class _Parser(HTMLParser):
    def __init__(self, base: Link) -> None:
        super().__init__(convert_charrefs=True)
        self._base = base
        self.found: dict[Link, None] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value for name, value in attrs if value}
        if tag == "base" and "href" in given:
            self._take(given["href"], base=True)
        elif tag == "link" and _LINKED & set(given.get("rel", "").lower().split()):
            self._take(given.get("href", ""))
        elif tag == "input" and given.get("type", "").lower() != "image":
            return
        elif tag in _SOURCES:
            self._take(given.get(_SOURCES[tag], ""))

    def _take(self, reference: str, *, base: bool = False) -> None:
        try:
            link = join(self._base, reference)
        except FetchError:  # data:, mailto: and what is no URL
            return
        if base:
            self._base = link
        elif reference and len(self.found) < _MOST:
            self.found[link] = None


def is_page(link: Link, response: Response, text: bytes) -> bool:
    """Tell whether an answer is HTML: it says so, or it says nothing and looks like it."""
    kind = find(response.headers, b"content-type")
    if kind is not None:
        return kind.partition(b";")[0].strip().lower() in (b"text/html", b"application/xhtml+xml")
    path = link.target.partition("?")[0]
    return path.endswith(("/", ".html", ".htm")) or text.lstrip()[:1] == b"<"


def needs(link: Link, text: bytes) -> tuple[Link, ...]:
    """Return what the page at ``link`` needs, the page itself left out."""
    parser = _Parser(link)
    parser.feed(text.decode("utf-8", "replace"))
    parser.close()
    return tuple(each for each in parser.found if each != link)
