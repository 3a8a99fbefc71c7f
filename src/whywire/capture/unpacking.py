"""Compressed captures: gzip (RFC 1952) and Zstandard (RFC 8878), read forward in pieces, and again by offset."""

from __future__ import annotations

import sys
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from whywire.capture.streams import BLOCK, Input

_COMPRESSED = 1 << 18
KEPT = 64 << 20
"""So many unpacked bytes are kept: reading packets again, connection by connection, would begin anew each time."""
LARGEST_WINDOW_LOG = 27
"""128 MiB, what zstd itself accepts without --long; a hostile file could ask for gigabytes."""


class Member(Protocol):
    """One member (frame) of a compressed file."""

    eof: bool
    left: bytes
    """Compressed bytes of the last call that were not used yet, or that lie behind the member's end."""

    def decompress(self, data: bytes, size: int) -> bytes:
        """Return at most ``size`` unpacked bytes."""
        ...


@dataclass(frozen=True, slots=True)
class Codec:
    """A compression: how it is called, how a member begins, how one is unpacked."""

    name: str
    first: bytes
    """First bytes that another member may begin with."""
    member: Callable[[], Member]
    errors: tuple[type[Exception], ...]


class _GzipMember:
    def __init__(self) -> None:
        self._inner = zlib.decompressobj(wbits=31)
        self.eof = False
        self.left = b""

    def decompress(self, data: bytes, size: int) -> bytes:
        """See `Member`."""
        piece = self._inner.decompress(data, size)
        self.eof = self._inner.eof
        self.left = self._inner.unused_data or self._inner.unconsumed_tail
        return piece


def gzip() -> Codec:
    """Return gzip, by the standard library."""
    return Codec("gzip", b"\x1f", _GzipMember, (zlib.error,))


def zstd() -> Codec | None:
    """Return Zstandard, by the standard library (3.14) or its backport; None where neither is installed."""
    try:
        from compression.zstd import (  # type: ignore[import-not-found,unused-ignore]
            DecompressionParameter,
            ZstdDecompressor,
            ZstdError,
        )
    except ImportError:
        try:
            from backports.zstd import DecompressionParameter, ZstdDecompressor, ZstdError
        except ImportError:
            return None

    class ZstdMember:
        """The library keeps what it was given and has not unpacked yet; it gets more only when it asks for it."""

        def __init__(self) -> None:
            self._inner = ZstdDecompressor(options={DecompressionParameter.window_log_max: LARGEST_WINDOW_LOG})
            self.eof = False
            self.left = b""

        def decompress(self, data: bytes, size: int) -> bytes:
            """See `Member`."""
            hungry = self._inner.needs_input
            piece: bytes = self._inner.decompress(data if hungry else b"", size)
            self.eof = self._inner.eof
            self.left = self._inner.unused_data + (b"" if hungry else data)
            return piece

    first = b"\x28" + bytes(range(0x50, 0x60))  # a frame, or a skippable one
    return Codec("zstd", first, ZstdMember, (ZstdError,))


class _Unpacker:
    """A forward walk through a compressed file, all its members. Memory does not depend on what is in it."""

    def __init__(self, inner: Input, codec: Codec, head: bytes | None = None) -> None:
        """Walk on behind ``head``, the bytes of ``inner`` that were read; None: from the beginning, by offset."""
        self._inner = inner
        self._codec = codec
        self._member = codec.member()
        self._by_offset = head is None
        self._waiting = head or b""
        self._taken = len(self._waiting)
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
            except self._codec.errors as error:
                self.damage = f"the {self._codec.name} data is damaged before its byte {self._taken:,} ({error})"
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
            self._waiting = (self._inner.read_at(self._taken, _COMPRESSED) if self._by_offset
                             else self._inner.read(_COMPRESSED))
            self._taken += len(self._waiting)
        if self._member.eof and not self._next_member():
            return None
        ended = not self._waiting
        piece = self._member.decompress(self._waiting, size)
        self._waiting = self._member.left
        if ended and not piece and not self._member.eof:
            self.damage = (f"the {self._codec.name} data is cut: it ends after {self._taken:,} bytes "
                           "in the middle of its stream")
        return piece

    def _next_member(self) -> bool:
        """Begin the next member. What follows the last one as padding (zeros) is no member."""
        self._waiting = self._waiting.lstrip(b"\0")
        if not self._waiting:
            return False
        if self._waiting[0] not in self._codec.first:
            self.damage = f"the {self._codec.name} data is followed by something else before its byte {self._taken:,}"
            return False
        self._member = self._codec.member()
        return True


class UnpackedInput:
    """A compressed file as the bytes that are in it. Behind those that are kept (`KEPT`; ``keep``: all), going back
    means to begin again; going on does not."""

    def __init__(self, inner: Input, codec: Codec, keep: bool = False, head: bytes = b"") -> None:
        """``head``: what was read of ``inner`` already; a pipe gives it only once."""
        self._inner = inner
        self._codec = codec
        self._forward = _Unpacker(inner, codec, head)
        self._again: _Unpacker | None = None
        self._kept = bytearray()
        self._most = sys.maxsize if keep else KEPT

    @property
    def damage(self) -> str:
        """See `Input`."""
        return self._inner.damage or self._forward.damage

    def read(self, size: int) -> bytes:
        """See `Input`."""
        piece = self._forward.read(size)
        if len(self._kept) < self._most:
            self._kept += piece[:self._most - len(self._kept)]
        return piece

    def read_on(self, rest: bytes, size: int) -> bytes:
        """See `Input`."""
        return rest + self.read(size)

    def read_at(self, offset: int, length: int) -> bytes:
        """See `Input`."""
        if offset + length <= len(self._kept) or self._most == sys.maxsize:
            return bytes(self._kept[offset:offset + length])
        if self._again is None or self._again.position > offset:
            self._again = _Unpacker(self._inner, self._codec)
        while self._again.position < offset:
            if not self._again.read(min(BLOCK, offset - self._again.position)):
                return b""
        return self._again.read(length)

    def forget(self) -> None:
        """See `Input`."""
        self._inner.forget()

    def close(self) -> None:
        """See `Input`."""
        self._inner.close()
