"""The requests' header fields."""

from __future__ import annotations

from whywire.apps.fetch.links import Link
from whywire.apps.fetch.options import Headers, Options
from whywire.base.errors import WhywireError
from whywire.protocols.http1 import grammar
from whywire.protocols.http1.events import Request

AGENT = b"whywire-fetch"


def request(link: Link, options: Options, extra: Headers = (), *, needed: bool = False) -> Request:
    """Return the head of a request; ``needed``: for something that a page needs."""
    given = options.page_headers if needed and options.page_headers is not None else options.headers
    connection = (b"Connection", b"close" if options.close else b"keep-alive")
    if given is not None:
        fields = given
    elif options.classic:
        fields = (connection,)
    else:
        fields = ((b"Host", link.place.authority.encode()), (b"User-Agent", AGENT), (b"Accept", b"*/*"),
                  (b"Accept-Encoding", b"gzip" if options.compressed else b"identity"), connection)
    return Request(method="HEAD" if options.head else "GET", target=link.target, headers=(*fields, *extra))


def read(text: bytes, name: str) -> Headers:
    """Read header fields from a file's text, one a line. Raises WhywireError."""
    fields = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        field, colon, value = line.partition(b":")
        if not colon or grammar.FIELD_NAME.fullmatch(field) is None or grammar.FIELD_VALUE.fullmatch(value) is None:
            raise WhywireError(f"line {number} of {name} is not a header field: {line[:60]!r}",
                               "write one a line, such as 'Accept: text/html'")
        if field.lower() in (b"content-length", b"transfer-encoding"):
            raise WhywireError(f"line {number} of {name} announces a body, and a GET has none", "leave it away")
        fields.append((field, value.strip(b" \t")))
    return tuple(fields)
