"""What the two formats share: the limits, and how a framer keeps account of frames and damage."""

from __future__ import annotations

from typing import Protocol

from whywire.capture.block import NO_PACKETS, Block, Interface, Problem

FRAME_LIMIT = 16 << 20
"""No link carries a longer frame (Wireshark gives up at the same size); a length beyond it is damage."""

TIME_LIMIT = (1 << 63) - 1


class Account:
    """The interfaces, the frames counted so far and the damage met. Once ``stopped``, nothing more is read."""

    def __init__(self) -> None:
        self.interfaces: list[Interface] = []
        self.problems: list[Problem] = []
        self.frames = 0
        self.stopped = False
        self._notes: dict[str, tuple[int, int]] = {}  # kind -> index of its problem, how many more like it

    def stop(self, what: str, offset: int) -> None:
        """Note damage behind which no frame can be found."""
        self.problems.append(Problem(what, offset, self.frames + 1))
        self.stopped = True

    def note(self, kind: str, what: str, offset: int) -> None:
        """Note damage that reading goes on behind. The first of a kind is told, the others are counted."""
        if kind in self._notes:
            index, more = self._notes[kind]
            self._notes[kind] = index, more + 1
        else:
            self._notes[kind] = len(self.problems), 0
            self.problems.append(Problem(what, offset, self.frames + 1, fatal=False))

    def conclude(self, damage: str) -> None:
        """Complete the problems at the end of the file; ``damage`` is what its input had to say."""
        for index, more in self._notes.values():
            if more:
                first = self.problems[index]
                self.problems[index] = Problem(f"{first.what}; {more:,} more like this", first.offset, first.frame,
                                               fatal=False)
        if damage:
            self.problems.append(Problem(damage, frame=self.frames + 1))
        if not self.frames and not self.problems:
            self.problems.append(Problem(NO_PACKETS, fatal=False))


class Framer(Protocol):
    """A format: finds the frames in a block."""

    account: Account
    file_type: str

    def scan(self, block: Block, position: int) -> int:
        """Add the frames that lie in ``block.data`` whole, from ``position`` on.

        Returns where the first record begins that is not whole yet, to be called again with it at the
        beginning of the next block; or sets ``account.stopped``.
        """
        ...

    def cut(self, rest: bytes, offset: int) -> str:
        """Return the sentence for a file that ends with ``rest``, a record that is not whole."""
        ...
