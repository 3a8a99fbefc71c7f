"""The leader says how it went, once; who waits hears it."""

from __future__ import annotations

import asyncio

from whywire.apps.proxy.groups import Groups, Landed


def test_followers_hear_the_first_word_of_the_leader() -> None:
    async def test() -> None:
        groups = Groups()
        group = groups.lead(("k", ()))
        assert groups.find(("k", ())) is group
        assert groups.find(("k", (("accept", "x"),))) is None
        waiting = [asyncio.create_task(group.wait()) for _ in range(3)]
        await asyncio.sleep(0)
        group.say(Landed(again=True))
        groups.leave(("k", ()), group)
        assert await asyncio.gather(*waiting) == [Landed(again=True)] * 3
        assert group.followers == 3
        assert len(groups) == 0
    asyncio.run(test())


def test_a_leader_that_leaves_without_a_word_releases_them() -> None:
    async def test() -> None:
        groups = Groups()
        group = groups.lead(("k", ()))
        waiting = asyncio.create_task(group.wait())
        await asyncio.sleep(0)
        groups.leave(("k", ()), group)
        assert await waiting == Landed()
    asyncio.run(test())


def test_a_follower_that_is_cancelled_takes_nobody_with_it() -> None:
    async def test() -> None:
        groups = Groups()
        group = groups.lead(("k", ()))
        leaves, stays = asyncio.create_task(group.wait()), asyncio.create_task(group.wait())
        await asyncio.sleep(0)
        leaves.cancel()
        await asyncio.gather(leaves, return_exceptions=True)
        group.say(Landed(again=True))
        assert (await stays).again
    asyncio.run(test())


def test_leaving_does_not_end_a_later_group_of_the_same_name() -> None:
    async def test() -> None:
        groups = Groups()
        old = groups.lead(("k", ()))
        new = groups.lead(("k", ()))
        groups.leave(("k", ()), old)
        assert groups.find(("k", ())) is new
        groups.leave(("k", ()), new)
    asyncio.run(test())
