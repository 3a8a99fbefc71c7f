"""A host's socket table: which of its TCP sockets are in which state (/proc/net/tcp, proc_pid_net(5))."""

from __future__ import annotations

import os
from typing import NamedTuple

FIN_WAIT_2, TIME_WAIT, LISTEN = 0x05, 0x06, 0x0A
CLOSE_WAIT, LAST_ACK, CLOSING = 0x08, 0x09, 0x0B
"""States of include/net/tcp_states.h."""


class Row(NamedTuple):
    """One socket. Addresses are as the kernel prints them: hexadecimal, ``0100000A:1F90``."""

    local: str
    remote: str
    state: int
    to_send: int
    """Bytes written and not yet acknowledged."""
    to_read: int
    """Bytes received and not yet read; of a listening socket, connections not yet accepted."""
    inode: int
    """0: no program holds it any more."""

    @property
    def queued(self) -> bool:
        """Whether bytes wait to be sent or read. The peer's FIN counts as one to read until the program has seen it."""
        fin = self.state in (CLOSE_WAIT, LAST_ACK, CLOSING)
        return self.state != LISTEN and (self.to_send > 0 or self.to_read > fin)

    @property
    def over(self) -> bool:
        """Whether nothing more happens at this end unless the peer sends something.

        TIME-WAIT is over for both; FIN-WAIT-2 without an owner only waits for a FIN, so the peer's row decides.
        """
        return self.state in (LISTEN, TIME_WAIT) or (self.state == FIN_WAIT_2 and self.inode == 0)

    @property
    def only_local(self) -> bool:
        """Whether a listening socket takes connections from its own host only (127.0.0.1 or ::1)."""
        address = self.local.rpartition(":")[0]
        return address.endswith("7F") if len(address) == 8 else address == "0" * 24 + "01000000"


def parse(text: str) -> list[Row]:
    """Read the kernel's table; a line that is cut is left out."""
    rows = []
    for line in text.splitlines()[1:]:
        words = line.split()
        if len(words) >= 10:
            to_send, _, to_read = words[4].partition(":")
            rows.append(Row(words[1], words[2], int(words[3], 16), int(to_send, 16), int(to_read, 16),
                            int(words[9])))
    return rows


def read(tables: tuple[int, ...]) -> list[Row]:
    """Return the rows of a host's open table descriptors (`links.HostLink.tables`)."""
    rows: list[Row] = []
    for descriptor in tables:
        os.lseek(descriptor, 0, os.SEEK_SET)
        parts = []
        while part := os.read(descriptor, 1 << 16):
            parts.append(part)
        rows += parse(b"".join(parts).decode("ascii", "replace"))
    return rows
