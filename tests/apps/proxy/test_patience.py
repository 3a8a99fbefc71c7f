"""What is asked for on behalf of clients ends with the last of them."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Callable

import pytest

from tests.apps.proxy.bench import Client, ProxyBench, run
from tests.apps.proxy.origin import Answerer, Visit
from whywire.apps.http.app import ClientGone
from whywire.apps.proxy.patience import Patience

BIG = 4 << 20


def test_with_the_last_one_what_is_awaited_breaks_off() -> None:
    async def test() -> None:
        patience = Patience()
        patience.join(None)
        patience.join(None)
        loop = asyncio.get_running_loop()
        loop.call_soon(patience.leave)
        with patience:
            await asyncio.sleep(0.01)
        loop.call_soon(patience.leave)
        with pytest.raises(ClientGone), patience:
            await asyncio.Event().wait()
        with pytest.raises(ClientGone), patience:
            raise AssertionError("nothing begins any more")
        task = asyncio.current_task()
        assert task is not None and task.cancelling() == 0
    asyncio.run(test())


def test_a_cancellation_from_elsewhere_stays_one() -> None:
    async def wait() -> None:
        patience = Patience()
        patience.join(None)
        with patience:
            await asyncio.Event().wait()

    async def test() -> None:
        task = asyncio.create_task(wait())
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    asyncio.run(test())


# ---- through the proxy ----

def by_reset(client: Client) -> None:
    client.writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.close()


LEAVES: list[Callable[[Client], None]] = [Client.close, by_reset]


class Stalled:
    """An origin that sends ``first`` and nothing more; ``asked`` and ``left`` tell what happened to it."""

    def __init__(self, first: bytes = b"") -> None:
        self.first = first
        self.asked, self.left = asyncio.Event(), asyncio.Event()

    async def __call__(self, visit: Visit) -> None:
        await visit.head()
        await visit.send(self.first)
        self.asked.set()
        await visit.reader.read()
        self.left.set()


async def gone(event: asyncio.Event) -> None:
    await asyncio.wait_for(event.wait(), 3)  # the time limits of the bench are 5 s


@pytest.mark.parametrize("leave", LEAVES)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_client_that_leaves_before_the_head_takes_the_request_with_it(leave: Callable[[Client], None],
                                                                         method: str) -> None:
    origin = Stalled()

    async def test(at: ProxyBench) -> None:
        client = await at.connect()
        await client.send(f"{method} /x HTTP/1.1\r\nHost: a\r\n\r\n")
        await gone(origin.asked)
        leave(client)
        await gone(origin.left)
        assert at.proxy.origins.open_links == at.proxy.origins.kept == 0
    run(origin, test)


async def three_wait(at: ProxyBench) -> list[Client]:
    clients = [await at.connect() for _ in range(3)]
    for client in clients:
        await client.send("GET /x HTTP/1.1\r\nHost: a\r\n\r\n")
    while not at.origin.heads or sum(group.followers for group in at.proxy.groups.all()) < 2:
        await asyncio.sleep(0.01)
    return clients


def test_the_followers_of_a_leader_who_left_live_on() -> None:
    go_on = asyncio.Event()

    async def answer(visit: Visit) -> None:
        await visit.head()
        await go_on.wait()
        await visit.ok(b"for two")

    async def test(at: ProxyBench) -> None:
        clients = await three_wait(at)
        by_reset(clients[0])
        while at.proxy.groups.all()[0].patience.waiting > 2:
            await asyncio.sleep(0.01)
        go_on.set()
        assert [(await client.answer()).body for client in clients[1:]] == [b"for two"] * 2
        for client in clients:
            client.close()
        assert len(at.origin.heads) == 1
    run(answer, test)


def test_with_the_last_of_many_the_request_ends() -> None:
    origin = Stalled()

    async def test(at: ProxyBench) -> None:
        left = 3
        for client in await three_wait(at):
            assert at.proxy.groups.all()[0].patience.waiting == left
            by_reset(client)
            left -= 1
            while left and at.proxy.groups.all()[0].patience.waiting > left:
                await asyncio.sleep(0.01)
        await gone(origin.left)
        assert len(at.origin.heads) == 1
    run(origin, test)


def test_who_ends_his_stream_and_waits_gets_his_answer() -> None:
    go_on = asyncio.Event()

    async def answer(visit: Visit) -> None:
        await visit.head()
        await go_on.wait()
        await visit.ok()

    async def test(at: ProxyBench) -> None:
        client = await at.connect()
        await client.send("GET /x HTTP/1.1\r\nHost: a\r\n\r\n")
        client.writer.write_eof()
        assert await client.reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
        go_on.set()
        assert (await client.answer()).body == b"hello"
        client.close()
    run(answer, test)


def stalls_within(length: int, tag: str = "") -> Stalled:
    fields = f'Cache-Control: max-age=60\r\n{tag}Content-Length: {length}\r\n'
    return Stalled(f"HTTP/1.1 200 OK\r\n{fields}\r\n".encode() + b"x" * 1000)


async def read_some(at: ProxyBench) -> Client:
    client = await at.connect()
    await client.send("GET /x HTTP/1.1\r\nHost: a\r\n\r\n")
    await client.reader.readuntil(b"\r\n\r\n")
    await client.reader.readexactly(1000)
    return client


def test_a_stored_answer_of_which_much_is_missing_is_given_up_and_keeps_what_came() -> None:
    origin = stalls_within(BIG, 'ETag: "a"\r\n')

    async def test(at: ProxyBench) -> None:
        by_reset(await read_some(at))
        await gone(origin.left)
        while not (kept := await at.proxy.keeper.store.find("http://a/x")):
            await asyncio.sleep(0)
        assert kept[0].length == 1000
    run(origin, test)


def test_a_stored_answer_of_which_little_is_missing_is_stored_to_its_end() -> None:
    go_on = asyncio.Event()

    async def answer(visit: Visit) -> None:
        await visit.head()
        await visit.send(b"HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nContent-Length: 2000\r\n\r\n" + b"x" * 1000)
        await go_on.wait()
        await visit.send(b"x" * 1000)
        await visit.reader.read()

    async def test(at: ProxyBench) -> None:
        client = await read_some(at)
        asyncio.get_running_loop().call_later(0.05, go_on.set)
        by_reset(client)
        assert (await at.get("/x")).body == b"x" * 2000  # it follows, or finds it stored
        assert len(at.origin.heads) == 1
    run(answer, test)


def test_an_unsafe_request_whose_end_is_unknown_makes_what_is_stored_invalid() -> None:
    async def answer(visit: Visit) -> None:
        while "POST" not in await visit.head():
            await visit.ok()
        await visit.reader.read()

    async def test(at: ProxyBench) -> None:
        await at.get("/x")
        client = await at.connect()
        await client.send("POST /x HTTP/1.1\r\nHost: a\r\n\r\n")
        while len(at.origin.heads) < 2:
            await asyncio.sleep(0.01)
        by_reset(client)
        while await at.proxy.keeper.store.find("http://a/x"):
            await asyncio.sleep(0.01)
    run(answer, test)


@pytest.mark.parametrize("origin", [Stalled(), stalls_within(5000)])
def test_a_proxy_that_closes_leaves_nothing_behind(origin: Answerer) -> None:
    async def test(at: ProxyBench) -> None:
        client = await at.connect()
        await client.send("GET /x HTTP/1.1\r\nHost: a\r\n\r\n")
        assert isinstance(origin, Stalled)
        await gone(origin.asked)
        await at.proxy.close()
        assert not at.proxy.fetcher.tasks
        assert at.proxy.origins.open_links == 0
        client.close()
    run(origin, test)
