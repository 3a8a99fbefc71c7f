"""Where a capture was taken, as far as it shows: the times of the handshake, and hop counts that were never lowered."""

from __future__ import annotations

from collections.abc import Sequence

from whywire.connections.causes.say import reason
from whywire.connections.model import Certainty, Opening, Side, Vantage
from whywire.connections.scene import Line
from whywire.connections.why import Why

INITIAL_TTLS = (64, 128, 255)
FACTOR = 4
"""The far half of the handshake must take this many times as long as the near one before it tells anything."""
LEAST_NS = 100_000
"""Shorter round trips than this are not a network's; scheduling decides them."""
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
    by_times = _by_times(opening)
    by_hops = _by_hops(ttls)
    if by_hops is not None and (by_times is None or by_times.place == by_hops.value):
        why = Why.VANTAGE_CLIENT if by_hops is Side.CLIENT else Why.VANTAGE_SERVER
        near, far = _times(opening, by_hops)
        return Vantage(by_hops.value, Certainty.INFERRED, reason(why, near_ns=near, far_ns=far))
    if all(ttl is not None and ttl not in INITIAL_TTLS for ttl in ttls.values()):
        return Vantage("between", Certainty.LIKELY, reason(Why.VANTAGE_BETWEEN))  # both came through routers
    if by_times is not None and by_hops is None:
        return by_times
    return UNKNOWN


def _times(opening: Opening, near: Side) -> tuple[int | None, int | None]:
    times = (opening.synack_to_ack_ns, opening.syn_to_synack_ns)
    return times if near is Side.CLIENT else (times[1], times[0])


def _by_times(opening: Opening) -> Vantage | None:
    """At the client the SYN-ACK takes a round trip and the third packet none; at the server the other way round."""
    to_server, to_client = opening.syn_to_synack_ns, opening.synack_to_ack_ns
    if to_server is None or to_client is None or max(to_server, to_client) < LEAST_NS:
        return None
    if to_server >= FACTOR * max(to_client, 1):
        return Vantage("client", Certainty.LIKELY, reason(Why.VANTAGE_CLIENT, near_ns=to_client, far_ns=to_server))
    if to_client >= FACTOR * max(to_server, 1):
        return Vantage("server", Certainty.LIKELY, reason(Why.VANTAGE_SERVER, near_ns=to_server, far_ns=to_client))
    return None


def _by_hops(ttls: dict[Side, int | None]) -> Side | None:
    """A hop count that still has its initial value was set on this link; the other one came through routers."""
    fresh = [side for side in Side if ttls.get(side) in INITIAL_TTLS]
    if len(fresh) != 1 or any(ttls.get(side) is None for side in Side):
        return None
    return fresh[0]


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
