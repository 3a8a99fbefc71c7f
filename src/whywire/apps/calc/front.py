"""Connections of clients: requests in, answers out in the order of their requests, with limits and time-outs.

Shared by the server and the proxy, which differ in one function: from a request to the bytes of its answer.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass

from whywire.protocols.calc import Message
from whywire.protocols.calc.content import BUSY, INTERNAL, TIMEOUT, failure
from whywire.protocols.calc.ends import ServerEnd

Answerer = Callable[[Message], Awaitable[bytes]]
Log = Callable[[str, Message | None, bytes], None]
"""Called with the client's address, the request (None: there was none that could be read), and the answer."""
Now = Callable[[], float]

READ = 65536


@dataclass(frozen=True, slots=True)
class Patience:
    """Limits of a front. Times in seconds."""

    connections: int = 1000
    """So many clients at a time; one more is told so and closed."""
    in_flight: int = 32
    """Requests of one connection that are worked on at a time; more wait in the kernel."""
    idle_s: float = 60.0
    """A connection without a request is closed."""
    request_s: float = 10.0
    """From a request's first byte to its last, however they drip."""
    write_s: float = 30.0
    """A client that does not read its answers is cut off."""
    linger_s: float = 1.0
    """After the last answer: how long what the client still sends is taken, so that no reset overtakes the answer."""
    stop_s: float = 5.0
    """How long requests that are being worked on may take when the front is stopped."""


class Front:
    """A listening socket and its connections. `start`, then `stop`."""

    def __init__(self, answerer: Answerer, patience: Patience | None = None, log: Log | None = None,
                 now: Now = time.time, most_accepted: int | None = None) -> None:
        self._most_accepted = most_accepted
        self._full = asyncio.Event()
        self.answerer = answerer
        self.patience = patience or Patience()
        self.log = log
        self.now = now
        self.stopping = False
        self.accepted = 0
        """Connections so far."""
        self._server: asyncio.Server | None = None
        self._talks: dict[asyncio.Task[None], _Talk] = {}

    async def start(self, host: str, port: int) -> int:
        """Listen; return the port. Raises OSError."""
        self._server = await asyncio.start_server(self._connected, host, port, backlog=512)
        return int(self._server.sockets[0].getsockname()[1])

    def stop_listening(self) -> None:
        """Take no more connections; those that are open go on."""
        if self._server is not None:
            self._server.close()

    async def over(self) -> None:
        """Wait until ``most_accepted`` connections have been and gone; the socket is closed behind the last."""
        await self._full.wait()
        while self._talks:
            await asyncio.wait(set(self._talks))

    async def stop(self) -> None:
        """Take no more connections, finish what is being answered, close all."""
        self.stopping = True
        self.stop_listening()
        await asyncio.sleep(0)  # a connection accepted just now: its task has to begin, or nobody would close it
        for talk in self._talks.values():
            talk.hurry()
        if self._talks:
            await asyncio.wait(set(self._talks), timeout=self.patience.stop_s)
        for task in (left := set(self._talks)):
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        talk = self._talks[task] = _Talk(self, reader, writer)
        self.accepted += 1
        if self.accepted == self._most_accepted:
            self.stop_listening()
            self._full.set()
        try:
            if len(self._talks) > self.patience.connections:
                await talk.turn_away()
            else:
                await talk.go()
            await talk.close()
        except OSError:  # also TimeoutError: it reads no answers
            writer.transport.abort()
        except asyncio.CancelledError:
            writer.transport.abort()
            if not self.stopping:
                raise
        finally:
            del self._talks[task]


class _Talk:
    """One connection: a reader that makes a task of every request, and a writer that awaits them in order."""

    def __init__(self, front: Front, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._front, self._reader, self._writer = front, reader, writer
        self._patience = front.patience
        self._end = ServerEnd()
        self._queue: asyncio.Queue[asyncio.Task[bytes] | None] = asyncio.Queue(self._patience.in_flight)
        self._open = 0
        """Requests whose answer is not written."""
        self._waiting: asyncio.Timeout | None = None
        self._unread = False
        """The client may have sent what we did not take."""
        name = writer.get_extra_info("peername")
        self._peer = f"{name[0]}:{name[1]}" if name else "?"

    def hurry(self) -> None:
        """Wait for no further request; one that has begun to come may come."""
        if self._waiting is not None and not self._end.waiting_bytes:
            self._waiting.reschedule(asyncio.get_running_loop().time())

    async def turn_away(self) -> None:
        """Say that there are too many connections."""
        self._unread = True
        await self._write(self._fail(BUSY, "too many connections; try again later"))

    async def go(self) -> None:
        """Read and answer until either side has had enough."""
        writing = asyncio.create_task(self._write_all())
        try:
            await self._read_all()
            await self._queue.put(None)
            await writing
        finally:
            writing.cancel()
            await asyncio.gather(writing, return_exceptions=True)
            while not self._queue.empty():
                if (task := self._queue.get_nowait()) is not None:
                    task.cancel()

    async def close(self) -> None:
        """Close; where the client may have sent more, take that first: closing over unread bytes sends a reset."""
        async with asyncio.timeout(self._patience.write_s):
            if self._unread and not self._reader.at_eof() and not self._writer.is_closing():
                self._writer.write_eof()
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(self._patience.linger_s):
                        while await self._reader.read(READ):
                            pass
            self._writer.close()
            await self._writer.wait_closed()

    # ---- reading

    async def _read_all(self) -> None:
        began: float | None = None
        loop = asyncio.get_running_loop()
        while not self._end.closed and not self._front.stopping:
            partial = self._end.waiting_bytes > 0
            began = (began or loop.time()) if partial else None
            data = await self._read(self._patience.idle_s if began is None
                                    else began + self._patience.request_s - loop.time())
            if data is None and began is None and self._open:
                continue  # the client waits for us, not we for it
            if data is None:
                if partial:
                    await self._put_failure(TIMEOUT, "the rest of the request did not come within "
                                                     f"{self._patience.request_s:g} s: {self._end.progress}")
                return
            if data:
                self._end.feed(data)
            else:
                self._end.end()
            if await self._take():
                began = None
            if not data:
                return
        self._unread = self._end.closed

    async def _read(self, limit: float) -> bytes | None:
        """Return what comes; no bytes at the end, None when nothing came in time."""
        try:
            async with asyncio.timeout(max(limit, 0.0)) as self._waiting:
                return await self._reader.read(READ)
        except TimeoutError:
            return None
        finally:
            self._waiting = None

    async def _take(self) -> bool:
        """Begin on every request that is complete; tell whether there was one."""
        took = False
        while (found := self._end.next_request()) is not None:
            took = True
            if isinstance(found, Message):
                await self._put(self._answer(found))
            elif found.status:
                await self._put_failure(found.status, found.why)
            elif self._front.log is not None:
                self._front.log(self._peer, None, b"")
        return took

    async def _put(self, answer: Coroutine[None, None, bytes]) -> None:
        self._open += 1
        await self._queue.put(asyncio.create_task(answer))

    async def _put_failure(self, status: int, why: str) -> None:
        answer = self._fail(status, why)

        async def give() -> bytes:
            return answer

        self._unread = True
        await self._put(give())

    # ---- answering

    async def _answer(self, request: Message) -> bytes:
        try:
            answer = await self._front.answerer(request)
        except Exception as error:  # a client that asks for the impossible ends nobody else's connection
            answer = failure(INTERNAL, f"a bug in the server: {type(error).__name__}", now=int(self._front.now()))
        if self._front.log is not None:
            self._front.log(self._peer, request, answer)
        return answer

    def _fail(self, status: int, why: str) -> bytes:
        answer = failure(status, why, now=int(self._front.now()))
        if self._front.log is not None:
            self._front.log(self._peer, None, answer)
        return answer

    async def _write_all(self) -> None:
        """Write the answers in order; once the client is gone, let the others go."""
        gone = False
        while (task := await self._queue.get()) is not None:
            if gone:
                task.cancel()
            else:
                try:
                    await self._write(await task)
                except OSError:
                    gone = True
                    self._writer.transport.abort()
            self._open -= 1

    async def _write(self, data: bytes) -> None:
        self._writer.write(data)
        async with asyncio.timeout(self._patience.write_s):
            await self._writer.drain()
