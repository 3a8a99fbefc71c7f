"""Where a capture's bytes come from: a file, memory, or gzip around one of them. Read forward, and again by offset."""

from __future__ import annotations

import zlib
from typing import BinaryIO, Protocol

BLOCK = 4 << 20
_COMPRESSED = 1 << 18


class Input(Protocol):
    """Bytes, forwards once and by offset as often as asked. ``damage``: why they ended too early."""

    @property
    def damage(self) -> str:
        """The sentence, or nothing."""
        ...

    def read(self, size: int) -> bytes:
        """Return the next bytes, at most ``size``, empty only at the end. Never raises for damage."""
        ...

    def read_at(self, offset: int, length: int) -> bytes:
        """Return bytes again, fewer only at the end. Raises OSError."""
        ...

    def close(self) -> None:
        """Let go of the file."""
        ...


class MemoryInput:
    """Bytes that are there already, and those a pipe can't give twice."""

    def __init__(self, data: bytes) -> None:
        self.damage = ""
        self._data = data
        self._position = 0

    def read(self, size: int) -> bytes:
        """See `Input`."""
        piece = self._data[self._position:self._position + size]
        self._position += len(piece)
        return piece

    def read_at(self, offset: int, length: int) -> bytes:
        """See `Input`."""
        return self._data[offset:offset + length]

    def close(self) -> None:
        """See `Input`."""


class FileInput:
    """A file. What can't be sought in (a pipe) is kept in memory as it is read."""

    def __init__(self, file: BinaryIO) -> None:
        self.damage = ""
        self._file = file
        self._position = 0
        self._kept = None if file.seekable() else bytearray()

    def read(self, size: int) -> bytes:
        """See `Input`."""
        try:
            if self._kept is None:
                self._file.seek(self._position)
            piece = self._file.read(size) or b""
        except OSError as error:
            self.damage = f"reading stopped at offset {self._position:,}: {error.strerror}"
            return b""
        self._position += len(piece)
        if self._kept is not None:
            self._kept += piece
        return piece

    def read_at(self, offset: int, length: int) -> bytes:
        """See `Input`."""
        if self._kept is not None:
            while len(self._kept) < offset + length and self.read(offset + length - len(self._kept)):
                pass
            return bytes(self._kept[offset:offset + length])
        self._file.seek(offset)
        return self._file.read(length)

    def close(self) -> None:
        """See `Input`."""
        self._file.close()


class _Gunzip:
    """A forward walk through a gzip file (RFC 1952), all its members. Memory does not depend on what is in it."""

    def __init__(self, inner: Input) -> None:
        self._inner = inner
        self._member = zlib.decompressobj(wbits=31)
        self._waiting = b""
        self._taken = 0
        self.position = 0
        self.damage = ""

    def read(self, size: int) -> bytes:
        """Return up to ``size`` bytes, empty at the end or where the data is damaged (then ``damage`` says so)."""
        pieces: list[bytes] = []
        missing = size
        while missing > 0 and not self.damage:
            try:
                piece = self._piece(missing)
            except OSError as error:
                self.damage = f"reading stopped at offset {self._taken:,}: {error.strerror}"
                break
            except zlib.error as error:
                self.damage = f"the gzip data is damaged before its byte {self._taken:,} ({error})"
                break
            if piece is None:
                break
            pieces.append(piece)
            missing -= len(piece)
        data = b"".join(pieces)
        self.position += len(data)
        return data

    def _piece(self, size: int) -> bytes | None:
        """Return the next bytes (perhaps none of them yet), or None at the end."""
        if not self._waiting:
            self._waiting = self._inner.read_at(self._taken, _COMPRESSED)
            self._taken += len(self._waiting)
        if self._member.eof and not self._next_member():
            return None
        ended = not self._waiting
        piece = self._member.decompress(self._waiting, size)
        self._waiting = self._member.unused_data or self._member.unconsumed_tail
        if ended and not piece and not self._member.eof:
            self.damage = f"the gzip data is cut: it ends after {self._taken:,} bytes in the middle of its stream"
        return piece

    def _next_member(self) -> bool:
        """Begin the next member. What follows the last one as padding (zeros) is no member."""
        self._waiting = self._waiting.lstrip(b"\0")
        if not self._waiting:
            return False
        if self._waiting[0] != 0x1F:
            self.damage = f"the gzip data is followed by something else before its byte {self._taken:,}"
            return False
        self._member = zlib.decompressobj(wbits=31)
        return True


class GzipInput:
    """A gzip file as the bytes that are in it. Going back means to begin again; going on does not."""

    def __init__(self, inner: Input, keep: bool = False) -> None:
        self._inner = inner
        self._forward = _Gunzip(inner)
        self._again: _Gunzip | None = None
        self._kept = bytearray() if keep else None

    @property
    def damage(self) -> str:
        """See `Input`."""
        return self._forward.damage

    def read(self, size: int) -> bytes:
        """See `Input`."""
        piece = self._forward.read(size)
        if self._kept is not None:
            self._kept += piece
        return piece

    def read_at(self, offset: int, length: int) -> bytes:
        """See `Input`."""
        if self._kept is not None:
            return bytes(self._kept[offset:offset + length])
        if self._again is None or self._again.position > offset:
            self._again = _Gunzip(self._inner)
        while self._again.position < offset:
            if not self._again.read(min(BLOCK, offset - self._again.position)):
                return b""
        return self._again.read(length)

    def close(self) -> None:
        """See `Input`."""
        self._inner.close()
