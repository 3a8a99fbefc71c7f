"""`CaptureFile`: walks a capture block by block. The `FrameSource` of every format."""

from __future__ import annotations

from collections.abc import Iterator

from whywire.base.errors import WhywireError
from whywire.capture.block import Block, Interface, Problem
from whywire.capture.framing import Framer
from whywire.capture.streams import BLOCK, Input


class CaptureFile:
    """An opened capture; see `block.FrameSource`. ``head`` are the bytes that its recognition has read."""

    def __init__(self, path: str, bytes_in: Input, framer: Framer, head: bytes, header_size: int,
                 compression: str = "") -> None:
        self.path = path
        self.file_type = framer.file_type + compression
        self.interfaces: list[Interface] = framer.account.interfaces
        self.problems: list[Problem] = framer.account.problems
        self._input = bytes_in
        self._framer = framer
        self._rest = head
        self._start = 0
        self._position = header_size
        self._ended = False

    def blocks(self) -> Iterator[Block]:
        """Yield the frames, block by block, in file order; see `block.FrameSource.blocks`."""
        framer, account = self._framer, self._framer.account
        data, fresh = self._rest, True
        while not self._ended:
            if data and fresh:
                block = Block(data, self._start)
                end = framer.scan(block, self._position)
                block.cut(block.frames)
                if block.frames:
                    yield block
                data, self._position = data[end:], 0
                self._start += end
            rest = len(data)
            if not account.stopped:
                data = self._input.read_on(data, BLOCK)
            fresh = len(data) > rest
            if not fresh:
                self._ended = True
                if data and not account.stopped and not self._input.damage:
                    account.stop(framer.cut(data, self._start), self._start)
                account.conclude(self._input.damage)
        self._rest = b""

    def read(self, offset: int, length: int) -> bytes:
        """Return bytes of the (uncompressed) file again. Raises WhywireError where that fails."""
        try:
            return self._input.read_at(offset, length)
        except (OSError, ValueError) as error:
            raise WhywireError(f"{self.path} could not be read again at offset {offset:,}: {error}",
                               "was it replaced while whywire was reading it?") from error

    def forget(self) -> None:
        """No packet will be read again: keep no more of a pipe."""
        self._input.forget()

    def close(self) -> None:
        """Let go of the file."""
        self._input.close()
