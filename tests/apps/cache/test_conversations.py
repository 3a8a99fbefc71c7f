"""Every requirement as a conversation, through the engine: one test each, named after its section."""

from __future__ import annotations

import pytest

from tests.apps.cache.cases import extensions, freshness, partial, requests, stale, storing, validation, vary
from tests.apps.cache.conversations import Case
from tests.apps.cache.simulator import run

ALL: list[Case] = [one for part in (storing, freshness, stale, vary, validation, requests, partial, extensions)
                   for one in part.CASES]


@pytest.mark.parametrize("case", ALL, ids=[f"{case.section}: {case.claim}" for case in ALL])
def test_requirement(case: Case) -> None:
    run(case)


def test_a_wrong_expectation_is_seen() -> None:
    from tests.apps.cache.conversations import case, ok, turn
    with pytest.raises(AssertionError):
        run(case("0", "the checker checks", turn(origin=ok("cache-control: no-store")), turn(hit=0)))
    with pytest.raises(AssertionError):
        run(case("0", "the checker checks", turn(origin=ok("cache-control: max-age=60")), turn(origin=ok())))
    with pytest.raises(AssertionError):
        run(case("0", "the checker checks", turn(origin=ok("x: 1"), has=["x: 2"])))
