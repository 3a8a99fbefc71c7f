"""What the tests of this room share: all captures of the repository, and tables of one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.conftest import ROOT
from whywire.base.errors import WhywireError
from whywire.capture.opening import open_capture
from whywire.connections import account
from whywire.packets.decode import decode_capture
from whywire.tables import DETAIL_LIMIT, Tables

FOLDER = ROOT / "tests" / "captures"
V2 = FOLDER / "founding" / "a-v2.pcapng"


def _readable(path: Path) -> bool:
    if not path.is_file() or path.suffix in (".md", ".tsv", ".txt"):
        return False
    try:
        open_capture(path).close()
    except WhywireError:
        return False
    return True


CAPTURES = sorted(path for path in FOLDER.rglob("*") if _readable(path))
each_capture = pytest.mark.parametrize("path", CAPTURES, ids=lambda path: path.relative_to(FOLDER).as_posix())


@contextmanager
def tables_of(path: Path, limit: int = DETAIL_LIMIT) -> Iterator[Tables]:
    """Open a capture; give its tables."""
    with decode_capture(open_capture(path), path.name) as capture:
        yield Tables(capture, lambda: account(capture), limit)
