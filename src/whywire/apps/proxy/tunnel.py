"""Bytes both ways, unread: behind a 101, and behind CONNECT."""

from __future__ import annotations

import asyncio
import contextlib

from whywire.apps.proxy.link import Link
from whywire.apps.proxy.trouble import UpstreamError


async def relay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, link: Link, idle: float) -> None:
    """Pass bytes on until both directions ended, one of them broke, or nothing moved for ``idle`` seconds (0: ever)."""
    loop = asyncio.get_running_loop()
    moved = loop.time()

    async def up() -> None:
        nonlocal moved
        while data := await reader.read(65536):
            moved = loop.time()
            await link.write(data, idle)
        link.end_raw()

    async def down() -> None:
        nonlocal moved
        while data := await link.read_raw():
            moved = loop.time()
            writer.write(data)
            await writer.drain()
        if writer.can_write_eof():
            writer.write_eof()

    async def watch() -> None:
        while idle and loop.time() - moved < idle:
            await asyncio.sleep(moved + idle - loop.time() + 0.01)

    ways = {asyncio.ensure_future(up()), asyncio.ensure_future(down())}
    clock = asyncio.ensure_future(watch()) if idle else None
    try:
        await _until_ended(ways, clock)
    finally:
        rest = [task for task in (*ways, clock) if task is not None]
        for task in rest:
            task.cancel()
        await asyncio.gather(*rest, return_exceptions=True)
        link.close()
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()


async def _until_ended(ways: set[asyncio.Task[None]], clock: asyncio.Task[None] | None) -> None:
    while ways:
        done, _ = await asyncio.wait([*ways, *([clock] if clock else [])], return_when=asyncio.FIRST_COMPLETED)
        if clock in done:
            return
        for task in done:
            ways.discard(task)
            error = task.exception()
            if isinstance(error, UpstreamError | OSError):
                return
            if error is not None:
                raise error
