"""Life lines: one a host, clients left, servers right, what is both (a proxy) between them.

Of a host that talks to itself (loopback) one a program, as far as that is known: by its trace, by where it listens, and
by the requests that a proxy passes on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from whywire.story.records import Connection, Side
from whywire.story.roles import Roles

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


End = tuple[Connection, Side]


def lanes(connections: Iterable[Connection], roles: Roles | None = None) -> Lanes:
    """Return the life lines. ``roles``: which ends are one proxy."""
    connections, roles = tuple(connections), roles or Roles()
    keys = _keys(connections, roles, apart=True)
    if len(set(keys.values())) > MOST:  # a host that listens at many places
        keys = _keys(connections, roles, apart=False)
    ends: dict[str, list[End]] = {}
    for each in connections:
        for side in Side:
            ends.setdefault(keys[each.number, side], []).append((each, side))
    sides = {key: {side for _, side in own} for key, own in ends.items()}
    order = sorted(ends, key=lambda key: (len(sides[key]) == 1 and Side.SERVER in sides[key], len(sides[key]) == 2))
    index = {key: at for at, key in enumerate(order)}
    return Lanes(tuple(_lane(ends[key], roles) for key in order), {end: index[key] for end, key in keys.items()})


def _keys(connections: tuple[Connection, ...], roles: Roles, *, apart: bool) -> dict[tuple[int, Side], str]:
    """Return what names the life line of each end. ``apart``: servers of one host by where they listen."""
    local = {_host(each, Side.CLIENT) for each in connections if _host(each, Side.CLIENT) == _host(each, Side.SERVER)}
    keys: dict[tuple[int, Side], str] = {}
    for each in connections:
        for side in Side:
            end, host = each.end(side), _host(each, side)
            if host not in local:
                keys[each.number, side] = host
            elif end.program:
                keys[each.number, side] = f"{host} {end.program}"
            elif side is Side.SERVER and (apart or (each.number, side) in roles.proxies):
                keys[each.number, side] = end.endpoint
            else:
                keys[each.number, side] = f"{host} {side.value}"
    for asked, opened in roles.legs:
        door, leg = (asked, Side.SERVER), (opened, Side.CLIENT)
        if door in keys and leg in keys and keys[leg].endswith(f" {Side.CLIENT.value}"):
            keys[leg] = keys[door]
    return keys


def _host(connection: Connection, side: Side) -> str:
    end = connection.end(side)
    return end.host or end.endpoint.rpartition(":")[0]


def _lane(ends: list[End], roles: Roles) -> Lane:
    first, side = ends[0]
    end = first.end(side)
    sides = {of for _, of in ends}
    listening = list(dict.fromkeys(connection.server.endpoint for connection, of in ends if of is Side.SERVER))
    endpoints = listening or list(dict.fromkeys(connection.end(of).endpoint for connection, of in ends))
    address = endpoints[0] if len(endpoints) == 1 and (len(sides) == 1 or _is_proxy(ends, roles)) \
        else end.endpoint.rpartition(":")[0]
    title = end.host or (side.value if len(sides) == 1 else "")
    programs = list(dict.fromkeys(program for connection, of in ends if (program := connection.end(of).program)))
    if programs:
        title = f"{title} ({', '.join(programs[:2])})" if title else programs[0]
    elif not end.host and _is_proxy(ends, roles):
        title = next(name for connection, of in ends if (name := roles.title(connection.number, of)))
    return Lane(title or address, address)


def _is_proxy(ends: list[End], roles: Roles) -> bool:
    return any((connection.number, side) in roles.proxies for connection, side in ends)
