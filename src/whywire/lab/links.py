"""The network of a run: a namespace for each host, one for the wire, a veth pair from each to the wire."""

from __future__ import annotations

import ctypes
import fcntl
import os
import socket
from dataclasses import dataclass
from struct import pack

from whywire.lab import kernel
from whywire.lab.isolation import IsolationError, own_network, set_sysctls, small_tables_for_children
from whywire.lab.netlink import Netlink
from whywire.lab.plan import HostPlan

INTERFACE, INTERFACE_INDEX, FIRST_WIRE_INDEX = "eth0", 2, 10

_SIOCETHTOOL = 0x8946
_OFFLOADS = (0x17, 0x19, 0x1F, 0x24, 0x2C)
"""ETHTOOL_STXCSUM, SSG, STSO, SGSO, SGRO of linux/ethtool.h: with them captures hold 65 kB "packets" with
unfinished checksums, and a wire that copies frames never gets a connection open."""


@dataclass(frozen=True, slots=True)
class HostLink:
    """A host's end of the network. Descriptors stay open for the run."""

    host: HostPlan
    mac: bytes
    namespace: int
    """Of its network namespace, for setns."""
    tables: tuple[int, ...]
    """Of its /proc/net/tcp and tcp6: they show this namespace to whoever reads them."""
    wire_index: int
    """Interface of the wire's namespace that leads to the host."""

    @property
    def wire_name(self) -> str:
        """Name of that interface."""
        return f"wire{self.wire_index - FIRST_WIRE_INDEX}"


def mac_address(number: int) -> bytes:
    """Return the locally administered address of host ``number`` (from 1)."""
    return b"\x02\0\0\0" + pack(">H", number)


def build(hosts: tuple[HostPlan, ...]) -> list[HostLink]:
    """Make all namespaces and links; on return this process is in the wire's. Raises IsolationError."""
    links: list[HostLink] = []
    sockets: list[tuple[Netlink, socket.socket]] = []
    wire_namespace = own_network()
    set_sysctls()
    small_tables_for_children()
    for number, host in enumerate(hosts, start=1):
        namespace = own_network()
        set_sysctls()
        sockets.append((Netlink(), socket.socket(socket.AF_INET, socket.SOCK_DGRAM)))
        links.append(HostLink(host, mac_address(number), namespace, _tables(), FIRST_WIRE_INDEX + number))
    try:
        kernel.setns(wire_namespace, kernel.NEW_NET)
        os.close(wire_namespace)
        wire = Netlink()
        for link in links:
            wire.add_veth(link.wire_name, link.wire_index, INTERFACE, INTERFACE_INDEX, link.mac, link.namespace)
        wire.commit()
        wire.close()
    except OSError as error:
        raise IsolationError("a pair of virtual interfaces (veth)", error) from error
    for link, (route, control) in zip(links, sockets, strict=True):
        _configure(link, links, route, control)
    return links


def _tables() -> tuple[int, ...]:
    found = []
    for name in ("tcp", "tcp6"):
        try:
            found.append(os.open(f"/proc/thread-self/net/{name}", os.O_RDONLY | os.O_CLOEXEC))
        except FileNotFoundError:
            continue
    return tuple(found)


def _configure(link: HostLink, links: list[HostLink], route: Netlink, control: socket.socket) -> None:
    try:
        for command in _OFFLOADS:
            _ethtool(control, command)
        route.set_up(1)
        route.set_up(INTERFACE_INDEX)
        route.add_address(INTERFACE_INDEX, link.host.address)
        for other in links:
            if other is not link:
                route.add_neighbour(INTERFACE_INDEX, other.host.address, other.mac)
        route.commit()
    except OSError as error:
        raise IsolationError(f"the network of host {link.host.name}", error) from error
    route.close()
    control.close()


def _ethtool(control: socket.socket, command: int) -> None:
    """Set one on/off feature of eth0 to off; a driver that does not know it has it off."""
    value = ctypes.create_string_buffer(pack("=II", command, 0))
    request = pack("16sP16x", INTERFACE.encode(), ctypes.addressof(value))
    try:
        fcntl.ioctl(control, _SIOCETHTOOL, request)
    except OSError as error:
        if error.errno not in (95, 22):  # EOPNOTSUPP, EINVAL
            raise
