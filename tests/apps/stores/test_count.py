"""Counting seldom, in the background, and never for nobody."""

from __future__ import annotations

import asyncio

from whywire.apps.stores.count import Count


def test_a_long_count_is_rested_from() -> None:
    async def work() -> None:
        time, counts = 0.0, 0

        async def find_out() -> int | None:
            nonlocal time, counts
            time += 2.0
            counts += 1
            return None if counts == 2 else counts * 10

        count = Count(find_out, lambda: time)
        assert await count.now() == 10
        time += 199.0
        assert await count.now() == 10
        time += 1.0
        assert await count.now() == 10  # the second found nothing out
        assert counts == 2
        time += 200.0
        assert await count.now() == 30

    asyncio.run(work())


def test_who_asks_waits_for_a_moment_only_and_the_count_goes_on() -> None:
    async def work() -> None:
        gate = asyncio.Event()

        async def find_out() -> int:
            await gate.wait()
            return 7

        count = Count(find_out, first=0.01)
        assert await count.now() == 0
        gate.set()
        assert await count.now() == 7

    asyncio.run(work())


def test_a_count_ends_with_its_store() -> None:
    async def work() -> None:
        async def find_out() -> int:
            await asyncio.Event().wait()
            return 7

        count = Count(find_out, first=0.01)
        await count.now()
        await count.stop()
        assert asyncio.all_tasks() == {asyncio.current_task()}

    asyncio.run(work())
