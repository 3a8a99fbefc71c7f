"""Opens files below one folder, and nothing else, whatever the path says.

One call of openat2 (Linux 5.6, ``fs/open.c``) resolves the path in the kernel and refuses to leave the folder
(RESOLVE_BENEATH), to pass through /proc's magic links, and to follow symbolic links at all. Where a link is in the
way, its target is resolved by name, has to lie in the folder and not to be hidden, and is then opened in the same
strict way; so somebody who swaps links while we look gains nothing. Without openat2 the path is walked, one openat with
O_NOFOLLOW for each name, with the same outcome.

What was opened is looked at (fstat) and served; nothing is ever opened a second time by its name.
"""

# ruff: noqa: PTH100, PTH116, PTH118
# (names on disk are bytes, which pathlib does not take)
from __future__ import annotations

import ctypes
import errno
import os
import stat
import sys
from typing import NamedTuple

from whywire.apps.site.target import hides

_OPENAT2 = 437  # the same number on every architecture but alpha (include/uapi/asm-generic/unistd.h)
_RESOLVE_NO_MAGICLINKS, _RESOLVE_NO_SYMLINKS, _RESOLVE_BENEATH = 0x02, 0x04, 0x08
_RESOLVE = _RESOLVE_BENEATH | _RESOLVE_NO_MAGICLINKS | _RESOLVE_NO_SYMLINKS

# Never wait for the writer of a pipe or a carrier on a line, never get a controlling terminal
_FLAGS = os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY
_PATH = getattr(os, "O_PATH", os.O_RDONLY)  # Linux has it
_STEP = _PATH | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC

_NO_NAMES = (b"", b".", b"..")

_TRIES = 3
"""EAGAIN says that something was renamed while openat2 looked."""


class _How(ctypes.Structure):
    _fields_ = [("flags", ctypes.c_uint64), ("mode", ctypes.c_uint64), ("resolve", ctypes.c_uint64)]


_HOW = _How(_FLAGS, 0, _RESOLVE)
_syscall = ctypes.CDLL(None, use_errno=True).syscall
_syscall.restype = ctypes.c_long


class Opened(NamedTuple):
    """An open descriptor, owned by who gets it, and what fstat said of it."""

    fd: int
    stat: os.stat_result


class Folder:
    """A folder that is served. The caller closes it.

    Raises OSError when it can't be opened. A folder that was replaced (built anew, or a link set to another release)
    is found again by `refresh`.
    """

    def __init__(self, path: str | bytes, *, walk: bool = False) -> None:
        self._given = os.path.abspath(os.fsencode(path))
        self.real = b""
        self._fd = -1
        self._identity = (0, 0)
        self._enter()
        self.walks = walk or not self._kernel_can()
        """Whether paths are walked here, because openat2 is not there."""

    def _enter(self) -> None:
        real = os.path.realpath(self._given, strict=True)
        fd = os.open(real, _PATH | os.O_DIRECTORY | os.O_CLOEXEC)
        if self._fd >= 0:
            os.close(self._fd)
        found = os.fstat(fd)
        self.real, self._fd, self._identity = real, fd, (found.st_dev, found.st_ino)

    def refresh(self) -> bool:
        """Find the folder again when its name means another one now, and tell whether that was so.

        While the name means nothing, the old one stays.
        """
        try:
            found = os.stat(self._given)
            changed = (found.st_dev, found.st_ino) != self._identity and stat.S_ISDIR(found.st_mode)
            if changed:
                self._enter()
        except OSError:
            return False
        return changed

    def close(self) -> None:
        """Give the descriptor back."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def open(self, names: tuple[bytes, ...]) -> Opened:
        """Open a regular file or a folder. Raises OSError; ENODEV for devices, pipes and sockets."""
        if any(name in _NO_NAMES or b"/" in name for name in names):
            raise OSError(errno.ENOENT, "not a name")  # openat2 would refuse to climb, openat would not
        try:
            fd = self._strict(names)
        except OSError as problem:
            if problem.errno not in (errno.ELOOP, errno.ENOTDIR) or not names:
                raise
            fd = self._strict(self._linked(names))
        try:
            found = os.fstat(fd)
            if not stat.S_ISREG(found.st_mode) and not stat.S_ISDIR(found.st_mode):
                raise OSError(errno.ENODEV, "neither a file nor a folder")
        except BaseException:
            os.close(fd)
            raise
        return Opened(fd, found)

    def _linked(self, names: tuple[bytes, ...]) -> tuple[bytes, ...]:
        """Return where links on the path lead, as names below the folder. Raises OSError when that is outside."""
        real = os.path.realpath(os.path.join(self.real, *names), strict=True)
        top = self.real.rstrip(b"/") + b"/"
        if not real.startswith(top):
            raise OSError(errno.EXDEV, "a link leads out of the folder")
        leads = tuple(real[len(top):].split(b"/"))
        if hides(leads) and not hides(names):
            raise OSError(errno.EXDEV, "a link leads to a hidden file")
        return leads

    def _strict(self, names: tuple[bytes, ...]) -> int:
        """Open a path without any link on it."""
        if self.walks:
            return self._walked(names)
        path = b"/".join(names) or b"."
        for _ in range(_TRIES):
            fd: int = _syscall(_OPENAT2, self._fd, path, ctypes.byref(_HOW), ctypes.sizeof(_HOW))
            if fd >= 0:
                return fd
            code = ctypes.get_errno()
            if code not in (errno.EAGAIN, errno.EINTR):
                break
        raise OSError(code, os.strerror(code))

    def _walked(self, names: tuple[bytes, ...]) -> int:
        if not names:
            return os.open(b".", _FLAGS | os.O_NOFOLLOW, dir_fd=self._fd)
        at = self._fd
        try:
            for name in names[:-1]:
                step = os.open(name, _STEP, dir_fd=at)
                if at != self._fd:
                    os.close(at)
                at = step
            return os.open(names[-1], _FLAGS | os.O_NOFOLLOW, dir_fd=at)
        finally:
            if at != self._fd:
                os.close(at)

    def _kernel_can(self) -> bool:
        """Try openat2: old kernels answer ENOSYS, some containers EPERM."""
        self.walks = False
        if sys.platform != "linux":
            return False
        try:
            os.close(self._strict(()))
        except OSError as problem:
            return problem.errno not in (errno.ENOSYS, errno.EPERM, errno.EINVAL, errno.E2BIG)
        return True
