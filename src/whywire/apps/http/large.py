"""Large answers from memory, without a copy for each client: kept once in a file of the kernel's, sent by sendfile.

The app gives the same bytes again and again while a file is asked for a lot. From the second time on they lie in an
anonymous file (memfd_create(2)), whose pages the kernel sends as they are; the file is written once and never changed.
"""

from __future__ import annotations

import os
from collections import OrderedDict

LARGE = 48 << 10
"""From here on a copy costs more than the calls around it."""
MOST_FILES, MOST_BYTES = 64, 64 << 20


class Larges:
    """Anonymous files for the answers that were sent last, found by the identity of their bytes."""

    def __init__(self) -> None:
        self._seen: OrderedDict[int, tuple[bytes, int]] = OrderedDict()
        self._bytes = 0
        self._used: set[int] = set()
        self.usable = hasattr(os, "memfd_create") and hasattr(os, "sendfile")

    def send(self, target: int, answer: bytes) -> int:
        """Send on the socket ``target`` what it takes at once; return how many bytes. Raises OSError of a lost one."""
        if not self.usable:
            return 0
        found = self._seen.get(id(answer))
        if found is None or found[0] is not answer:
            self._note(answer)
            return 0
        self._used.add(id(answer))
        if found[1] < 0:
            found = self._keep(answer)
            if found is None:
                return 0
        try:
            return os.sendfile(target, found[1], 0, len(answer))
        except BlockingIOError:
            return 0

    def age(self) -> None:
        """Let go of what was not sent since the last call: answers are made anew each second, for their Date."""
        for key in [key for key in self._seen if key not in self._used]:
            self._drop(key)
        self._used.clear()

    def _note(self, answer: bytes) -> None:
        """Remember the first time; an answer that comes once is not worth a file."""
        self._drop(id(answer))
        self._seen[id(answer)] = answer, -1
        self._bytes += len(answer)
        while len(self._seen) > MOST_FILES or self._bytes > MOST_BYTES:
            self._drop(next(iter(self._seen)))

    def _keep(self, answer: bytes) -> tuple[bytes, int] | None:
        try:
            fd = os.memfd_create("whywire", os.MFD_CLOEXEC)
        except OSError:
            self.usable = False
            return None
        try:
            left = memoryview(answer)
            while left:
                left = left[os.write(fd, left):]
        except OSError:
            os.close(fd)
            self.usable = False
            return None
        self._seen[id(answer)] = kept = answer, fd
        return kept

    def _drop(self, key: int) -> None:
        found = self._seen.pop(key, None)
        if found is not None:
            self._bytes -= len(found[0])
            if found[1] >= 0:
                os.close(found[1])

    def close(self) -> None:
        """Give everything back."""
        for key in tuple(self._seen):
            self._drop(key)
