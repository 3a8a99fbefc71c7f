"""The HTTP/1 reader and connection: any bytes in any pieces give the same events, and no body is kept."""

from __future__ import annotations

from collections.abc import Iterable

from tests.protocols.feeding import joined, take
from tests.protocols.http1.test_reader import CHUNKS, GET, POST
from tools.fuzz.holds import want
from whywire.protocols.http1 import REQUEST, RESPONSE, Connection, Reader, RemoteProtocolError
from whywire.protocols.http1.events import Event
from whywire.protocols.http1.states import CLIENT, SERVER, WAITING


def seeds() -> Iterable[bytes]:
    """Messages of every framing; the first byte cuts them."""
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
    yield from (bytes([cut]) + data for cut in (0, 3, 17) for data in (
        GET, POST, CHUNKS, GET + POST, answer, b"HTTP/1.0 200 OK\r\n\r\nuntil close",
        b"HTTP/1.1 100 Continue\r\n\r\n" + answer, b"HTTP/1.1 304 Not Modified\r\n\r\n" + answer,
        b"GET /ws HTTP/1.1\r\nHost: h\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n\x00\x01",
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n\x00",
        b"CONNECT h:1 HTTP/1.1\r\nHost: h\r\n\r\n"))


def one(data: bytes) -> None:
    """Read it whole and in pieces, by the tolerant tier and by the strict one."""
    if not data:
        return
    step, stream = 1 + data[0] % 32, data[1:]
    for kind in (REQUEST, RESPONSE):
        whole = _read(kind, stream, max(1, len(stream)))
        want(_read(kind, stream, step) == whole, "pieces read otherwise")
    for role in (CLIENT, SERVER):
        _strict(Connection(role), stream, step)


def _read(kind: str, stream: bytes, step: int) -> list[Event]:
    """Read in pieces; every request to leave HTTP is refused."""
    reader = Reader(kind)
    events: list[Event] = []
    for at in range(0, len(stream), step):
        reader.feed(stream[at:at + step])
        events += take(reader)
        while reader.state == WAITING:
            reader.switch(False)
            events += take(reader)
    reader.end()
    return joined(events + take(reader))


def _strict(connection: Connection, stream: bytes, step: int) -> None:
    try:
        for at in range(0, len(stream), step):
            connection.receive(stream[at:at + step])
            while connection.next_event() is not None:
                pass
        connection.receive(b"")
        while connection.next_event() is not None:
            pass
    except RemoteProtocolError as error:
        want(400 <= error.status < 600, f"status {error.status}")
