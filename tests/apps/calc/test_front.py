"""Connections: cut, glued, slow and hostile clients; limits; the graceful stop."""

from __future__ import annotations

import asyncio
import socket
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.apps.calc.bench import QUICK, Raw, Running, exchanged, go
from whywire.apps.calc.front import Patience
from whywire.protocols.calc import Message, write
from whywire.protocols.calc.content import request, success

NOW = 1_700_000_000
SOON = Patience(linger_s=0.1)


def ask(text: str) -> bytes:
    return request(text, now=NOW)


async def length(message: Message) -> bytes:
    """Answer with how many bytes the expression has."""
    return success(len(message.data or b""), (), now=NOW, with_steps=False, fresh_s=0)


def test_one_message_in_any_pieces() -> None:
    async def work() -> None:
        async with Running(length) as server:
            client = await Raw.connect(server.port)
            for byte in ask("1+1"):
                await client.send(bytes([byte]))
            answer = await client.next()
            assert answer is not None
            assert answer.data == b'{"result": 3, "steps": []}'
            await client.close()

    go(work())


def test_glued_messages_are_answered_in_order() -> None:
    async def work() -> None:
        async with Running(length) as server:
            found = await exchanged(server.port, b"".join(ask("1" * size) for size in range(1, 101)))
            assert [answer.result for answer in found] == list(range(1, 101))

    go(work())


def test_answers_keep_their_order_although_later_ones_are_ready_first() -> None:
    async def work() -> None:
        gate = asyncio.Event()

        async def slow(message: Message) -> bytes:
            if message.data == b"1":
                await gate.wait()
            else:
                gate.set()
            return await length(message)

        async with Running(slow) as server:
            found = await exchanged(server.port, ask("1") + ask("22"))
            assert [answer.result for answer in found] == [1, 2]

    go(work())


@pytest.mark.parametrize(("data", "statuses", "said"), [
    (ask("1")[:7], [400], "the connection ended inside a message, after 7 bytes of its header"),
    (ask("1") + ask("22")[:-1], [200, 400], "after 13 of 14 bytes"),
    (b"", [], ""),
    (write(Message(False, NOW, b"{}", 200)) + ask("1"), [400, 200], "T is 0"),
    (struct.pack("!IHHHH", NOW, 13, 1 << 10 | 7, 0, 0) + b"1" + ask("1"), [400, 200], "status 7"),
    (struct.pack("!IHHHH", NOW, 65535, 1 << 10, 0, 0) + b"1", [400], "13 of 65535 bytes"),
    (b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", [400], "inside a message"),
])
def test_what_is_no_request(data: bytes, statuses: list[int], said: str) -> None:
    async def work() -> None:
        async with Running(length, SOON) as server:
            found = await exchanged(server.port, data)
            assert [answer.status for answer in found] == statuses
            assert said in "".join(answer.error or "" for answer in found)

    go(work())


@pytest.mark.parametrize("short", range(12))
def test_a_length_below_12_closes_behind_what_was_asked_before(short: int) -> None:
    async def work() -> None:
        async with Running(length, SOON) as server:
            bad = struct.pack("!IHHHH", NOW, short, 1 << 10, 0, 0)
            found = await exchanged(server.port, ask("1") + bad + ask("1") * 50, end=False)
            assert [answer.result for answer in found] == [1]

    go(work())


def test_the_largest_message() -> None:
    async def work() -> None:
        async with Running(length) as server:
            found = await exchanged(server.port, ask("1" * 65523) * 3)
            assert [answer.result for answer in found] == [65523] * 3

    go(work())


def test_the_rest_of_a_request_that_does_not_come() -> None:
    async def work() -> None:
        async with Running(length, QUICK) as server:
            found = await exchanged(server.port, ask("1") + ask("1")[:5], end=False)
            assert [(answer.status, answer.error) for answer in found] == [
                (200, None), (408, "the rest of the request did not come within 0.2 s: 5 bytes of its header")]

    go(work())


def test_a_client_that_drips_has_one_deadline() -> None:
    async def work() -> None:
        async with Running(length, QUICK) as server:
            client = await Raw.connect(server.port)
            ended = asyncio.create_task(client.rest())
            sent = 0
            while not ended.done():
                client.writer.write(ask("1" * 1000)[sent:sent + 1])
                sent += 1
                await asyncio.wait([ended], timeout=0.02)
            assert [answer.status for answer in ended.result()] == [408]
            assert 3 < sent < 200
            await client.close()

    go(work())


def test_an_idle_connection_is_closed_without_a_word() -> None:
    async def work() -> None:
        async with Running(length, QUICK) as server:
            assert await exchanged(server.port, b"", end=False) == []
            assert len(await exchanged(server.port, ask("1"), end=False)) == 1

    go(work())


def test_nobody_is_idle_while_an_answer_is_worked_on() -> None:
    async def work() -> None:
        async def slow(message: Message) -> bytes:
            await asyncio.sleep(QUICK.idle_s * 2.5)
            return await length(message)

        async with Running(slow, QUICK) as server:
            assert [answer.result for answer in await exchanged(server.port, ask("1"), end=False)] == [1]

    go(work())


def test_one_connection_too_many_is_told_so() -> None:
    async def work() -> None:
        async with Running(length, Patience(connections=2, linger_s=0.1)) as server:
            first, second = await Raw.connect(server.port), await Raw.connect(server.port)
            for client in (first, second):
                await client.send(ask("1"))
                assert await client.next() is not None
            (answer,) = await exchanged(server.port, ask("1"))
            assert (answer.status, answer.error) == (503, "too many connections; try again later")
            await first.close()
            await second.close()

    go(work())


def test_a_client_that_reads_no_answers_is_cut_off() -> None:
    async def work() -> None:
        async def large(_: Message) -> bytes:
            return success(1, ["1" * 60_000], now=NOW, with_steps=True, fresh_s=0)

        async with Running(large, QUICK) as server:
            raw = socket.socket()
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            raw.setblocking(False)
            await asyncio.get_running_loop().sock_connect(raw, ("127.0.0.1", server.port))
            with pytest.raises((ConnectionResetError, BrokenPipeError)):
                while True:
                    await asyncio.get_running_loop().sock_sendall(raw, ask("1") * 100)
            raw.close()

    go(work())


def test_a_client_that_resets_harms_nobody() -> None:
    async def work() -> None:
        async with Running(length) as server:
            for data in (b"", ask("1")[:5], ask("1") * 20):
                client = await Raw.connect(server.port)
                await client.send(data)
                sock = client.writer.get_extra_info("socket")
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                client.writer.transport.abort()
            assert len(await exchanged(server.port, ask("1"))) == 1

    go(work())


def test_a_bug_in_the_answerer_is_a_500_and_the_connection_goes_on() -> None:
    async def work() -> None:
        async def broken(message: Message) -> bytes:
            if message.data == b"1":
                raise KeyError("x")
            return await length(message)

        async with Running(broken) as server:
            found = await exchanged(server.port, ask("1") + ask("22"))
            assert [(answer.status, answer.result, answer.error) for answer in found] == [
                (500, None, "a bug in the server: KeyError"), (200, 2, None)]

    go(work())


def test_the_stop_finishes_what_is_worked_on_and_closes_who_is_idle() -> None:
    async def work() -> None:
        begun = asyncio.Event()

        async def slow(message: Message) -> bytes:
            if message.data == b"1":
                begun.set()
                await asyncio.sleep(0.1)
            return await length(message)

        async with Running(slow) as server:
            idle, busy = await Raw.connect(server.port), await Raw.connect(server.port)
            await idle.send(ask("22"))
            assert await idle.next() is not None
            await busy.send(ask("1"))
            await begun.wait()
            await asyncio.gather(server.front.stop(), idle.rest())
            assert [answer.result for answer in await busy.rest()] == [1]
            with pytest.raises(OSError, match=r"refused|failed"):
                await Raw.connect(server.port)
            await idle.close()
            await busy.close()

    go(work())


def test_the_stop_does_not_wait_for_ever() -> None:
    async def work() -> None:
        async def never(_: Message) -> bytes:
            await asyncio.Event().wait()
            return b""

        async with Running(never, QUICK) as server:
            busy = await Raw.connect(server.port)
            await busy.send(ask("1"))
            await asyncio.sleep(0)
            await server.front.stop()
            with pytest.raises((ConnectionResetError, AssertionError)):
                assert await busy.rest() != []
            busy.writer.transport.abort()

    go(work())


def test_the_log_has_requests_refusals_and_silent_closes() -> None:
    async def work() -> None:
        lines: list[tuple[str | None, int]] = []

        def log(peer: str, message: Message | None, answer: bytes) -> None:
            assert peer.startswith("127.0.0.1:")
            lines.append((message.text if message else None, len(answer)))

        async with Running(length, SOON, log) as server:
            await exchanged(server.port, ask("1"))
            await exchanged(server.port, b"\x00" * 12)
            await exchanged(server.port, b"\x00" * 3)
        assert [text for text, _ in lines] == ["1", None, None]
        assert [size > 0 for _, size in lines] == [True, False, True]

    go(work())


@settings(max_examples=60, deadline=None)
@given(st.lists(st.one_of(st.binary(max_size=40), st.sampled_from([ask("1"), ask("22"), ask("1")[:9], b"\x00" * 12])),
                max_size=6))
def test_any_bytes_end_in_answers_and_a_close(pieces: list[bytes]) -> None:
    async def work() -> None:
        async with Running(length, QUICK) as server:
            client = await Raw.connect(server.port)
            for piece in pieces:
                await client.send(piece)
            client.writer.write_eof()
            for answer in await client.rest():
                assert answer.status in (200, 400)
            await client.close()

    go(work())
