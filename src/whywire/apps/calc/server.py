"""The calculator's server: what `whywire calc serve` runs."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from whywire.apps.calc.answers import answer
from whywire.apps.calc.front import Front, Now, Patience
from whywire.apps.calc.limits import Limits
from whywire.apps.calc.running import until_signal
from whywire.protocols.calc import HEADER, Message
from whywire.protocols.calc.message import FOR_GOOD, STATUS_BITS

_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Options:
    """What the server is started with."""

    host: str = "127.0.0.1"
    port: int = 9999
    """0: one that the kernel chooses."""
    fresh_s: int = FOR_GOOD
    """How long a result may be given again from a cache; 0: not at all, 65535: for good."""
    connections: int | None = None
    """After so many connections it ends; None: it goes on until a signal."""
    limits: Limits = field(default_factory=Limits)
    patience: Patience = field(default_factory=Patience)
    say: Callable[[str], None] | None = None
    """Called with lines for a person: where it listens, then one a request. None: silent."""
    now: Now = time.time
    random: Callable[[], float] = random.random


class Server:
    """The server in an event loop."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self.front = Front(self.answer, options.patience, None if options.say is None else self._log, options.now,
                           options.connections)

    async def start(self) -> int:
        """Listen; return the port. Raises OSError."""
        return await self.front.start(self._options.host, self._options.port)

    async def stop(self) -> None:
        """Finish what is being answered, close everything."""
        await self.front.stop()

    async def answer(self, request: Message) -> bytes:
        """Return the bytes of the answer to a request."""
        await asyncio.sleep(0)  # others' requests come between those of one client
        options = self._options
        return answer(request, now=int(options.now()), random=options.random, fresh_s=options.fresh_s,
                      limits=options.limits)

    def _log(self, peer: str, request: Message | None, data: bytes) -> None:
        assert self._options.say is not None
        status = HEADER.unpack_from(data)[2] & STATUS_BITS if data else "closed"
        text = "not a request" if request is None else repr((request.text or "")[:_SHOWN])
        self._options.say(f"{peer} {text}: {status}, {len(data):,} bytes")


def run(options: Options) -> int:
    """Serve until SIGINT or SIGTERM, then stop in order; return 0. Raises WhywireError where it can't listen."""
    server = Server(options)
    return until_signal("the calculator", options.host, options.port, server.start, server.stop, options.say,
                        server.front.over if options.connections is not None else None)
