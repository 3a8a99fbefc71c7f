from __future__ import annotations

from whywire.connections import model
from whywire.story import records


def test_the_records_are_those_of_the_connections_room() -> None:
    for name in records.__all__:
        if name != "Call":
            assert getattr(records, name) is getattr(model, name)
