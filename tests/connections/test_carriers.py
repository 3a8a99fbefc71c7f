"""Which segments carried a stretch first: the same as a look at all of them."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Any, cast

import pytest

from whywire.connections.carriers import Carriers
from whywire.connections.scene import Line


@dataclass
class Sent:
    """A segment as far as this is about it."""

    index: int
    data_start: int
    length: int
    first_copy: Any = None

    @property
    def packet(self) -> int:
        return self.index + 1

    @property
    def data_end(self) -> int:
        return self.data_start + self.length


@pytest.mark.parametrize("seed", range(20))
def test_it_says_what_a_look_at_all_says(seed: int) -> None:
    random = Random(seed)
    sent = [Sent(index, random.randrange(60), random.choice((0, 1, 5, 40)), random.choice((None, None, "a copy")))
            for index in range(30)]
    carriers = Carriers(cast(list[Line], sent))
    for start in range(0, 100, 9):
        for end in range(start + 1, 110, 17):
            parts = [line.packet for line in sorted(sent, key=lambda line: line.data_start)
                     if line.length and line.first_copy is None and line.data_start < end and start < line.data_end]
            assert carriers.parts(start, end) == {packet: part for part, packet in enumerate(parts, 1)}
