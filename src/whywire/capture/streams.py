"""Where a capture's bytes come from: a file or memory. Read forward, and again by offset."""

from __future__ import annotations

from typing import BinaryIO, Protocol

BLOCK = 1 << 20
"""Bytes that are read at a time: they and the columns of their packets stay in the processor's cache."""


class Input(Protocol):
    """Bytes, forwards once and by offset as often as asked. ``damage``: why they ended too early."""

    @property
    def damage(self) -> str:
        """The sentence, or nothing."""
        ...

    def read(self, size: int) -> bytes:
        """Return the next bytes, at most ``size``, empty only at the end. Never raises for damage."""
        ...

    def read_on(self, rest: bytes, size: int) -> bytes:
        """Return ``rest``, the last bytes that were read, with the next ones behind; just ``rest`` at the end."""
        ...

    def read_at(self, offset: int, length: int) -> bytes:
        """Return bytes again, fewer only at the end. Raises OSError."""
        ...

    def forget(self) -> None:
        """Nothing will be read again: keep no more of a pipe."""
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

    def read_on(self, rest: bytes, size: int) -> bytes:
        """See `Input`."""
        return rest + self.read(size)

    def read_at(self, offset: int, length: int) -> bytes:
        """See `Input`."""
        return self._data[offset:offset + length]

    def forget(self) -> None:
        """See `Input`."""

    def close(self) -> None:
        """See `Input`."""


class FileInput:
    """A file. What can't be sought in (a pipe) is kept in memory as it is read."""

    def __init__(self, file: BinaryIO, *, again: bool = True) -> None:
        """``again``: bytes will be read again, so those of a pipe have to be kept."""
        self.damage = ""
        self._file = file
        self._position = 0
        self._seekable = file.seekable()
        self._kept = bytearray() if again and not self._seekable else None

    def read(self, size: int) -> bytes:
        """See `Input`."""
        try:
            if self._seekable:
                self._file.seek(self._position)
            piece = self._file.read(size) or b""
        except OSError as error:
            self.damage = f"reading stopped at offset {self._position:,}: {error.strerror}"
            return b""
        self._position += len(piece)
        if self._kept is not None:
            self._kept += piece
        return piece

    def read_on(self, rest: bytes, size: int) -> bytes:
        """See `Input`. A file gives the rest once more, which is cheaper than to move a whole block behind it."""
        if not self._seekable or len(rest) > size >> 1:
            return rest + self.read(size)
        self._position -= len(rest)
        again = self.read(size)
        if len(again) >= len(rest):
            return again
        self._position += len(rest) - len(again)
        return rest

    def read_at(self, offset: int, length: int) -> bytes:
        """See `Input`."""
        if self._kept is not None:
            while len(self._kept) < offset + length and self.read(offset + length - len(self._kept)):
                pass
            return bytes(self._kept[offset:offset + length])
        self._file.seek(offset)
        return self._file.read(length)

    def forget(self) -> None:
        """See `Input`."""
        self._kept = None

    def close(self) -> None:
        """See `Input`."""
        self._file.close()
