"""Frames out of a namespace and into it: an AF_PACKET socket with a ring in shared memory (TPACKET_V2).

The ring is larger than an ordinary user may make a socket's receive buffer (net.core.rmem_max), the time stamp
of each frame is in it, and taking one costs no system call. linux/if_packet.h, packet(7).
"""

from __future__ import annotations

import mmap
import socket
from struct import Struct, pack

from whywire.lab import kernel

_SOL_PACKET, _RX_RING, _STATISTICS, _VERSION, _IGNORE_OUTGOING, _QDISC_BYPASS = 263, 5, 6, 10, 23, 20
_V2 = 1
_ETH_P_ALL = 3
_SLOT, _BLOCK, _BLOCKS = 2048, 1 << 16, 64
_SLOTS = _BLOCK // _SLOT * _BLOCKS
_HEADER = Struct("=IIIHHII").unpack_from  # status, length, captured, start, network, seconds, nanoseconds
_INTERFACE = Struct("=i").unpack_from
_INTERFACE_AT = 36  # behind the header, in sockaddr_ll
_STATUS = Struct("=I")
_USER = 1


class Ring:
    """All frames that arrive at any interface of this namespace, not those that are sent from here.

    One socket for everything: closing one waits for the kernel's readers (synchronize_net), some 15 ms each.
    """

    def __init__(self) -> None:
        self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)  # 0: deaf until it is bound
        self.socket.setsockopt(_SOL_PACKET, _VERSION, _V2)
        self.socket.setsockopt(_SOL_PACKET, _IGNORE_OUTGOING, 1)
        self.socket.setsockopt(_SOL_PACKET, _QDISC_BYPASS, 1)
        self.socket.setsockopt(_SOL_PACKET, _RX_RING, pack("=IIII", _BLOCK, _BLOCKS, _SLOT, _SLOTS))
        self._memory = mmap.mmap(self.socket.fileno(), _BLOCK * _BLOCKS)
        self._at = 0
        kernel.bind_packets(self.socket.fileno(), _ETH_P_ALL)

    def fileno(self) -> int:
        """Return the descriptor to wait on."""
        return self.socket.fileno()

    def take(self) -> tuple[int, int, bytes] | None:
        """Return the next frame as (CLOCK_REALTIME ns, interface, bytes); None when there is none."""
        memory, at = self._memory, self._at
        status, _, captured, start, _, seconds, nanoseconds = _HEADER(memory, at)
        if not status & _USER:
            return None
        frame = memory[at + start : at + start + captured]
        (interface,) = _INTERFACE(memory, at + _INTERFACE_AT)
        _STATUS.pack_into(memory, at, 0)
        self._at = (at + _SLOT) % (_BLOCK * _BLOCKS)
        return seconds * 1_000_000_000 + nanoseconds, interface, frame

    def drops(self) -> int:
        """Return how many frames the kernel had no room for since the last call."""
        statistics = self.socket.getsockopt(_SOL_PACKET, _STATISTICS, 8)
        return int.from_bytes(statistics[4:8], "little")

    def send(self, interface: str, frame: bytes) -> None:
        """Put a frame on an interface. Raises OSError."""
        self.socket.sendto(frame, (interface, 0))
