"""A thousand seeded mutations in all, each explained in every form and held against what is always true."""

from __future__ import annotations

import pytest

from tools.fuzz.corpus import captures
from tools.fuzz.explain import explain
from tools.fuzz.mutations import mutated

MUTATIONS = 1000
BATCH = 50
LARGEST = 16_000
SEEDS = [path.read_bytes() for path in captures(LARGEST)]


@pytest.mark.parametrize("first", range(0, MUTATIONS, BATCH))
def test_mutated(first: int) -> None:
    explained = 0
    for seed in range(first, first + BATCH):
        try:
            explained += explain(mutated(SEEDS[seed % len(SEEDS)], seed, 1 + seed % 4)) is not None
        except Exception as error:
            error.add_note(f"mutation {seed}")
            raise
    assert explained > BATCH // 2  # most mutations leave something to explain


def test_the_same_seed_gives_the_same() -> None:
    assert mutated(SEEDS[0], 7, 3) == mutated(SEEDS[0], 7, 3) != SEEDS[0]
