"""A filter as a program of the kernel's classic packet filter (Documentation/networking/filter.rst).

Loads count from the network header (SKF_NET_OFF) and ask the kernel for the protocol (SKF_AD_PROTOCOL), so that one
program fits every kind of interface, and frames whose VLAN tag the kernel has taken off.
"""

from __future__ import annotations

import ctypes
import socket
from struct import pack
from typing import NamedTuple

from whywire.base.errors import WhywireError
from whywire.lab.filters import Both, Either, Filter, Network, Not, Ports, Protocol

WORD, HALF, BYTE = 0x20, 0x28, 0x30
"""BPF_LD | size | BPF_ABS."""
HALF_INDEXED, HEADER_LENGTH = 0x48, 0xB1
"""BPF_LD | BPF_H | BPF_IND; BPF_LDX | BPF_B | BPF_MSH: X = 4 * (byte & 15)."""
EQUAL, GREATER, AT_LEAST, ANY_BIT, MASK, RETURN = 0x15, 0x25, 0x35, 0x45, 0x54, 0x06
NETWORK, PROTOCOL = 0xFFF00000, 0xFFFFF000
"""SKF_NET_OFF and SKF_AD_OFF + SKF_AD_PROTOCOL as the unsigned numbers they are in a program."""
WHOLE = 0x40000
"""Bytes of a frame that are kept (libpcap's limit)."""
MOST = 4096
"""BPF_MAXINSNS."""

_IPV4, _IPV6, _ARP = 0x0800, 0x86DD, 0x0806
_TCP, _UDP = 6, 17
_ALONE = {"ip": (_IPV4,), "ip6": (_IPV6,), "arp": (_ARP,)}
_INSIDE = {"tcp": ((_IPV4, _TCP), (_IPV6, _TCP)), "udp": ((_IPV4, _UDP), (_IPV6, _UDP)), "icmp": ((_IPV4, 1),),
           "icmp6": ((_IPV6, 58),)}
_SO_ATTACH_FILTER = 26
_FRAGMENT = 0x1FFF


class Instruction(NamedTuple):
    """struct sock_filter."""

    code: int
    yes: int
    no: int
    value: int


class _Draft(NamedTuple):
    """An instruction whose jumps are labels; -1: it does not jump."""

    code: int
    value: int
    yes: int = -1
    no: int = -1


def compile_filter(tree: Filter) -> list[Instruction]:
    """Return the program that keeps what the filter holds for. Raises WhywireError where it gets too long."""
    code = _Code()
    yes, no = code.label(), code.label()
    code.tests(tree, yes, no)
    code.place(yes)
    code.add(RETURN, WHOLE)
    code.place(no)
    code.add(RETURN, 0)
    return code.finished()


def attach(sock: socket.socket, program: list[Instruction]) -> None:
    """Give a socket its filter (socket(7), SO_ATTACH_FILTER). Raises OSError."""
    raw = ctypes.create_string_buffer(b"".join(pack("=HBBI", *each) for each in program))
    sock.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, pack("@HP", len(program), ctypes.addressof(raw)))


class _Code:
    def __init__(self) -> None:
        self._drafts: list[_Draft] = []
        self._places: list[int] = []

    def label(self) -> int:
        self._places.append(-1)
        return len(self._places) - 1

    def place(self, label: int) -> None:
        self._places[label] = len(self._drafts)

    def add(self, code: int, value: int) -> None:
        self._drafts.append(_Draft(code, value))

    def jump(self, code: int, value: int, yes: int, no: int) -> None:
        self._drafts.append(_Draft(code, value, yes, no))

    def finished(self) -> list[Instruction]:
        """Return the program with its jumps as distances."""
        found = []
        for at, draft in enumerate(self._drafts, 1):
            yes, no = (self._places[label] - at if label >= 0 else 0 for label in (draft.yes, draft.no))
            if max(yes, no) > 255 or len(self._drafts) > MOST:
                raise WhywireError("the filter is too long for the kernel",
                                   "record more, and choose afterwards: whywire explain --connection")
            found.append(Instruction(draft.code, yes, no, draft.value))
        return found

    def tests(self, tree: Filter, yes: int, no: int) -> None:
        """Write what jumps to ``yes`` or ``no``."""
        match tree:
            case Not():
                self.tests(tree.of, no, yes)
            case Both():
                middle = self.label()
                self.tests(tree.left, middle, no)
                self.place(middle)
                self.tests(tree.right, yes, no)
            case Either():
                middle = self.label()
                self.tests(tree.left, yes, middle)
                self.place(middle)
                self.tests(tree.right, yes, no)
            case Protocol():
                self._protocol(tree.name, yes, no)
            case Network():
                self._network(tree, yes, no)
            case Ports():
                self._ports(tree, yes, no)

    def step(self, code: int, value: int, no: int) -> None:
        """Go on where the test holds, else jump to ``no``."""
        here = self.label()
        self.jump(code, value, here, no)
        self.place(here)

    def _protocol(self, name: str, yes: int, no: int) -> None:
        for ethertype in _ALONE.get(name, ()):
            self.add(HALF, PROTOCOL)
            self.jump(EQUAL, ethertype, yes, no)
        inside = _INSIDE.get(name, ())
        for number, (ethertype, protocol) in enumerate(inside, 1):
            other = no if number == len(inside) else self.label()
            self.add(HALF, PROTOCOL)
            self.step(EQUAL, ethertype, other)
            self.add(BYTE, NETWORK + (9 if ethertype == _IPV4 else 6))
            self.jump(EQUAL, protocol, yes, other)
            if other != no:
                self.place(other)

    def _network(self, test: Network, yes: int, no: int) -> None:
        four = test.network.version == 4
        self.add(HALF, PROTOCOL)
        self.step(EQUAL, _IPV4 if four else _IPV6, no)
        size = 4 if four else 16
        sides = {"src": (0,), "dst": (1,)}.get(test.side, (0, 1))
        for side in sides:
            other = no if side == sides[-1] else self.label()
            self._address(test, (12 if four else 8) + side * size, other)
            self.jump(AT_LEAST, 0, yes, yes)
            if other != no:
                self.place(other)

    def _address(self, test: Network, at: int, no: int) -> None:
        """Go on where the address at this place of the header is in the network."""
        wanted, mask = test.network.network_address.packed, test.network.netmask.packed
        for word in range(0, len(wanted), 4):
            bits = int.from_bytes(mask[word:word + 4], "big")
            if bits:
                self.add(WORD, NETWORK + at + word)
                self.add(MASK, bits)
                self.step(EQUAL, int.from_bytes(wanted[word:word + 4], "big"), no)

    def _ports(self, test: Ports, yes: int, no: int) -> None:
        sixth, four_ports, six_ports, six = (self.label() for _ in range(4))
        self.add(HALF, PROTOCOL)
        self.step(EQUAL, _IPV4, sixth)
        self.add(BYTE, NETWORK + 9)
        udp = self.label()
        self.jump(EQUAL, _TCP, four_ports, udp)
        self.place(udp)
        self.jump(EQUAL, _UDP, four_ports, no)
        self.place(four_ports)
        self.add(HALF, NETWORK + 6)
        whole = self.label()
        self.jump(ANY_BIT, _FRAGMENT, no, whole)
        self.place(whole)
        self.add(HEADER_LENGTH, NETWORK)
        self._port(test, HALF_INDEXED, 0, yes, no)
        self.place(sixth)
        self.jump(EQUAL, _IPV6, six, no)
        self.place(six)
        self.add(BYTE, NETWORK + 6)
        udp6 = self.label()
        self.jump(EQUAL, _TCP, six_ports, udp6)
        self.place(udp6)
        self.jump(EQUAL, _UDP, six_ports, no)
        self.place(six_ports)
        self._port(test, HALF, 40, yes, no)

    def _port(self, test: Ports, load: int, at: int, yes: int, no: int) -> None:
        sides = {"src": (0,), "dst": (2,)}.get(test.side, (0, 2))
        for side in sides:
            other = no if side == sides[-1] else self.label()
            self.add(load, NETWORK + at + side)
            self.step(AT_LEAST, test.first, other)
            self.jump(GREATER, test.last, other, yes)
            if other != no:
                self.place(other)
