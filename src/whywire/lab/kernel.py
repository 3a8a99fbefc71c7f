"""System calls that Python 3.11 has no name for, by ctypes (os.unshare and os.setns exist from 3.12 on).

Each raises OSError as the functions of `os` do.
"""

from __future__ import annotations

import ctypes
import os

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


class _Header(ctypes.Structure):
    """struct msghdr."""

    _fields_ = [("name", ctypes.c_void_p), ("name_length", ctypes.c_uint), ("vector", ctypes.c_void_p),
                ("vector_length", ctypes.c_size_t), ("control", ctypes.c_void_p),
                ("control_length", ctypes.c_size_t), ("flags", ctypes.c_int)]


class _Message(ctypes.Structure):
    """struct mmsghdr. The header is padded, so it can't be flattened into this."""

    _fields_ = [("header", _Header), ("sent", ctypes.c_uint)]


class _Vector(ctypes.Structure):
    """struct iovec."""

    _fields_ = [("base", ctypes.c_char_p), ("length", ctypes.c_size_t)]


def send_all(descriptor: int, frames: list[bytes]) -> None:
    """Send frames in as few system calls as possible, in order (sendmmsg(2))."""
    count = len(frames)
    vectors = (_Vector * count)(*((frame, len(frame)) for frame in frames))
    size = ctypes.sizeof(_Vector)
    start = ctypes.addressof(vectors)
    messages = (_Message * count)(*((_Header(None, 0, start + at * size, 1), 0) for at in range(count)))
    done = 0
    while done < count:
        done += _call("sendmmsg", ctypes.c_int(descriptor), ctypes.byref(messages, done * ctypes.sizeof(_Message)),
                      ctypes.c_uint(min(count - done, 1024)), ctypes.c_int(0))
