"""Where a capture was taken, as far as it shows: the times of the handshake, and hop counts that were never lowered."""

from __future__ import annotations

from collections.abc import Sequence

from whywire.connections.causes.say import reason
from whywire.connections.model import Certainty, Opening, Side, Vantage
from whywire.connections.places import (
    AT_CLIENT,
    AT_SERVER,
    BETWEEN,
    NO_TIME,
    NO_TTL,
    UNSURE,
    place_by_hops,
    place_of,
)
from whywire.connections.scene import Line
from whywire.connections.why import Why

UNKNOWN = Vantage("unknown", Certainty.LIKELY, reason(Why.VANTAGE_UNKNOWN))


def find_vantage(
    view: str, addresses: tuple[bytes, bytes], hosts: dict[Side, str | None], opening: Opening,
    ttls: dict[Side, int | None],
) -> Vantage:
    """Return where the packets were recorded, with the evidence.

    ``addresses`` are the raw ones of client and server, ``ttls`` the hop counts of their first packets.
    """
    if view == "merged":
        return Vantage("both", Certainty.KNOWN, reason(Why.VANTAGE_BOTH))
    if view.startswith("at "):
        place = next((side for side in Side if hosts.get(side) == view[3:]), None)
        if place is not None:
            why = Why.VANTAGE_CLIENT if place is Side.CLIENT else Why.VANTAGE_SERVER
            return Vantage(place.value, Certainty.KNOWN, reason(why, near_ns=None, far_ns=None))
    client, server = addresses
    if client == server or (len(client) == 4 and client[0] == server[0] == 127):
        return Vantage("one host", Certainty.INFERRED, reason(Why.VANTAGE_LOOPBACK))
    times, hops = _numbers(opening, ttls)
    found = place_of(*times, *hops)
    if found in (AT_CLIENT, AT_SERVER):
        side = Side.CLIENT if found == AT_CLIENT else Side.SERVER
        near, far = _times(opening, side)
        certainty = Certainty.LIKELY if place_by_hops(*hops) == UNSURE else Certainty.INFERRED
        why = Why.VANTAGE_CLIENT if side is Side.CLIENT else Why.VANTAGE_SERVER
        return Vantage(side.value, certainty, reason(why, near_ns=near, far_ns=far))
    if found == BETWEEN:
        return Vantage("between", Certainty.LIKELY, reason(Why.VANTAGE_BETWEEN))  # both came through routers
    return UNKNOWN


def _numbers(opening: Opening, ttls: dict[Side, int | None]) -> tuple[tuple[int, int], tuple[int, int]]:
    times = tuple(NO_TIME if each is None else each for each in (opening.syn_to_synack_ns, opening.synack_to_ack_ns))
    hops = tuple(NO_TTL if each is None else each for each in (ttls.get(side) for side in Side))
    return (times[0], times[1]), (hops[0], hops[1])


def _times(opening: Opening, near: Side) -> tuple[int | None, int | None]:
    times = (opening.synack_to_ack_ns, opening.syn_to_synack_ns)
    return times if near is Side.CLIENT else (times[1], times[0])


def contradicted(vantage: Vantage, lines: Sequence[Line]) -> bool:
    """Tell whether an ACK came back much sooner than the round trip that the handshake seemed to show."""
    far = vantage.reason.params.get("far_ns")
    if vantage.certainty is not Certainty.LIKELY or not isinstance(far, int):
        return False
    return any(line.sender.value != vantage.place and line.is_pure_ack() and line.newest is not None
               and line.newest.length and 2 * (line.time_ns - line.newest.time_ns) < far for line in lines)


def agree(vantages: Sequence[Vantage], addresses: Sequence[tuple[bytes, bytes]]) -> list[Vantage]:
    """Return the vantage points with contradictions taken out.

    A capture has one place, seen from two hosts. Where connections between the same hosts say different things, or
    one of them can't tell, the times were decided by chance, and none of them is believed.
    """
    said: dict[frozenset[bytes], set[bytes | None]] = {}
    for vantage, ends in zip(vantages, addresses, strict=True):
        if vantage.certainty is not Certainty.KNOWN:
            place = {"client": ends[0], "server": ends[1]}.get(vantage.place)
            said.setdefault(frozenset(ends), set()).add(place)
    return [
        UNKNOWN if vantage.place in ("client", "server") and vantage.certainty is not Certainty.KNOWN
        and len(said[frozenset(ends)]) > 1 else vantage
        for vantage, ends in zip(vantages, addresses, strict=True)
    ]
