"""Removals that a store could not do and has to make up for, also in its next life: a file of lines beside them.

Without a file they are forgotten with the process. A file that can't be written or read means that all is owed.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from contextlib import suppress
from pathlib import Path

REMEMBERED = 1000
"""More removals than this, and everything is owed."""
Removal = tuple[str, str | None]
"""Key and variant; None: all of the key."""


class Owed:
    """Key and variant of what is to be removed, in order; or everything."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._removals: OrderedDict[Removal, None] = OrderedDict()
        self.everything = False
        if path is not None and path.exists():
            self._read(path)

    def _read(self, path: Path) -> None:
        try:
            lines = path.read_text("utf-8").splitlines()
            for line in lines:
                key, variant = json.loads(line)
                self._removals[str(key), variant if variant is None else str(variant)] = None
            self.everything = len(self._removals) > REMEMBERED
        except (OSError, ValueError, TypeError):  # half a line of a process that was killed: some removal, of what?
            self.everything = True

    def __bool__(self) -> bool:
        return self.everything or bool(self._removals)

    def add(self, key: str, variant: str | None) -> None:
        """Owe one more."""
        if self.everything or (key, variant) in self._removals:
            return
        self._removals[key, variant] = None
        if len(self._removals) > REMEMBERED:
            self.add_all()
        else:
            self._write(json.dumps([key, variant]))

    def add_all(self) -> None:
        """Owe everything."""
        if not self.everything:
            self.everything = True
            self._write("all")  # no line that `_read` takes

    def first(self) -> Removal | None:
        """Return what to make up for next; it stays owed until `done`."""
        return next(iter(self._removals), None)

    def done(self, removal: Removal) -> None:
        """One is made up for."""
        self._removals.pop(removal, None)
        if not self:
            self._forget()

    def all_done(self) -> None:
        """Everything was removed."""
        self.everything = False
        self._removals.clear()
        self._forget()

    def _write(self, line: str) -> None:
        if self._path is not None:
            with suppress(OSError):  # a full disk: what was written before still says that something is owed
                self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                with self._path.open("a", encoding="utf-8") as file:
                    file.write(line + "\n")

    def _forget(self) -> None:
        if self._path is not None:
            with suppress(OSError):
                self._path.unlink(missing_ok=True)
