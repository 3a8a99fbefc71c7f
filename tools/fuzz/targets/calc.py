"""The calculator's codec: any bytes in any pieces give the same messages; what was read can be written again."""

from __future__ import annotations

from collections.abc import Iterable

from tools.fuzz.holds import want
from whywire.protocols.calc import codec
from whywire.protocols.calc.codec import Malformed, Reader
from whywire.protocols.calc.message import HEADER, MOST_BYTES, Message


def seeds() -> Iterable[bytes]:
    """Two requests and an answer, the first byte cuts them."""
    for text in (b"1+2", b'{"result": 3}', b"", b"max(1,2)" * 9):
        for step, bits in ((0, 0x1400), (5, 0x10C8)):
            yield bytes([step]) + (HEADER.pack(1_700_000_000, 12 + len(text), bits, 60, 0) + text) * 2


def one(data: bytes) -> None:
    """Read it whole, in pieces and with a hole; write again what was read whole."""
    if not data:
        return
    step, stream = 1 + data[0] % 32, data[1:]
    whole = _messages(stream, max(1, len(stream)))
    want(_messages(stream, step) == whole, "pieces read otherwise")
    for message in whole:
        if isinstance(message, Message) and message.data is not None and message.end - message.start <= MOST_BYTES:
            _again(message)
    _messages(stream, step, hole=data[0])
    for seconds in (None, 1_700_000_000):
        codec.looks_like(stream, True, seconds)
        codec.looks_like(stream, False, seconds)


def _messages(stream: bytes, step: int, hole: int | None = None) -> list[Message | Malformed]:
    reader = Reader()
    found: list[Message | Malformed] = []
    pieces = [stream[at:at + step] for at in range(0, len(stream), step)]
    for number, piece in enumerate([*pieces, None]):
        if piece is None:
            reader.end()
        elif number == hole:
            reader.skip(len(piece))
        else:
            reader.feed(piece)
        while (message := reader.next_message()) is not None:
            found.append(message)
    return found


def _again(message: Message) -> None:
    try:
        written = codec.write(message)
    except codec.CalcError:
        return
    (read,) = _messages(written, len(written))
    want(isinstance(read, Message) and read.data == message.data and read.status == message.status, "written otherwise")
