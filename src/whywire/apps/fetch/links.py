"""URLs: which server to ask (`Place`), and what for (`Link`)."""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import quote, urljoin, urlsplit

from whywire.apps.fetch.errors import FetchError, printable
from whywire.base.errors import WhywireError

PORTS = {"http": 80, "https": 443}
_SAFE = "/%:@!$&'()*+,;=~-._?[]"


class Place(NamedTuple):
    """A server: two links of the same place may share a connection."""

    scheme: str
    host: str
    """Without the brackets of an IPv6 address."""
    port: int

    @property
    def authority(self) -> str:
        """What the Host field says: the port only where it is not the scheme's own."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"


class Link(NamedTuple):
    """Something to ask for."""

    place: Place
    target: str
    """Origin-form, printable ASCII."""

    @property
    def url(self) -> str:
        """The whole URL."""
        return f"{self.place.scheme}://{self.place.authority}{self.target}"


def target(path: str) -> str:
    """Return a path as typed (or as a page has it) in origin-form: from the root, everything unusual escaped."""
    path = path.partition("#")[0]
    return quote(path if path.startswith("/") else f"/{path}", safe=_SAFE)


def read(url: str) -> Link:
    """Read a URL. Raises WhywireError."""
    try:
        if not url.isprintable():
            raise FetchError(f"{printable(url)} holds a control character")
        return _read(url)
    except FetchError as error:
        raise WhywireError(str(error), "write it like http://localhost:8080/path, or give HOST PORT") from error


def join(base: Link, reference: str) -> Link:
    """Return what a page or a redirect at ``base`` means by ``reference``. Raises FetchError."""
    try:
        return _read(urljoin(base.url, reference.strip()))
    except ValueError as error:
        raise FetchError(f"{printable(reference)} is not a URL: {error}") from error


def same_server(asked: Place, meant: Place) -> bool:
    """Tell whether ``meant`` is no other server: the same, or the same host's https in place of its http."""
    upgrade = (asked.scheme, asked.port, meant.scheme, meant.port) == ("http", 80, "https", 443)
    return asked == meant or (upgrade and asked.host == meant.host)


def _read(url: str) -> Link:
    try:
        parts = urlsplit(url)
        scheme, host, port = parts.scheme.lower(), parts.hostname or "", parts.port
    except ValueError as error:
        raise FetchError(f"{printable(url)} is not a URL: {error}") from error
    if scheme not in PORTS:
        raise FetchError(f"{printable(url)} begins with neither http:// nor https://")
    if parts.username is not None:
        raise FetchError(f"{printable(url)} holds a user name; whywire fetch does not log in")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Link(Place(scheme, host_name(host), PORTS[scheme] if port is None else port), target(path))


def host_name(host: str) -> str:
    """Return a host's name in ASCII. Raises FetchError for what can't be one."""
    try:
        plain = host if host.isascii() else host.encode("idna").decode("ascii")
    except UnicodeError as error:
        raise FetchError(f"{printable(host)} is not a host's name") from error
    if not plain or not all(char.isalnum() or char in "-._:%" for char in plain):
        raise FetchError(f"{printable(host)!r} is not a host's name")
    return plain.lower()
