"""Life lines: one a host, clients left, servers right, what is both (a proxy) between them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from whywire.story.records import Connection, Side

MOST = 5
"""More life lines than this are no picture."""


class Lane(NamedTuple):
    """A life line."""

    title: str
    address: str
    """Where it is, or both, where the title is its program."""


class Lanes(NamedTuple):
    """The life lines of some connections, from left to right, and the one of each end."""

    lanes: tuple[Lane, ...]
    place: Mapping[tuple[int, Side], int]
    """Connection number and side -> index."""


def lanes(connections: Iterable[Connection]) -> Lanes:
    """Return the life lines. An address that talks to itself (loopback) gets one a side."""
    connections = tuple(connections)
    both = {_host(each, Side.CLIENT) for each in connections if _host(each, Side.CLIENT) == _host(each, Side.SERVER)}
    keys: dict[tuple[int, Side], str] = {}
    roles: dict[str, set[Side]] = {}
    ends: dict[str, list[tuple[Connection, Side]]] = {}
    for each in connections:
        for side in Side:
            host = _host(each, side)
            key = f"{host} {side.value}" if host in both else host
            keys[each.number, side] = key
            roles.setdefault(key, set()).add(side)
            ends.setdefault(key, []).append((each, side))
    order = sorted(roles, key=lambda key: (len(roles[key]) == 1 and Side.SERVER in roles[key], len(roles[key]) == 2))
    index = {key: at for at, key in enumerate(order)}
    return Lanes(tuple(_lane(ends[key]) for key in order), {end: index[key] for end, key in keys.items()})


def _host(connection: Connection, side: Side) -> str:
    end = connection.end(side)
    return end.host or end.endpoint.rpartition(":")[0]


def _lane(ends: list[tuple[Connection, Side]]) -> Lane:
    first, side = ends[0]
    end = first.end(side)
    endpoints = list(dict.fromkeys(connection.end(of).endpoint for connection, of in ends))
    address = endpoints[0] if len(endpoints) == 1 else end.endpoint.rpartition(":")[0]
    sides = {of for _, of in ends}
    title = end.host or (side.value if len(sides) == 1 else "")
    programs = list(dict.fromkeys(program for connection, of in ends if (program := connection.end(of).program)))
    if programs:
        title = f"{title} ({', '.join(programs[:2])})" if title else programs[0]
    return Lane(title or address, address)
