"""The calculator's server over real sockets, and as a process that is stopped."""

from __future__ import annotations

import asyncio

from tests.apps.calc.bench import QUICK, exchanged, go
from whywire.apps.calc.server import Options, Server
from whywire.protocols.calc.content import request

NOW = 1_700_000_000


def options(**changes: object) -> Options:
    settings = {"port": 0, "patience": QUICK, "now": lambda: float(NOW), "random": lambda: 0.25, **changes}
    return Options(**settings)  # type: ignore[arg-type]


def test_expressions_over_a_socket() -> None:
    async def work() -> None:
        lines: list[str] = []
        server = Server(options(fresh_s=60, say=lines.append))
        port = await server.start()
        texts = ["2 + 3 * 4", "1/0", "rand()", "2**10**9", "π"]
        found = await exchanged(port, b"".join(request(text, now=NOW, steps=True) for text in texts))
        assert [(one.status, one.result, one.cache_seconds) for one in found] == [
            (200, 14, 60), (400, None, 0), (200, 0.25, 0), (400, None, 0), (400, None, 0)]
        assert found[0].steps == ("2 + 12", "14")
        assert {one.time for one in found} == {NOW}
        await server.stop()
        assert [line.split(" ", 1)[1].rpartition(",")[0] for line in lines] == [
            "'2 + 3 * 4': 200", "'1/0': 400", "'rand()': 200", "'2**10**9': 400", "'π': 400"]

    go(work())


def test_hostile_bytes_are_in_the_log() -> None:
    async def work() -> None:
        lines: list[str] = []
        server = Server(options(say=lines.append))
        port = await server.start()
        await exchanged(port, b"\x00" * 12)
        await exchanged(port, b"\x00")
        await server.stop()
        assert [line.split(" ", 1)[1] for line in lines] == [
            "not a request: closed, 0 bytes", lines[1].split(" ", 1)[1]]
        assert lines[1].split(" ", 1)[1].startswith("not a request: 400, ")

    go(work())


def test_a_hundred_clients_at_once() -> None:
    async def work() -> None:
        server = Server(options())
        port = await server.start()
        asked = [exchanged(port, b"".join(request(f"{client} * {number}", now=NOW) for number in range(20)))
                 for client in range(100)]
        for client, found in enumerate(await asyncio.gather(*asked)):
            assert [answer.result for answer in found] == [client * number for number in range(20)]
        await server.stop()

    go(work())


def test_it_ends_after_so_many_connections() -> None:
    async def work() -> None:
        server = Server(options(connections=2))
        port = await server.start()
        over = asyncio.create_task(server.front.over())
        assert len(await exchanged(port, request("1", now=NOW))) == 1
        assert not over.done()
        assert len(await exchanged(port, request("1", now=NOW))) == 1
        await over
        try:
            await exchanged(port, b"")
        except ConnectionError:
            pass
        else:
            raise AssertionError("it still listens")
        await server.stop()

    go(work())
