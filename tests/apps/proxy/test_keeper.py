"""Between engine and store: records come back, the clock goes forward, what is gone is a miss."""

from __future__ import annotations

import asyncio

import pytest

from whywire.apps.cache import Outcome, Stored, completed
from whywire.apps.cache.model import stored
from whywire.apps.proxy.keeper import UNSTORABLE_AT_MOST, Keeper
from whywire.apps.stores.memory import MemoryStore
from whywire.apps.stores.model import Body, Entry, TornError


def record(vary: tuple[tuple[str, str | None], ...] = (), status: int = 200) -> Stored:
    return stored(status, "OK", (("date", "Sat, 21 Nov 2026 06:00:00 GMT"), ("cache-control", "max-age=60")),
                  request_time=1.0, response_time=2.0, vary=vary)


async def keep(keeper: Keeper, one: Stored, content: bytes = b"body") -> None:
    writer = await keeper.begin("k", one, len(content))
    assert writer is not None
    await writer.write(content)
    whole = completed(one, len(content))
    assert whole is not None
    assert await keeper.commit(writer, whole) is not None


def test_records_come_back_by_identity_and_by_variant() -> None:
    async def test() -> None:
        keeper = Keeper(MemoryStore())
        await keep(keeper, record((("accept", "a"),)))
        await keep(keeper, record((("accept", "b"),)))
        found = await keeper.find("k")
        assert [one.vary for one in found.stored] == [(("accept", "b"),), (("accept", "a"),)]
        assert [found.entry(one) for one in found.stored] == found.entries
        assert found.entry(record((("accept", "a"),))) is found.entries[1]
        assert found.entry(record()) is None
        body = await keeper.body(found, found.stored[0])
        assert body is not None
        assert body.data == b"body"
    asyncio.run(test())


def test_what_nobody_can_read_is_left_out() -> None:
    async def test() -> None:
        keeper = Keeper(MemoryStore())
        writer = await keeper.store.put("k", "", b"of another version", None)
        await writer.commit()
        assert (await keeper.find("k")).stored == []
    asyncio.run(test())


def test_an_outcome_is_settled_and_told() -> None:
    async def test() -> None:
        keeper, told = Keeper(MemoryStore()), []
        await keep(keeper, record((("accept", "a"),)))
        await keep(keeper, record((("accept", "b"),)))
        keeper.changed = told.append
        found = await keeper.find("k")
        new = record((("accept", "b"),), 203)
        await keeper.settle("k", found, Outcome("serve", updates=((found.stored[0], new),), remove=(found.stored[1],),
                                                invalidate=("other",)))
        after = await keeper.find("k")
        assert [one.status for one in after.stored] == [203]
        assert found.entry(new) is after.entries[0]
        assert set(told) == {"k", "other"}
    asyncio.run(test())


def test_a_body_that_is_gone_takes_its_entry_along() -> None:
    class Torn(MemoryStore):
        async def body(self, entry: Entry) -> Body:
            raise TornError(entry.key)

    async def test() -> None:
        keeper = Keeper(Torn())
        await keep(keeper, record())
        found = await keeper.find("k")
        assert await keeper.body(found, found.stored[0]) is None
        assert (await keeper.find("k")).stored == []
    asyncio.run(test())


def test_the_clock_is_not_set_back(monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    keeper = Keeper(MemoryStore())
    first = keeper.now()
    monkeypatch.setattr(time, "time", lambda: 0.0)
    assert keeper.now() >= first > 1_700_000_000


def test_what_was_not_stored_is_remembered_for_a_while_and_in_bounds() -> None:
    keeper = Keeper(MemoryStore())
    keeper.note("k", storable=False)
    assert keeper.is_unstorable("k")
    keeper.note("k", storable=True)
    assert not keeper.is_unstorable("k")
    for number in range(UNSTORABLE_AT_MOST + 5):
        keeper.note(f"k{number}", storable=False)
    assert not keeper.is_unstorable("k0")
    assert keeper.is_unstorable("k5")
