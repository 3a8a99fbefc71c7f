"""The compiled pass and the plain one: the same columns for every capture, the same tests."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.kernel.trees import ROOT, compiled, plain, run
from tools.kernel.world import KERNEL

CAPTURES = ROOT / "tests" / "captures"
COLUMNS = """
import hashlib, sys
from pathlib import Path
from whywire.base.errors import WhywireError
from whywire.capture.opening import open_capture
from whywire.connections.track import Tracker
from whywire.packets.decode import decode_capture

root = Path(sys.argv[1])
for path in sorted(each for each in root.rglob("*") if each.is_file() and each.suffix not in (".md", ".tsv", ".txt")):
    try:
        capture = decode_capture(open_capture(path), "x")
    except WhywireError as error:
        print(path.relative_to(root), error)
        continue
    table, tracker = capture.table, Tracker(capture.table)
    tracker.track()
    found = hashlib.sha256()
    for columns in (table, tracker.rows, tracker.flows, tracker.connections):
        for name, column in sorted(columns.columns.items()):
            found.update(name.encode() + column.tobytes())
    found.update(repr((table.addresses, table.errors, table.protocols, table.reassembled, capture.problems,
                       tracker.flows.holes)).encode())
    print(path.relative_to(root), len(table), tracker.count, found.hexdigest())
"""


@pytest.fixture(scope="session")
def fast(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a tree whose kernel is compiled."""
    return compiled(tmp_path_factory.mktemp("compiled"))


def test_every_module_of_the_kernel_is_compiled(fast: Path) -> None:
    names = " ".join(f"whywire.{name}" for name in KERNEL)
    files = run(fast, "import importlib, sys\nfor n in sys.argv[1].split(): print(importlib.import_module(n).__file__)",
                names).split()
    assert len(files) == len(KERNEL)
    assert [name for name in files if not name.endswith(".so")] == []


def test_both_engines_fill_the_same_columns(fast: Path, tmp_path: Path) -> None:
    slow = run(plain(tmp_path), COLUMNS, CAPTURES).splitlines()
    assert len(slow) > 130
    assert run(fast, COLUMNS, CAPTURES).splitlines() == slow


def test_the_compiled_engine_passes_the_tests_of_its_rooms(fast: Path) -> None:
    """The tests that are about the kernel, and the stories of the recordings, once more with compiled modules."""
    rooms = ("capture", "packets", "connections", "founding", "tables")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "-o", f"pythonpath={fast} .",
         *(f"tests/{room}" for room in rooms)],
        cwd=ROOT, env={**os.environ, "PYTHONPATH": str(fast)}, text=True, check=False, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT)
    assert done.returncode == 0, done.stdout[-3000:]
