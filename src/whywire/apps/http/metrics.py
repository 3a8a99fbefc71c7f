"""Counters of all workers, in a piece of shared memory, as Prometheus' text format 0.0.4 when somebody asks.

Counting is an addition to a local number; every half second a worker copies its numbers to its own row.
"""

from __future__ import annotations

import mmap
from collections.abc import Sequence
from typing import NamedTuple, Protocol

from whywire.apps.http.app import HeadFacts, Reply, Request
from whywire.apps.http.pages import REASONS

COLUMNS = 256
"""Numbers of one worker."""


class Number(NamedTuple):
    """A number that is counted."""

    name: str
    kind: str
    """"counter" or "gauge"."""
    help: str
    labels: str = ""
    """As in ``code="200"``."""


class Counting(Protocol):
    """An app may have these two: what it counts (fixed), and the numbers now."""

    numbers: Sequence[Number]

    def counted(self) -> Sequence[float]:
        """Return a value for each of ``numbers``."""


class Source(Protocol):
    """A server, as far as its numbers go."""

    @property
    def counting(self) -> Counting | None:
        """The app, where it counts."""

    def publish(self) -> None:
        """Write this worker's row."""


OPEN, ACCEPTED, REFUSED, CUT, SENT, QUICK = range(6)
NUMBERS = [
    Number("whywire_http_connections", "gauge", "Open connections."),
    Number("whywire_http_connections_total", "counter", "Connections that were accepted."),
    Number("whywire_http_refused_total", "counter", "Connections closed because of bytes that were no good request."),
    Number("whywire_http_cut_total", "counter", "Answers that were broken off."),
    Number("whywire_http_sent_bytes_total", "counter", "Bytes of content sent."),
    Number("whywire_http_quick_total", "counter", "Answers of the quick path."),
]
_FIRST_CODE = len(NUMBERS)
_CODES = {status: _FIRST_CODE + index for index, status in enumerate([*REASONS, 0])}
NUMBERS += [Number("whywire_http_requests_total", "counter", "Answers, by status.", f'code="{status or "other"}"')
            for status in _CODES]


def column_of(status: int) -> int:
    """Return the column that counts answers with this status."""
    return _CODES.get(status, _CODES[0])


class Metrics:
    """The numbers of ``workers`` workers. Made before they are forked."""

    def __init__(self, workers: int = 1) -> None:
        self._memory = mmap.mmap(-1, workers * COLUMNS * 8)
        self._table = memoryview(self._memory).cast("d")
        self._workers = workers

    def publish(self, worker: int, values: Sequence[float], counting: Counting | None = None) -> None:
        """Write a worker's row; the app's own numbers stand behind the door's."""
        row = worker * COLUMNS
        for index, value in enumerate((*values, *(counting.counted() if counting else ()))):
            self._table[row + index] = value

    def rendered(self, counting: Counting | None = None) -> bytes:
        """Return the sums over all workers as text."""
        lines: list[str] = []
        told: set[str] = set()
        numbers = [*NUMBERS, *(counting.numbers if counting else ())]
        for index, number in enumerate(numbers):
            total = sum(self._table[row * COLUMNS + index] for row in range(self._workers))
            if number.labels.startswith("code=") and not total:
                continue
            if number.name not in told:
                told.add(number.name)
                lines += [f"# HELP {number.name} {number.help}", f"# TYPE {number.name} {number.kind}"]
            labels = f"{{{number.labels}}}" if number.labels else ""
            lines.append(f"{number.name}{labels} {total:.17g}")
        return ("\n".join(lines) + "\n").encode()

    def close(self) -> None:
        """Give the memory back."""
        self._table.release()
        self._memory.close()


class MetricsApp:
    """Answers ``/metrics`` on an address of its own."""

    def __init__(self, metrics: Metrics, source: Source) -> None:
        self._metrics = metrics
        self._source = source

    def quick(self, method: bytes, target: bytes, facts: HeadFacts) -> bytes | None:  # noqa: ARG002
        """Nothing is that quick here."""
        return None

    async def answer(self, request: Request, reply: Reply) -> None:
        """Answer with the numbers."""
        if request.target.partition("?")[0] != "/metrics":
            reply.start(404, [("Content-Type", "text/plain; charset=utf-8")], length=22)
            await reply.write(b"Ask for GET /metrics.\n")
            return
        if request.method not in ("GET", "HEAD"):
            reply.start(405, [("Allow", "GET, HEAD")], length=0)
            return
        self._source.publish()
        text = self._metrics.rendered(self._source.counting)
        reply.start(200, [("Content-Type", "text/plain; version=0.0.4; charset=utf-8")], length=len(text))
        await reply.write(text)
