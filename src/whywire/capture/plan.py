"""Who is who in a ladder: what it declares, and the defaults for what it leaves out.

Hosts get 10.0.0.1, 10.0.0.2, ... in the order in which they appear; connections ports 50001, 50002, ... to 80
(or the port of the client's first connect) and initial sequence numbers that are easy to recognise.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import ip_address

from whywire.base.address import endpoint
from whywire.ladder.records import (
    CallLine,
    ConnectionLine,
    HostLine,
    Ladder,
    PacketLine,
    ProgramLine,
)
from whywire.ladder.scanner import LadderError

_PORT = re.compile(r"([0-9]{1,5})\W*$")


@dataclass(frozen=True, slots=True)
class Connection:
    """A connection of the ladder, nothing left open."""

    tag: str
    client: str
    client_port: int
    server: str
    server_port: int
    client_isn: int
    server_isn: int

    def port(self, host: str) -> int:
        """Return the port of ``host``'s end."""
        return self.client_port if host == self.client else self.server_port

    def isn(self, host: str) -> int:
        """Return the initial sequence number of ``host``'s end."""
        return self.client_isn if host == self.client else self.server_isn

    def other(self, host: str) -> str:
        """Return the host at the other end."""
        return self.server if host == self.client else self.client


class Plan:
    """The hosts (name -> raw address, in order), the connections, the programs of a ladder."""

    def __init__(self, ladder: Ladder) -> None:
        """Raises LadderError for a ladder that contradicts itself."""
        self.hosts = _hosts(ladder)
        self.programs = {line.host: line for line in ladder.lines if isinstance(line, ProgramLine)}
        self.connections: list[Connection] = []
        self._tags: dict[str, Connection] = {}
        self._hints = _server_ports(ladder)
        declared = [line for line in ladder.lines if isinstance(line, ConnectionLine)]
        self._reserved = {line.tag for line in declared} | {line.tag for line in ladder.packets if line.tag}
        for line in declared:
            self._declare(line)
        for packet in ladder.packets:
            self.connection_of(packet)

    def number(self, host: str) -> int:
        """Return the place of a host in the order of appearance, from 1."""
        return list(self.hosts).index(host) + 1

    def endpoint(self, connection: Connection, host: str) -> str:
        """Return ``host``'s end of a connection as text."""
        return endpoint(self.hosts[host], connection.port(host))

    def tagged(self, tag: str, line: int) -> Connection:
        """Return a connection by its tag. Raises LadderError when there is none."""
        if tag not in self._tags:
            raise LadderError(line, 0, f"there is no connection {tag}; no packet and no declaration has this tag")
        return self._tags[tag]

    def connection_of(self, packet: PacketLine) -> Connection:
        """Return the connection of a packet: by its tag, by its ports, or the first one between its hosts."""
        for connection in self.connections:
            between = {connection.client, connection.server} == {packet.sender, packet.receiver}
            if packet.tag is not None:
                if connection.tag == packet.tag:
                    self._check(connection, packet, between)
                    return connection
            elif between and (packet.sender_port is None or (
                    connection.port(packet.sender) == packet.sender_port
                    and connection.port(packet.receiver) == packet.receiver_port)):
                return connection
        return self._add(packet.tag or self._free_tag(), packet.sender, packet.sender_port, packet.receiver,
                         packet.receiver_port, packet.line)

    def _check(self, connection: Connection, packet: PacketLine, between: bool) -> None:
        if not between:
            raise LadderError(packet.line, 0, f"{connection.tag} is between {connection.client} and "
                              f"{connection.server}, this packet goes from {packet.sender} to {packet.receiver}")
        if packet.sender_port is not None and (connection.port(packet.sender) != packet.sender_port
                                               or connection.port(packet.receiver) != packet.receiver_port):
            raise LadderError(packet.line, 0, f"{connection.tag} has other ports than this packet")

    def _declare(self, line: ConnectionLine) -> None:
        if line.tag in self._tags:
            raise LadderError(line.line, 0, f"{line.tag} is declared twice")
        self._add(line.tag, line.client, line.client_port, line.server, line.server_port, line.line,
                  line.client_isn, line.server_isn)

    def _free_tag(self) -> str:
        number = 1
        while f"c{number}" in self._reserved:
            number += 1
        self._reserved.add(f"c{number}")
        return f"c{number}"

    def _add(self, tag: str, client: str, client_port: int | None, server: str, server_port: int | None, line: int,
             client_isn: int | None = None, server_isn: int | None = None) -> Connection:
        if len(self.hosts[client]) != len(self.hosts[server]):
            raise LadderError(line, 0, f"{client} and {server} have addresses of different IP versions")
        number = len(self.connections) + 1
        connection = Connection(
            tag, client, 50_000 + number if client_port is None else client_port,
            server, self._hints.get(client, 80) if server_port is None else server_port,
            1_000_000 * number if client_isn is None else client_isn,
            2_000_000_000 + 1_000_000 * number if server_isn is None else server_isn)
        self.connections.append(connection)
        self._tags[tag] = connection
        return connection


def _hosts(ladder: Ladder) -> dict[str, bytes]:
    """Return the hosts' raw addresses, in order of appearance."""
    names: dict[str, bytes | None] = {}
    for line in ladder.lines:
        if isinstance(line, HostLine):
            raw = ip_address(line.address).packed
            if names.get(line.name) is not None:
                raise LadderError(line.line, 0, f"host {line.name} is declared twice")
            if raw in names.values():
                raise LadderError(line.line, 0, f"{line.address} is the address of another host already")
            names[line.name] = raw
        elif isinstance(line, ConnectionLine):
            names.setdefault(line.client, None)
            names.setdefault(line.server, None)
        elif isinstance(line, PacketLine):
            names.setdefault(line.sender, None)
            names.setdefault(line.receiver, None)
        elif isinstance(line, CallLine):
            names.setdefault(line.host, None)
    taken = set(names.values())
    free = (raw for number in range(1, 1 << 16) if (raw := bytes((10, 0, number >> 8, number & 255))) not in taken)
    return {name: next(free) if raw is None else raw for name, raw in names.items()}


def _server_ports(ladder: Ladder) -> dict[str, int]:
    """Return the port that each host's first connect names: ``connect(b:80)``, ``connect(('server', 80))``."""
    ports: dict[str, int] = {}
    for call in ladder.calls:
        match = _PORT.search(call.args) if call.name == "connect" else None
        if match and call.host not in ports and int(match[1]) < 65536:
            ports[call.host] = int(match[1])
    return ports
