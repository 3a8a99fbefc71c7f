"""Run folders with their files changed, cut and missing: explained in every view, and held."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tools.fuzz.corpus import RECORDED
from tools.fuzz.explain import explain_capture
from tools.fuzz.mutations import mutated
from tools.fuzz.pieces import split
from tools.fuzz.targets import run_folder
from whywire.base.errors import WhywireError
from whywire.capture.run import CALLS, META, WIRE, open_run
from whywire.packets.merge import open_view

MUTATIONS = 250
BATCH = 50
HOSTS = ("client", "server")


def recorded(into: Path) -> Path:
    """Return a copy of the recorded run."""
    return Path(shutil.copytree(RECORDED, into, dirs_exist_ok=True))


def explained(folder: Path) -> int:
    """Explain a folder merged and at each host; return in how many views that was possible."""
    count = 0
    for view in (None, *HOSTS):
        try:
            run = open_run(folder)
            capture = open_view(run, view)
        except WhywireError:
            continue
        try:
            explain_capture(capture, run, every_paper=view is None)
            count += 1
        finally:
            capture.close()
    return count


@pytest.mark.parametrize("first", range(0, MUTATIONS, BATCH))
def test_mutated_records(first: int) -> None:
    seeds = list(run_folder.seeds())
    for seed in range(first, first + BATCH):
        changed = seeds[seed % len(seeds)]
        for step in range(1 + seed % 3):
            changed = run_folder.mutate(changed, 3 * seed + step)
        try:
            run_folder.one(changed)
        except Exception as error:
            error.add_note(f"mutation {seed}")
            raise


@pytest.mark.parametrize("host", HOSTS)
def test_a_capture_cut_at_every_packet(host: str, tmp_path: Path) -> None:
    folder = recorded(tmp_path)
    path = folder / f"{host}.pcapng"
    pieces = split(path.read_bytes())
    assert pieces is not None
    for count in range(len(pieces.packets) + 1):
        path.write_bytes(replace(pieces, packets=pieces.packets[:count], rest=b"").joined())
        assert explained(folder) > 0


@pytest.mark.parametrize("host", HOSTS)
def test_a_capture_mutated(host: str, tmp_path: Path) -> None:
    folder = recorded(tmp_path)
    path = folder / f"{host}.pcapng"
    data = path.read_bytes()
    views = 0
    for seed in range(40):
        path.write_bytes(mutated(data, seed, 1 + seed % 3))
        views += explained(folder)
    assert views > 40  # most of them leave something to explain


@pytest.mark.parametrize("name", [META, CALLS, WIRE])
def test_a_file_cut_at_every_line(name: str, tmp_path: Path) -> None:
    folder = recorded(tmp_path)
    lines = (folder / name).read_bytes().splitlines(keepends=True)
    for count in range(len(lines) + 1):
        (folder / name).write_bytes(b"".join(lines[:count]) + b"".join(lines[count:])[:20])
        explained(folder)


@pytest.mark.parametrize("spoil", [Path.unlink, lambda path: path.write_bytes(b""), lambda path: path.write_bytes(
    b"\x00\xff" * 500), lambda path: path.write_bytes(b"[" * 100_000), lambda path: path.write_bytes(
    b'{"number": ' + b"9" * 5000 + b"}\n")], ids=["missing", "empty", "binary", "deep", "a huge number"])
@pytest.mark.parametrize("name", [META, CALLS, WIRE, "client.pcapng"])
def test_a_spoilt_file(name: str, spoil: Callable[[Path], object], tmp_path: Path) -> None:
    folder = recorded(tmp_path)
    spoil(folder / name)
    views = explained(folder)
    assert views > 0 or name == META  # without its run.toml nobody knows the hosts
