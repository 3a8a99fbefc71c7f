from __future__ import annotations

import random

from whywire.connections.flows import Connections
from whywire.connections.index import FACTOR, MOST_STEPS, SMALLEST, Index


def filled(pairs: list[tuple[int, int]]) -> Index:
    """Return an index that holds the pairs, each as a connection."""
    connections = Connections()
    found = Index(connections)
    for one, other in pairs:
        number = connections.grow()
        connections.client[number], connections.server[number] = one, other
        found.put(one, other, number)
    return found


def test_a_pair_is_found_from_both_sides_among_many() -> None:
    dice = random.Random(1)
    pairs = list({(dice.randrange(1 << 48), dice.randrange(1 << 48)) for _ in range(5000)})
    index = filled(pairs)
    assert all(index.find(*pair) == number for number, pair in enumerate(pairs))
    assert all(index.find(other, one) == number for number, (one, other) in enumerate(pairs))
    assert index.find(1, 2) == -1


def test_a_pair_that_is_used_again_means_the_newer_connection() -> None:
    index = filled([(5, 6), (7, 8), (6, 5)])
    assert index.find(5, 6) == 2
    assert index.used == 2


def test_pairs_that_were_chosen_to_collide_change_the_factor() -> None:
    pairs = []
    high = 0
    while len(pairs) < MOST_STEPS + 50:  # all in one slot of the first table, by the first factor
        high += 1
        mixed = (high << 9 ^ high >> 17) & 0x7FFFFFFF
        if (mixed * FACTOR >> 15) & (SMALLEST - 1) == 3:
            pairs.append((0, high))
    index = filled(pairs)
    assert index.factor != FACTOR
    assert all(index.find(*pair) == number for number, pair in enumerate(pairs))
