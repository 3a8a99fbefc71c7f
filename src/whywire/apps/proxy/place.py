"""Where an origin is: scheme, host, port; its addresses, and whether a forward proxy may connect to them."""

from __future__ import annotations

import asyncio
import ipaddress
import re
import socket
from typing import NamedTuple

from whywire.apps.proxy import trouble
from whywire.apps.proxy.settings import Guard
from whywire.base.errors import WhywireError

PORTS = {"http": 80, "https": 443}
AUTHORITY = re.compile(r"(?P<host>\[[0-9A-Fa-f:.]+\]|[^\s/?#@:\[\],]+)(?::(?P<port>[0-9]{0,5}))?")
ABSOLUTE = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.\-]*)://(?P<authority>[^/?#]*)(?P<path>[^#]*)")
Address = tuple[int, str]
"""Family and address as text."""


class Place(NamedTuple):
    """An origin's place. ``host`` is in lower case, an IPv6 address without its brackets."""

    scheme: str
    host: str
    port: int

    @property
    def authority(self) -> str:
        """Host and port as Host and a URL write them: the scheme's own port is left out."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS.get(self.scheme) else f"{host}:{self.port}"

    def __str__(self) -> str:
        return f"{self.scheme}://{self.authority}"


def place(scheme: str, authority: str) -> Place | None:
    """Return the place that ``authority`` (host, or host:port) names; None when it names none."""
    match = AUTHORITY.fullmatch(authority)
    if match is None or scheme not in PORTS:
        return None
    port = int(match["port"]) if match["port"] else PORTS[scheme]
    return Place(scheme, match["host"].strip("[]").lower(), port) if 0 < port < 65536 else None


def split(target: str) -> tuple[Place, str] | None:
    """Return place and path (never empty) of an absolute-form target; None when it is none of http or https."""
    match = ABSOLUTE.fullmatch(target)
    found = place(match["scheme"].lower(), match["authority"]) if match else None
    if match is None or found is None:
        return None
    path = match["path"]
    return found, path if path.startswith("/") else f"/{path}"


def origin(text: str) -> Place:
    """Return the place that a user's ORIGIN names: a URL without a path. Raises WhywireError."""
    found = split(text)
    if found is None or found[1] != "/":
        raise WhywireError(f"the origin {text!r} is not of the form http://HOST[:PORT]",
                           "Name scheme, host and port only, as in http://127.0.0.1:8000.")
    return found[0]


async def addresses(where: Place, guard: Guard | None) -> list[Address]:
    """Return the addresses of ``where``, those only that ``guard`` allows. Raises UpstreamError.

    The caller connects to what this returns and asks no resolver again, so a name can't change in between.
    """
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(where.host, where.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise trouble.unknown_host(where.host) from error
    every: list[Address] = [(family, str(address[0])) for family, _, _, _, address in found]
    if guard is None or guard.private:
        return every
    allowed = [one for one in every if is_public(one[1])]
    if not allowed:
        raise trouble.prohibited(where.host, "its address is not a public one")
    return allowed


def is_public(text: str) -> bool:
    """Tell whether an address is one of the public internet, also when it is wrapped in an IPv6 one.

    By a table of our own: what `ipaddress` calls global differs between versions of Python.
    """
    address = ipaddress.ip_address(text.partition("%")[0])
    if isinstance(address, ipaddress.IPv4Address):
        return not any(address in one for one in SPECIAL_4)
    inner = address.ipv4_mapped or address.sixtofour
    if address in NAT64:
        inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    if inner is not None:
        return is_public(str(inner))
    return address in UNICAST_6 and not any(address in one for one in SPECIAL_6)


SPECIAL_4 = tuple(map(ipaddress.IPv4Network, (
    "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
    "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
    "224.0.0.0/4", "240.0.0.0/4")))
"""Special-purpose and multicast addresses (RFC 6890 and the IANA registry that it began, RFC 5771)."""
UNICAST_6 = ipaddress.IPv6Network("2000::/3")
"""All that IANA gives out. What lies outside is loopback, link-local, unique local, multicast, or nobody's."""
SPECIAL_6 = tuple(map(ipaddress.IPv6Network, ("2001::/23", "2001:db8::/32", "3fff::/20")))
"""Teredo, ORCHID and other protocols' own (2001::/23), and documentation."""
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
"""RFC 6052: the last four bytes are an IPv4 address."""
