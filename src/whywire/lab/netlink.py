"""rtnetlink by hand: the few messages that a virtual network takes (rtnetlink(7), linux/if_link.h)."""

from __future__ import annotations

import os
import socket
from struct import Struct, calcsize, pack

_HEADER = Struct("=IHHII")
_NEW_LINK, _NEW_ADDRESS, _NEW_NEIGHBOUR = 16, 20, 28
_REQUEST, _ACK, _EXCLUSIVE, _CREATE = 1, 4, 0x200, 0x400
_ERROR = 2
_UP = 1

_IFLA_ADDRESS, _IFLA_NAME, _IFLA_MTU, _IFLA_LINKINFO, _IFLA_NET_NS_FD = 1, 3, 4, 18, 28
_INFO_KIND, _INFO_DATA, _VETH_PEER = 1, 2, 1
_IFA_ADDRESS, _IFA_LOCAL = 1, 2
_NDA_DESTINATION, _NDA_LINK_ADDRESS = 1, 2
_PERMANENT = 0x80

MTU = 1500


def _attribute(kind: int, value: bytes) -> bytes:
    return pack("=HH", len(value) + 4, kind) + value + bytes(-len(value) & 3)


def _link(index: int, flags: int = 0) -> bytes:
    return pack("=BxHiII", 0, 0, index, flags, flags)


class Netlink:
    """A route socket of the network namespace in which it was made; it stays there."""

    def __init__(self) -> None:
        self._socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE)
        self._pending: list[bytes] = []

    def _add(self, kind: int, body: bytes, flags: int = _CREATE | _EXCLUSIVE) -> None:
        length = _HEADER.size + len(body)
        number = len(self._pending) + 1
        self._pending.append(_HEADER.pack(length, kind, _REQUEST | _ACK | flags, number, 0) + body)

    def add_veth(self, name: str, index: int, peer: str, peer_index: int, peer_mac: bytes, peer_ns: int) -> None:
        """Ask for a pair of interfaces, its far end in the namespace of descriptor ``peer_ns``."""
        far = (_link(peer_index) + _attribute(_IFLA_NAME, peer.encode() + b"\0")
               + _attribute(_IFLA_ADDRESS, peer_mac) + _attribute(_IFLA_MTU, pack("=I", MTU))
               + _attribute(_IFLA_NET_NS_FD, pack("=I", peer_ns)))
        info = (_attribute(_INFO_KIND, b"veth\0")
                + _attribute(_INFO_DATA, _attribute(_VETH_PEER, far)))
        self._add(_NEW_LINK, _link(index, _UP) + _attribute(_IFLA_NAME, name.encode() + b"\0")
                  + _attribute(_IFLA_MTU, pack("=I", MTU)) + _attribute(_IFLA_LINKINFO, info))

    def set_up(self, index: int) -> None:
        """Ask for an interface to be up."""
        self._add(_NEW_LINK, _link(index, _UP), 0)

    def add_address(self, index: int, address: str, prefix: int = 24) -> None:
        """Ask for an IPv4 address."""
        raw = socket.inet_aton(address)
        self._add(_NEW_ADDRESS, pack("=BBBBI", socket.AF_INET, prefix, 0, 0, index)
                  + _attribute(_IFA_LOCAL, raw) + _attribute(_IFA_ADDRESS, raw))

    def add_neighbour(self, index: int, address: str, mac: bytes) -> None:
        """Ask for a permanent neighbour, so that no ARP is on the wire."""
        self._add(_NEW_NEIGHBOUR, pack("=BxHiHBB", socket.AF_INET, 0, index, _PERMANENT, 0, 0)
                  + _attribute(_NDA_DESTINATION, socket.inet_aton(address))
                  + _attribute(_NDA_LINK_ADDRESS, mac))

    def commit(self) -> None:
        """Send what was asked for. Raises OSError of the first message that the kernel refused."""
        wanted = len(self._pending)
        self._socket.send(b"".join(message + bytes(-len(message) & 3) for message in self._pending))
        self._pending.clear()
        while wanted:
            data = self._socket.recv(65536)
            at = 0
            while at < len(data):
                length, kind, _, _, _ = _HEADER.unpack_from(data, at)
                if kind == _ERROR:
                    wanted -= 1
                    code = int.from_bytes(data[at + _HEADER.size : at + _HEADER.size + calcsize("=i")],
                                          "little", signed=True)
                    if code:
                        raise OSError(-code, os.strerror(-code))
                at += (length + 3) & ~3

    def close(self) -> None:
        """Close the socket."""
        self._socket.close()
