"""Frames from an interface of this machine: an AF_PACKET socket with a ring of blocks (TPACKET_V3).

Frames of any length fit (on loopback they have up to 64 KiB), and the kernel hands over a block when it is full or
after `HAND_OVER_MS`. linux/if_packet.h, packet(7), Documentation/networking/packet_mmap.rst.
"""

from __future__ import annotations

import errno
import mmap
import os
import select
import socket
import sys
import time
from collections.abc import Iterator
from struct import Struct, pack
from typing import NamedTuple

from whywire.base.errors import WhywireError
from whywire.capture.block import INBOUND, OUTBOUND, UNKNOWN
from whywire.lab import bpf, kernel

ANY = "any"
HAND_OVER_MS = 50
_SOL_PACKET, _RX_RING, _STATISTICS, _VERSION = 263, 5, 6, 10
_V3 = 2
_ETH_P_ALL = 3
_BLOCK, _BLOCKS, _FRAME = 1 << 18, 128, 1 << 11
_BLOCK_STATUS_AT = 8
_STATUS = Struct("=I")
_BLOCK_HEADER = Struct("=III").unpack_from  # status, frames, where the first one is
_HEADER = Struct("=IIIIIIH6xIH10x4xiHB").unpack_from
# next, seconds, nanoseconds, captured, original, status, start; VLAN tag, its type; interface, hardware, kind
_USER, _VLAN, _VLAN_TYPE = 1, 1 << 4, 1 << 6
_OUTGOING = 4
_LOOPBACK = 772

LINK_TYPES = {1: 1, _LOOPBACK: 1, 65534: 101, 512: 101, 519: 101, 768: 101, 769: 101, 776: 101}
"""ARPHRD_* of the kernel -> LINKTYPE_*: Ethernet and loopback 1; tun, PPP and tunnels begin with the IP header: 101."""


class Frame(NamedTuple):
    """A frame as it came."""

    time_ns: int
    data: bytes
    original: int
    """Bytes on the wire."""
    interface: int
    """The kernel's index."""
    hardware: int
    """ARPHRD_*; see `LINK_TYPES`."""
    direction: int


class Sniffer:
    """All frames of an interface, or of every one (`ANY`). On loopback each is taken once, though it passes twice."""

    def __init__(self, interface: str, program: list[bpf.Instruction] | None = None) -> None:
        """Open it. Raises WhywireError where that is not allowed, or where there is no such interface."""
        self.name = interface
        self._index = 0 if interface == ANY else _index(interface)
        self.ended = ""
        """Why no more frames will come; empty while they may."""
        try:
            self._socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)  # 0: deaf until it is bound
        except OSError as error:
            raise WhywireError(*refusal(error), 1) from error
        try:
            self._open(program)
        except OSError as error:
            self._socket.close()
            raise WhywireError(f"{interface} can't be listened to: {error.strerror}", "", 1) from error

    def _open(self, program: list[bpf.Instruction] | None) -> None:
        self._socket.setsockopt(_SOL_PACKET, _VERSION, _V3)
        if program is not None:
            bpf.attach(self._socket, program)
        ring = pack("=7I", _BLOCK, _BLOCKS, _FRAME, _BLOCK // _FRAME * _BLOCKS, HAND_OVER_MS, 0, 0)
        self._socket.setsockopt(_SOL_PACKET, _RX_RING, ring)
        self._memory = mmap.mmap(self._socket.fileno(), _BLOCK * _BLOCKS)
        self._block = 0
        self._poll = select.poll()
        self._poll.register(self._socket, select.POLLIN | select.POLLERR)
        kernel.bind_packets(self._socket.fileno(), _ETH_P_ALL, self._index)

    def __enter__(self) -> Sniffer:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop listening."""
        self._memory.close()
        self._socket.close()

    def wait(self, seconds: float) -> None:
        """Wait until there are frames, or so long."""
        for _, events in self._poll.poll(seconds * 1000):
            if events & (select.POLLERR | select.POLLHUP):
                number = self._socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
                if number:
                    self.ended = f"{self.name} is down" if number == errno.ENETDOWN else os.strerror(number)

    def frames(self) -> Iterator[Frame]:
        """Yield the frames that the kernel has handed over, in the order they came: at most one ring full of them."""
        memory = self._memory
        for _ in range(_BLOCKS):
            at = self._block * _BLOCK
            status, frames, first = _BLOCK_HEADER(memory, at + _BLOCK_STATUS_AT)
            if not status & _USER:
                return
            position = at + first
            for _ in range(frames):
                frame, step = _frame(memory, position)
                position += step
                if frame is not None:
                    yield frame
            _STATUS.pack_into(memory, at + _BLOCK_STATUS_AT, 0)
            self._block = (self._block + 1) % _BLOCKS

    def finish(self) -> None:
        """Let the kernel hand over the block that it is filling."""
        time.sleep(2 * HAND_OVER_MS / 1000)

    def drops(self) -> int:
        """Return how many frames the kernel had no room for since the last call."""
        return int.from_bytes(self._socket.getsockopt(_SOL_PACKET, _STATISTICS, 12)[4:8], sys.byteorder)


def _frame(memory: mmap.mmap, at: int) -> tuple[Frame | None, int]:
    """Return the frame at a place of the ring (None: it is not wanted), and how far the next one is."""
    (step, seconds, nanoseconds, captured, original, status, start, tag, tag_type, interface, hardware,
     kind) = _HEADER(memory, at)
    if hardware == _LOOPBACK and kind == _OUTGOING:
        return None, step
    data = memory[at + start:at + start + captured]
    if status & _VLAN and LINK_TYPES.get(hardware) == 1 and captured >= 12:  # the kernel took the tag off
        data = data[:12] + pack("!HH", tag_type if status & _VLAN_TYPE else 0x8100, tag) + data[12:]
        original += 4
    direction = UNKNOWN if hardware == _LOOPBACK else OUTBOUND if kind == _OUTGOING else INBOUND
    return Frame(seconds * 1_000_000_000 + nanoseconds, data, original, interface, hardware, direction), step


def interface_name(index: int) -> str:
    """Return an interface's name, or its number where it is gone."""
    try:
        return socket.if_indextoname(index)
    except OSError:
        return f"interface {index}"


def _index(interface: str) -> int:
    try:
        return socket.if_nametoindex(interface)
    except (OSError, ValueError):
        names = ", ".join(name for _, name in socket.if_nameindex())
        raise WhywireError(f"there is no interface {interface!r}", f"this machine has {names}; any means all") from None


def refusal(error: OSError) -> tuple[str, str]:
    """Return (what stands in the way, what to do) of a packet socket that was refused."""
    if error.errno in (errno.EPERM, errno.EACCES):
        if os.geteuid() == 0:
            return ("recording packets needs CAP_NET_RAW, which root does not have here",
                    "start the container with --cap-add=NET_RAW (Docker, Podman), or record outside of it")
        python = os.path.realpath(sys.executable)
        return ("recording packets needs root or the capability CAP_NET_RAW",
                f"record as root: sudo {python} -m whywire capture ...\n"
                f"  or give the right to this Python once, and with it to every script that it runs: "
                f"sudo setcap cap_net_raw=ep {python}")
    if error.errno == errno.EAFNOSUPPORT:
        return "this kernel does not know packet sockets now", "load the module: sudo modprobe af_packet"
    return f"a packet socket is refused: {error.strerror}", ""


def refused() -> tuple[str, str] | None:
    """Return what stands in the way of recording and what to do, or None."""
    try:
        socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0).close()
    except OSError as error:
        return refusal(error)
    return None
