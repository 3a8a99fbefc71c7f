"""The proxy's side of the origin: a connection for each question, closed before its answer is passed on."""

from __future__ import annotations

import asyncio
import contextlib
import os

from whywire.protocols.calc import CalcError, Message
from whywire.protocols.calc.content import BAD_GATEWAY, GATEWAY_TIMEOUT
from whywire.protocols.calc.ends import ClientEnd

READ = 65536


class OriginError(Exception):
    """The origin gave no answer: the ``status`` (500 class) and ``text`` of the proxy's own one."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status
        self.text = text


class Origin:
    """The server behind the proxy. Times in seconds."""

    def __init__(self, host: str, port: int, connect_s: float, answer_s: float, most: int) -> None:
        self._host, self._port = host, port
        self._connect_s, self._answer_s = connect_s, answer_s
        self._free = asyncio.Semaphore(most)
        self.open = self.opened = self.failed = 0
        """Connections that are open, that were opened, and questions that got no answer."""

    async def ask(self, request: bytes) -> Message:
        """Return the answer to the bytes of a request. Raises OriginError, whose text tells no client an address."""
        try:
            return await self._ask(request)
        except OriginError:
            self.failed += 1
            raise

    async def _ask(self, request: bytes) -> Message:
        async with self._free:
            try:
                async with asyncio.timeout(self._connect_s):
                    reader, writer = await asyncio.open_connection(self._host, self._port)
            except TimeoutError as error:
                raise OriginError(GATEWAY_TIMEOUT, f"the origin did not answer the proxy's connection within "
                                                   f"{self._connect_s:g} s") from error
            except OSError as error:
                raise OriginError(BAD_GATEWAY, f"the origin can't be reached: {_reason(error)}") from error
            self.open += 1
            self.opened += 1
            try:
                return await self._answer(reader, writer, request)
            finally:
                self.open -= 1
                writer.transport.abort()  # of a connection that was closed: nothing to do

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> Message:
        try:
            async with asyncio.timeout(self._answer_s):
                answer = await self._talk(reader, writer, request)
                writer.close()  # before the client is answered
                with contextlib.suppress(OSError):
                    await writer.wait_closed()
                return answer
        except TimeoutError as error:
            raise OriginError(GATEWAY_TIMEOUT, f"the origin did not answer within {self._answer_s:g} s") from error
        except OSError as error:
            raise OriginError(BAD_GATEWAY, f"the origin broke the connection off: {_reason(error)}") from error
        except CalcError as error:
            raise OriginError(BAD_GATEWAY, f"the origin did not answer as it should: {error}") from error

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> Message:
        end = ClientEnd()
        end.asked()
        writer.write(request)
        while (found := end.next_answer()) is None:
            end.feed(await reader.read(READ))
        return found[1]


def _reason(error: OSError) -> str:
    return (os.strerror(error.errno).lower() if error.errno and error.errno > 0 else str(error)) or "no reason given"
