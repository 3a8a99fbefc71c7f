"""What to record: the common part of the filter language of pcap-filter(7), read into a tree.

Primitives: ``host A``, ``net A/N``, ``port P``, ``portrange P-Q``, each with ``src`` or ``dst`` before it, and ``tcp``,
``udp``, ``icmp``, ``icmp6``, ``ip``, ``ip6``, ``arp``, alone or before a primitive. ``not`` binds closest; ``and`` and
``or`` bind alike, from the left, as there. A value alone repeats the words before the last one: ``port 80 or 443``.
"""

from __future__ import annotations

import re
import socket
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import TypeAlias

from whywire.base.errors import WhywireError

PROTOCOLS = ("tcp", "udp", "icmp", "icmp6", "ip", "ip6", "arp")
_SIDES = ("src", "dst")
_KINDS = ("host", "net", "port", "portrange")
_NOT, _AND, _OR = ("not", "!"), ("and", "&&"), ("or", "||")
_RESERVED = {*PROTOCOLS, *_SIDES, *_KINDS, *_NOT, *_AND, *_OR, "(", ")"}
_TOKENS = re.compile(r"\s*(\(|\)|&&|\|\||!|[^\s()!&|]+)")
_DEEPEST = 50
_HINT = "a filter looks like: tcp port 80 and not host 10.0.0.1; \"whywire capture --help\" lists the words"


@dataclass(frozen=True, slots=True)
class Protocol:
    """A packet of this protocol: one of `PROTOCOLS`."""

    name: str


@dataclass(frozen=True, slots=True)
class Network:
    """An address in a network. ``side``: src, dst, or empty for either."""

    side: str
    network: IPv4Network | IPv6Network


@dataclass(frozen=True, slots=True)
class Ports:
    """A TCP or UDP port from ``first`` to ``last``, both included."""

    side: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Not:
    """The other packets."""

    of: Filter


@dataclass(frozen=True, slots=True)
class Both:
    """Both hold."""

    left: Filter
    right: Filter


@dataclass(frozen=True, slots=True)
class Either:
    """At least one holds."""

    left: Filter
    right: Filter


Filter: TypeAlias = Protocol | Network | Ports | Not | Both | Either


def parse(text: str) -> Filter:
    """Return the tree of a filter. Raises WhywireError for what is none."""
    words: list[str] = []
    at = 0
    text = text.strip()
    while at < len(text):
        match = _TOKENS.match(text, at)
        if match is None:
            raise WhywireError(f"the filter has {text[at:at + 10].strip()!r}, which is no word of a filter", _HINT)
        words.append(match[1])
        at = match.end()
    parser = _Parser(words)
    found = parser.whole(0)
    if parser.next is not None:
        raise WhywireError(f"the filter goes on with {parser.next!r}, where it could end", _HINT)
    return found


class _Parser:
    def __init__(self, words: list[str]) -> None:
        self._words = words
        self._at = 0
        self._before: tuple[str, str, str] | None = None  # protocol, side and kind of the last primitive

    @property
    def next(self) -> str | None:
        return self._words[self._at] if self._at < len(self._words) else None

    def _take(self, *wanted: str) -> str:
        """Return the next word if it is one of ``wanted``, and step over it; else nothing."""
        word = self.next
        if word is None or word not in wanted:
            return ""
        self._at += 1
        return word

    def whole(self, depth: int) -> Filter:
        """Read terms joined by and, or."""
        left = self._term(depth)
        while word := self._take(*_AND, *_OR):
            right = self._term(depth)
            left = Both(left, right) if word in _AND else Either(left, right)
        return left

    def _term(self, depth: int) -> Filter:
        if depth > _DEEPEST:
            raise WhywireError(f"the filter is nested more than {_DEEPEST} times", _HINT)
        if self._take(*_NOT):
            return Not(self._term(depth + 1))
        if self._take("("):
            inside = self.whole(depth + 1)
            if not self._take(")"):
                raise WhywireError("the filter has a ( without its )", _HINT)
            return inside
        return self._primitive()

    def _primitive(self) -> Filter:
        if self.next is not None and self.next not in _RESERVED and self._before is not None:
            return _primitive(*self._before, self._value(self._before[2]))
        protocol, side, kind = self._take(*PROTOCOLS), self._take(*_SIDES), self._take(*_KINDS)
        if not protocol and not side and not kind:
            what = "ends" if self.next is None else f"has {self.next!r}"
            raise WhywireError(f"the filter {what} where a word like tcp, host or port is needed", _HINT)
        if not side and not kind:
            return Protocol(protocol)
        kind = kind or "host"
        self._before = protocol, side, kind
        return _primitive(protocol, side, kind, self._value(kind))

    def _value(self, kind: str) -> str:
        word = self.next
        if word is None or word in _RESERVED:
            raise WhywireError(f"the filter has {kind} without what belongs behind it", _HINT)
        self._at += 1
        return word


def _primitive(protocol: str, side: str, kind: str, value: str) -> Filter:
    if kind in ("port", "portrange"):
        first, _, last = value.partition("-") if kind == "portrange" else (value, "", value)
        made: Filter = Ports(side, _port(first), _port(last))
    elif kind == "net":
        try:
            made = Network(side, ip_network(value, strict=False))
        except ValueError:
            raise WhywireError(f"{value!r} in the filter is no network", "write it like 10.0.0.0/8") from None
    else:
        made = _host(side, value)
    return Both(Protocol(protocol), made) if protocol else made


def _port(text: str) -> int:
    if text.isascii() and text.isdigit() and int(text) <= 0xFFFF:
        return int(text)
    try:
        return socket.getservbyname(text)
    except (OSError, ValueError):
        raise WhywireError(f"{text!r} in the filter is no port", "ports are numbers from 0 to 65535") from None


def _host(side: str, name: str) -> Filter:
    """Return a filter for an address, or for all those that a name stands for."""
    try:
        found = [ip_address(name)]
    except ValueError:
        try:
            known = socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)
        except (OSError, ValueError):
            raise WhywireError(f"{name!r} in the filter is no address, and no name that is known here",
                               "write the address: host 10.0.0.1") from None
        found = list(dict.fromkeys(ip_address(str(address[0]).partition("%")[0]) for *_, address in known))
    made: Filter = Network(side, ip_network(found[0]))
    for other in found[1:]:
        made = Either(made, Network(side, ip_network(other)))
    return made
