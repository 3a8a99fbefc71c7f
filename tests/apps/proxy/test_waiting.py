"""One asks, the others wait for any kind of word."""

from __future__ import annotations

import asyncio

from whywire.apps.proxy.waiting import Crowd


def test_all_hear_the_first_word_and_silence_is_one() -> None:
    async def work() -> None:
        crowd: Crowd[str, int] = Crowd(-1)
        said, silent = crowd.lead("a"), crowd.lead("b")
        waiting = [asyncio.create_task(one.wait()) for one in (said, said, silent)]
        await asyncio.sleep(0)
        assert crowd.find("a") is said
        said.say(1)
        said.say(2)
        crowd.leave("a", said)
        crowd.leave("b", silent)
        assert await asyncio.gather(*waiting) == [1, 1, -1]
        assert (crowd.find("a"), len(crowd), said.followers) == (None, 0, 2)

    asyncio.run(work())
