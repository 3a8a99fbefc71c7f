"""System calls that Python 3.11 has no name for, by ctypes (os.unshare and os.setns exist from 3.12 on).

Each raises OSError as the functions of `os` do.
"""

from __future__ import annotations

import ctypes
import os
import socket
import sys

NEW_MOUNT, NEW_UTS, NEW_USER, NEW_PID, NEW_NET = 0x20000, 0x4000000, 0x10000000, 0x20000000, 0x40000000
"""CLONE_NEW* of <linux/sched.h>."""

MS_REC, MS_PRIVATE, MS_BIND, MNT_DETACH = 0x4000, 0x40000, 0x1000, 2
_PR_SET_PDEATHSIG, _PR_SET_TIMERSLACK = 1, 29

_libc = ctypes.CDLL(None, use_errno=True)


def _call(name: str, *arguments: object) -> int:
    result: int = getattr(_libc, name)(*arguments)
    if result == -1:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result


def unshare(flags: int) -> None:
    """Give this process namespaces of its own (unshare(2))."""
    _call("unshare", ctypes.c_int(flags))


def setns(descriptor: int, kind: int) -> None:
    """Enter the namespace that ``descriptor`` stands for (setns(2))."""
    _call("setns", ctypes.c_int(descriptor), ctypes.c_int(kind))


def mount(source: str, target: str, kind: str | None, flags: int = 0, data: str | None = None) -> None:
    """Mount (mount(2))."""
    _call("mount", source.encode(), target.encode(), kind and kind.encode(), ctypes.c_ulong(flags),
          data and data.encode())


def unmount(target: str, flags: int = 0) -> None:
    """Unmount (umount2(2))."""
    _call("umount2", target.encode(), ctypes.c_int(flags))


def set_host_name(name: str) -> None:
    """Set the host name of this UTS namespace."""
    encoded = name.encode()
    _call("sethostname", encoded, ctypes.c_size_t(len(encoded)))


def die_with_parent(signal: int) -> None:
    """Ask for ``signal`` when the parent ends (PR_SET_PDEATHSIG).

    A change of credentials forgets it (kernel commit_creds), so ask after entering a user namespace.
    """
    _call("prctl", ctypes.c_int(_PR_SET_PDEATHSIG), ctypes.c_ulong(signal), 0, 0, 0)


def timer_slack(nanoseconds: int) -> None:
    """Let timers of this thread be late by at most so much (PR_SET_TIMERSLACK; the default is 50 us)."""
    _call("prctl", ctypes.c_int(_PR_SET_TIMERSLACK), ctypes.c_ulong(nanoseconds), 0, 0, 0)


def bind_packets(descriptor: int, protocol: int, interface: int = 0) -> None:
    """Bind a packet socket to a protocol on an interface or on all (0), which Python's bind can't (packet(7))."""
    address = (socket.AF_PACKET.to_bytes(2, sys.byteorder) + protocol.to_bytes(2, "big")
               + interface.to_bytes(4, sys.byteorder) + bytes(12))
    _call("bind", ctypes.c_int(descriptor), address, ctypes.c_uint(len(address)))
