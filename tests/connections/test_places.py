from __future__ import annotations

import pytest

from whywire.connections.places import (
    AT_CLIENT,
    AT_HIGHER,
    AT_LOWER,
    AT_SERVER,
    BETWEEN,
    NO_TIME,
    NO_TTL,
    NOWHERE,
    UNSURE,
    HostPairs,
    place_of,
)


@pytest.mark.parametrize(("to_server", "to_client", "client", "server", "place"), [
    (20_000_000, 10_000, 60, 60, BETWEEN),
    (20_000_000, 10_000, 64, 128, AT_CLIENT),
    (10_000, 20_000_000, 64, 128, AT_SERVER),
    (20_000_000, 10_000, 64, 60, AT_CLIENT),
    (20_000_000, 10_000, 60, 64, UNSURE),  # they contradict each other
    (NO_TIME, NO_TIME, 60, 64, AT_SERVER),
    (NO_TIME, 10_000, 64, 64, UNSURE),
    (50_000, 1_000, 64, 64, UNSURE),  # too short to tell anything
    (20_000_000, 10_000_000, 64, 64, UNSURE),
    (20_000_000, 10_000, 64, NO_TTL, AT_CLIENT),
])
def test_the_place_that_times_and_hops_show(
    to_server: int, to_client: int, client: int, server: int, place: int,
) -> None:
    assert place_of(to_server, to_client, client, server) == place


def test_what_connections_of_two_hosts_say_is_taken_together() -> None:
    pairs = HostPairs()
    pairs.say(1, 2, AT_LOWER)
    pairs.say(2, 1, AT_HIGHER)
    for other in range(3, 2000):
        pairs.say(1, other, NOWHERE)
    assert pairs.said(2, 1) == AT_LOWER | AT_HIGHER
    assert pairs.said(1999, 1) == NOWHERE
