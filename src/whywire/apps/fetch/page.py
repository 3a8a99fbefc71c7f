"""What a page needs to be shown: images, style sheets, icons, scripts. In the page's order, each once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser

from whywire.apps.fetch.errors import FetchError
from whywire.apps.fetch.links import Link, join
from whywire.protocols.http1.events import Response, find

_SOURCES = {"img": "src", "script": "src", "input": "src", "source": "src", "video": "poster", "embed": "src"}
_LINKED = frozenset(("stylesheet", "icon", "apple-touch-icon", "mask-icon"))
_MOST = 2000
_URL = re.compile(r"[\s,]*([^\s,]\S*)")
_DESCRIPTORS = re.compile(r"[^,(]*(?:\([^)]*\)?[^,(]*)*")
"""Up to the next comma that is in no parentheses."""


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
            if tag in ("img", "source"):
                for reference in candidates(given.get("srcset", "")):
                    self._take(reference)

    def _take(self, reference: str, *, base: bool = False) -> None:
        try:
            link = join(self._base, reference)
        except FetchError:  # data:, mailto: and what is no URL
            return
        if base:
            self._base = link
        elif reference and len(self.found) < _MOST:
            self.found[link] = None


def candidates(srcset: str) -> Iterator[str]:
    """Yield the URLs of a ``srcset``, without their descriptors (HTML, "parsing a srcset attribute").

    All of them: which one a browser takes depends on its screen.
    """
    position = 0
    while (url := _URL.match(srcset, position)) is not None:
        position = url.end()
        if not url[1].endswith(","):
            position = _DESCRIPTORS.match(srcset, position).end()  # type: ignore[union-attr]
        yield url[1].rstrip(",")


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
