from __future__ import annotations

from whywire.connections import model
from whywire.story import records


def test_the_records_are_those_of_the_connections_room() -> None:
    elsewhere = {"Call", "Finding", "ConnectionUse", "Exchange", "Exchanges", "Gap", "Layer", "Link", "Message",
                 "Rule"}
    assert [name for name in records.__all__ if name not in elsewhere
            and getattr(records, name) is not getattr(model, name)] == []
