"""The calculator's answers in every store: shared by two proxies, and gone with a store that is lost."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

from tests.apps.calc.bench import QUICK, Raw, Running
from tests.apps.redis_server import RedisServer
from whywire.apps.proxy.calculator import Calculator, Options
from whywire.apps.proxy.counts import Counts
from whywire.apps.stores.model import Store
from whywire.protocols.calc import Message
from whywire.protocols.calc.content import read_answer, request, success

NOW = 1_700_000_000


def test_two_proxies_share_what_one_has_asked(make_store: Callable[..., Store]) -> None:
    """As they do in one Redis; here one after the other, so that the disk can do it too. Memory forgets."""
    async def work() -> None:
        asked = []

        async def origin(message: Message) -> bytes:
            asked.append(message.data)
            return success(len(asked), (), now=NOW, with_steps=False, fresh_s=60)

        async with Running(origin) as server:
            counts = []
            for _ in range(2):
                store = make_store()
                proxy = Calculator(Options("127.0.0.1", server.port, port=0, store=store, patience=QUICK,
                                      now=lambda: float(NOW)))
                port = await proxy.start()
                for _ in range(2):
                    client = await Raw.connect(port)
                    await client.send(request("1", now=NOW))
                    answer = await client.next()
                    assert answer is not None
                    assert read_answer(answer).result == len(asked)
                    await client.close()
                counts.append(replace(proxy.counts))
                remembers = store.name != "memory"
                await proxy.stop()
            first = Counts(hits=1, misses=1)
            assert counts == [first, Counts(hits=2) if remembers else first]

    asyncio.run(work())


def test_a_lost_redis_makes_each_request_a_miss(redis_server: RedisServer) -> None:
    from whywire.apps.stores.redis import RedisStore

    async def work() -> None:
        asked = []

        async def origin(message: Message) -> bytes:
            asked.append(message.data)
            return success(1, (), now=NOW, with_steps=False, fresh_s=60)

        async with Running(origin) as server:
            proxy = Calculator(Options("127.0.0.1", server.port, port=0, patience=QUICK, now=lambda: float(NOW),
                                  store=RedisStore(redis_server.url, 1 << 20, prefix="lost:")))
            port = await proxy.start()
            client = await Raw.connect(port)
            redis_server.stop()
            try:
                for _ in range(3):
                    await client.send(request("1", now=NOW))
                    answer = await client.next()
                    assert answer is not None
                    assert answer.status == 200
            finally:
                redis_server.start()
            assert len(asked) == 3
            await client.close()
            await proxy.stop()

    asyncio.run(work())
