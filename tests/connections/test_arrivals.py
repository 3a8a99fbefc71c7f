"""What reached a side, by time: the same as a look at all of it."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Any, cast

import pytest

from whywire.connections import kinds as k
from whywire.connections.arrivals import Arrivals
from whywire.connections.scene import Line


@dataclass
class Came:
    """A packet as far as this is about it."""

    arrived_ns: int
    kinds: int
    ack: int | None
    length: int
    data_start: int
    step: Any
    lost: bool

    @property
    def data_end(self) -> int:
        return self.data_start + self.length


@pytest.mark.parametrize("seed", range(20))
def test_it_says_what_a_look_at_all_says(seed: int) -> None:
    random = Random(seed)
    lines = [Came(random.randrange(1000), random.choice((0, k.RST)), random.choice((None, random.randrange(50))),
                  random.choice((0, 5)), random.randrange(30), random.choice((None, "a step")), random.random() < 0.1)
             for _ in range(40)]
    arrivals = Arrivals(cast(list[Line], lines))
    came = sorted((x for x in lines if not x.lost), key=lambda x: x.arrived_ns)
    for start in range(0, 1000, 90):
        assert arrivals.acked_by(start) == max((x.ack for x in came if x.ack is not None and x.arrived_ns <= start),
                                               default=1)
        for end in range(start, 1000, 170):
            within = [x for x in came if start <= x.arrived_ns <= end]
            assert arrivals.reset(start, end) == next((x for x in within if x.kinds & k.RST), None)
            assert arrivals.freed(start, end) == next((x for x in reversed(within) if x.step), None)
            for position in (0, 7, 20):
                brought = [x for x in within if x.data_start <= position < x.data_end]
                assert arrivals.brought(position, start, end) == (brought[0] if brought else None)
