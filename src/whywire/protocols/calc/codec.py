"""Bytes to calculator messages and back. Read by the length in the header: a recv is not a message."""

from __future__ import annotations

from dataclasses import dataclass

from whywire.protocols.calc import message as m
from whywire.protocols.calc.message import CalcError, Message

YEAR = 366 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Malformed:
    """No message can begin here, and so none behind it; or the stream ended (or has a hole) inside of one."""

    at: int
    why: str
    """``length`` (below 12), ``incomplete`` (the stream ended), ``hole`` (the header is missing in the capture)."""


class Reader:
    """One direction of bytes. `feed`, then take `next_message` until it returns None. Never raises for bytes."""

    def __init__(self, *, keep_raw: bool = False) -> None:
        self.lost = False
        self._keep_raw = keep_raw
        self._buffer = bytearray()
        self._base = 0
        self._gap = 0
        self._ended = False
        self._header: tuple[int, int, int, int, int] | None = None
        self._known = True

    @property
    def offset(self) -> int:
        """How many bytes of the stream belong to messages that were given out."""
        return self._base

    @property
    def wanted_bytes(self) -> int:
        """How long the message that began will be, as far as its header says; 0: no header yet."""
        return 0 if self._header is None else self._header[1]

    @property
    def waiting_bytes(self) -> int:
        """Bytes of a message that is not complete."""
        return len(self._buffer) + self._gap

    def feed(self, data: bytes) -> None:
        """Give the next bytes of the stream."""
        if self._gap:  # bytes of this message's data are missing already: its others need not be kept
            self._gap += len(data)
        else:
            self._buffer += data
        if self.lost:
            self._buffer.clear()

    def skip(self, length: int) -> None:
        """Say that the next ``length`` bytes are not known. All messages before must have been taken."""
        self._gap += length

    def end(self) -> None:
        """Say that the sender ended the stream."""
        self._ended = True

    def next_message(self) -> Message | Malformed | None:
        """Return the next message; None when it needs more bytes, `Malformed` once when there can't be another."""
        if self.lost:
            return None
        if self._header is None and len(self._buffer) >= m.HEADER_BYTES:
            self._header = m.HEADER.unpack_from(self._buffer)
        if self._header is None:
            return self._starve("hole" if self._gap else "incomplete")
        length = self._header[1]
        if length < m.HEADER_BYTES:
            return self._lose("length")
        if len(self._buffer) + self._gap < length:
            return self._starve("incomplete") if self._ended else None
        return self._message(length)

    def _message(self, length: int) -> Message:
        assert self._header is not None
        time, _, bits, seconds, _ = self._header
        whole = len(self._buffer) >= length
        data = bytes(self._buffer[m.HEADER_BYTES:length]) if whole else None
        raw = bytes(self._buffer[:length]) if self._keep_raw else b""
        missing = max(0, length - len(self._buffer))
        del self._buffer[:length]
        self._gap -= missing
        start, self._base = self._base, self._base + length
        self._header = None
        return Message(
            is_request=bool(bits & m.REQUEST_BIT), time=time, data=data, status=bits & m.STATUS_BITS,
            may_cache=bool(bits & m.CACHE_BIT), steps=bool(bits & m.STEPS_BIT), cache_seconds=seconds,
            start=start, end=self._base, raw=raw,
        )

    def _starve(self, why: str) -> Malformed | None:
        if self._gap or (self._ended and self._buffer):
            return self._lose(why)
        return None

    def _lose(self, why: str) -> Malformed:
        self.lost = True
        self._buffer.clear()
        self._gap = 0
        return Malformed(self._base, why)


def write(message: Message) -> bytes:
    """Return the bytes of a message. Raises CalcError for one that the header can't express."""
    if message.data is None:
        raise CalcError("a message without its data can't be written")
    length = m.HEADER_BYTES + len(message.data)
    if length > m.MOST_BYTES:
        raise CalcError(f"{length:,} bytes are more than the length field can say ({m.MOST_BYTES:,})")
    if message.is_request and message.status:
        raise CalcError("the status of a request is 0")
    for name, value, most in (("time", message.time, 0xFFFFFFFF), ("status", message.status, m.STATUS_BITS),
                              ("cache_seconds", message.cache_seconds, 0xFFFF)):
        if not 0 <= value <= most:
            raise CalcError(f"{name} {value} does not fit into its field (0..{most})")
    bits = (message.status | m.CACHE_BIT * message.may_cache | m.STEPS_BIT * message.steps
            | m.REQUEST_BIT * message.is_request)
    return m.HEADER.pack(message.time, length, bits, message.cache_seconds, 0) + message.data


def looks_like(data: bytes, is_request: bool, seconds: int | None = None) -> bool:
    """Tell whether a stream that begins with ``data`` is surely a calculator's: for captures, where it is a guess.

    ``seconds`` is when the packet passed. Stricter than reading: reserved bits and pad must be 0, the status must be
    one of its kind, the clock within a year, and the data that is there text (of an answer: JSON).
    """
    if len(data) < m.HEADER_BYTES:
        return False
    time, length, bits, _, pad = m.HEADER.unpack_from(data)
    status = bits & m.STATUS_BITS
    if length <= m.HEADER_BYTES or bits & m.RESERVED or pad or bool(bits & m.REQUEST_BIT) is not is_request:
        return False
    if seconds is not None and abs(time - seconds) > YEAR:
        return False
    if (status != 0) if is_request else not (status == 200 or 400 <= status <= 599):
        return False
    return _is_content(data[m.HEADER_BYTES:length], is_request, whole=len(data) >= length)


def _is_content(content: bytes, is_request: bool, *, whole: bool) -> bool:
    """Tell whether ``content`` is the (beginning of the) data of a message."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        if whole or error.end < len(content):  # only its last character may be cut
            return False
        text = content[:error.start].decode("utf-8")
    if any(ord(char) < 32 and char not in "\t\n\r" for char in text):
        return False
    if is_request or not whole:
        return is_request or text[:1] == "{" or not text
    import json

    try:
        answer = json.loads(text)
    except (ValueError, RecursionError):
        return False
    return isinstance(answer, dict) and ("result" in answer or "error" in answer)
