"""The folder that is saved to.

Nothing is opened by a path: each folder and file by its one name, from its folder's descriptor. A symbolic link
is never followed, a file that is there never opened for writing, unless it is our own partial one.
"""

from __future__ import annotations

import fcntl
import os
import stat
from contextlib import suppress
from pathlib import Path

from whywire.apps.fetch.errors import FetchError
from whywire.apps.fetch.naming import numbered
from whywire.base.errors import WhywireError

PART, INFO = ".part", ".part.info"
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_MOST_NUMBERS = 10_000


class Folder:
    """A folder, open. Close it, or use it in ``with``."""

    def __init__(self, path: Path) -> None:
        try:
            path.mkdir(parents=True, exist_ok=True)
            self._fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except (FileExistsError, NotADirectoryError) as error:
            file = next((each for each in (path, *path.parents) if each.exists()), path)
            raise WhywireError(f"can't save to {path}: {file} is a file, not a folder",
                               "give a folder; it is made if it is not there") from error
        except OSError as error:
            raise WhywireError(f"can't save to {path}: {error.strerror}", "give a folder you may write to") from error

    def __enter__(self) -> Folder:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of it."""
        os.close(self._fd)

    def place(self, names: tuple[str, ...], *, overwrite: bool, tag: str) -> Part:
        """Open a partial file for ``names`` (folders, then the file's), one that is there if it has the same ``tag``.

        Raises FetchError where it can't be saved.
        """
        try:
            return self._place(names, overwrite, tag)
        except OSError as error:
            raise FetchError(f"can't save {'/'.join(names)}: {error.strerror}") from error

    def _place(self, names: tuple[str, ...], overwrite: bool, tag: str) -> Part:
        fd = os.dup(self._fd)
        try:
            for folder in names[:-1]:
                with suppress(FileExistsError):
                    os.mkdir(folder, dir_fd=fd)
                inner = os.open(folder, _FOLDER, dir_fd=fd)
                os.close(fd)
                fd = inner
            for number in range(1, _MOST_NUMBERS):
                name = numbered(names[-1], number)
                if not overwrite and _is_there(fd, name):
                    continue
                opened = _open_part(fd, name + PART, tag)
                if opened is not None:
                    return Part(fd, opened, tag, names, number, overwrite=overwrite)
            raise FetchError(f"there are too many files called {names[-1]}")
        except BaseException:
            os.close(fd)
            raise


class Part:
    """A partial file, locked, at its end; in the end it gets its name, or goes, or waits to be resumed."""

    def __init__(self, folder: int, fd: int, tag: str, names: tuple[str, ...], number: int, *,
                 overwrite: bool) -> None:
        self._folder = folder
        self._fd = fd
        self._tag = tag
        self._folders, self._name = names[:-1], names[-1]
        self._number = number
        self._overwrite = overwrite
        self._own = numbered(self._name, number)
        self.validator = _read_info(folder, self._own + INFO)[1]
        """What tells the server which version the part is of; empty: it can't be gone on with."""
        self.size = os.fstat(fd).st_size if self.validator else 0
        if self.size:
            os.lseek(fd, self.size, os.SEEK_SET)
        else:
            self.restart("")

    def restart(self, validator: str) -> None:
        """Throw away what is there; with a ``validator`` what comes now can be gone on with later. Raises OSError."""
        os.ftruncate(self._fd, 0)
        os.lseek(self._fd, 0, os.SEEK_SET)
        self.size, self.validator = 0, validator
        _remove(self._folder, self._own + INFO)
        info = os.open(self._own + INFO, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o666,
                       dir_fd=self._folder)
        with os.fdopen(info, "w") as file:
            file.write(f"{self._tag}\n{validator}\n")

    def write(self, data: bytes) -> None:
        """Add a piece. Raises OSError."""
        left = memoryview(data)
        while left:
            written = os.write(self._fd, left)
            left = left[written:]
        self.size += len(data)

    def finish(self) -> str:
        """Give the file its name, the next free one; return it with its folders. Raises OSError."""
        part, number = self._own + PART, self._number
        while True:
            name = numbered(self._name, number)
            try:
                if self._overwrite:
                    os.rename(part, name, src_dir_fd=self._folder, dst_dir_fd=self._folder)
                else:
                    os.link(part, name, src_dir_fd=self._folder, dst_dir_fd=self._folder, follow_symlinks=False)
                    _remove(self._folder, part)
                break
            except FileExistsError:
                number += 1
            except PermissionError:  # a file system without hard links
                os.rename(part, name, src_dir_fd=self._folder, dst_dir_fd=self._folder)
                break
        _remove(self._folder, self._own + INFO)
        self._close()
        return "/".join((*self._folders, name))

    def abandon(self) -> str:
        """Keep what can be gone on with, remove the rest; return the partial file's name, or nothing."""
        kept = bool(self.size and self.validator)
        if not kept:
            _remove(self._folder, self._own + PART)
            _remove(self._folder, self._own + INFO)
        self._close()
        return "/".join((*self._folders, self._own + PART)) if kept else ""

    def _close(self) -> None:
        os.close(self._fd)
        os.close(self._folder)


def _is_there(folder: int, name: str) -> bool:
    try:
        os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return False
    return True


def _open_part(folder: int, name: str, tag: str) -> int | None:
    """Return a new partial file, or ours with the same tag; None where another's is in the way."""
    flags = os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
    try:
        fd = os.open(name, flags | os.O_CREAT | os.O_EXCL, 0o666, dir_fd=folder)
    except FileExistsError:
        if _read_info(folder, name.removesuffix(PART) + INFO)[0] != tag:
            return None
        try:
            fd = os.open(name, flags, dir_fd=folder)
        except OSError:
            return None
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:  # another whywire fetch is at it
        os.close(fd)
        return None
    found = os.fstat(fd)
    if not stat.S_ISREG(found.st_mode) or found.st_nlink != 1:
        os.close(fd)
        return None
    return fd


def _read_info(folder: int, name: str) -> tuple[str, str]:
    """Return (tag, validator) of a partial file; empty without them."""
    try:
        fd = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=folder)
    except OSError:
        return "", ""
    with os.fdopen(fd, "rb") as file:
        lines = file.read(65536).decode("utf-8", "replace").splitlines()
    return (lines[0], lines[1]) if len(lines) == 2 else ("", "")


def _remove(folder: int, name: str) -> None:
    with suppress(FileNotFoundError):
        os.unlink(name, dir_fd=folder)
