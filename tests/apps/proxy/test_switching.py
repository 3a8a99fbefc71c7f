"""Forward mode with its tunnels."""

from __future__ import annotations

import asyncio

from tests.apps.proxy.bench import QUICKLY, ProxyBench, run
from tests.apps.proxy.origin import Visit, always
from whywire.apps.proxy.settings import Guard, ProxySettings


class AnyPort(frozenset[int]):
    """Tests can't know the port before the origin has one."""

    def __contains__(self, port: object) -> bool:
        return True


ANY = ProxySettings(timeouts=QUICKLY, guard=Guard(private=True, ports=AnyPort()))


def test_whole_urls_are_fetched_and_kept() -> None:
    async def test(at: ProxyBench) -> None:
        for _ in range(2):
            got = await at.get(f"http://127.0.0.1:{at.origin.port}/x?y", host="whatever")
            assert got.body == b"hello"
        assert len(at.origin.heads) == 1
        assert at.origin.heads[0].startswith(f"GET /x?y HTTP/1.1\r\nhost: 127.0.0.1:{at.origin.port}\r\n")
        assert (await at.get("/x")).status == 400
        assert (await at.get("ftp://127.0.0.1/x")).status == 400
    run(always(), test, ANY, forward=True)


def test_a_tunnel_passes_bytes_both_ways_until_both_ends_are_done() -> None:
    async def answer(visit: Visit) -> None:
        await visit.send(b"hello first")
        got = await visit.reader.read()
        await visit.send(got[::-1])

    async def test(at: ProxyBench) -> None:
        client = await at.connect()
        await client.send(f"CONNECT 127.0.0.1:{at.origin.port} HTTP/1.1\r\nHost: a:1\r\n\r\nearly ")
        head = await client.reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200 ")
        assert b"content-length" not in head.lower()
        assert b"transfer-encoding" not in head.lower()
        assert await client.reader.readexactly(11) == b"hello first"
        content = b"x" * 300_000 + b"end"
        await client.send(content)
        client.writer.write_eof()
        assert await client.reader.read() == (b"early " + content)[::-1]
        client.close()
        async with asyncio.timeout(5):
            while at.proxy.origins.open_links:
                await asyncio.sleep(0.01)
    run(answer, test, ANY, forward=True)


def test_a_tunnel_to_nobody_is_a_502() -> None:
    async def test(at: ProxyBench) -> None:
        await at.origin.stop()
        client = await at.connect()
        await client.send(f"CONNECT 127.0.0.1:{at.origin.port} HTTP/1.1\r\nHost: a:1\r\n\r\n")
        assert (await client.answer("GET")).status == 502
        client.close()
    run(always(), test, ANY, forward=True)


def test_connections_of_tunnels_count_and_are_given_back() -> None:
    async def answer(visit: Visit) -> None:
        await visit.reader.read()

    async def test(at: ProxyBench) -> None:
        for _ in range(3):
            client = await at.connect()
            await client.send(f"CONNECT 127.0.0.1:{at.origin.port} HTTP/1.1\r\nHost: a:1\r\n\r\n")
            assert (await client.reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200 ")
            client.close()
            async with asyncio.timeout(5):
                while at.proxy.origins.open_links:
                    await asyncio.sleep(0.01)
    run(answer, test, ProxySettings(timeouts=QUICKLY, guard=ANY.guard, links=1), forward=True)
