"""The disk store survives kill -9, a full disk and damage, and never gives out a body that is not the one committed."""

from __future__ import annotations

import asyncio
import hashlib
import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.apps.stores.test_model import keep, whole
from whywire.apps.stores.disk import DiskStore
from whywire.apps.stores.model import TornError
from whywire.apps.stores.sums import BLOCK
from whywire.base.errors import WhywireError

WRITES_FOR_EVER = """
import asyncio, hashlib, os, sys
from pathlib import Path
from whywire.apps.stores.disk import DiskStore
async def main():
    store = DiskStore(Path(sys.argv[1]), 4 << 20, 1 << 20)
    await store.open()
    print("open", flush=True)
    number = 0
    while True:
        number += 1
        body = os.urandom(1000 + number * 7919 % 400000)
        writer = await store.put(f"k{number % 40}", "", hashlib.sha256(body).digest(), len(body))
        for at in range(0, len(body), 65536):
            await writer.write(body[at:at + 65536])
        assert await writer.commit()
        if number == 5:
            print("writing", flush=True)
asyncio.run(main())
"""


async def all_right(folder: Path) -> int:
    """Open the store, hold every body against the checksum in its meta; return how many there were."""
    store = DiskStore(folder, 4 << 20, 1 << 20)
    await store.open()
    try:
        entries = await store.entries(most=1000)
        for entry in entries:
            body = await whole(await store.body(entry), entry.length)
            assert hashlib.sha256(body).digest() == entry.meta
        stats = await store.stats()
        assert stats.entries == len(entries)
        assert stats.size <= 4 << 20
        assert stats.failures == 0
        files = list((folder / "bodies").glob("*/*"))
        assert len(files) == len(entries)
        assert list((folder / "new").iterdir()) == []
        await keep(store, "after", b"it goes on", meta=hashlib.sha256(b"it goes on").digest())
        return len(entries)
    finally:
        await store.close()


@pytest.mark.parametrize("round_", range(4))
def test_kill_9_in_the_middle_of_writing(tmp_path: Path, round_: int) -> None:
    pause = random.Random(round_)
    for _ in range(2):
        with subprocess.Popen([sys.executable, "-c", WRITES_FOR_EVER, str(tmp_path / "cache")],
                              stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": "src"}) as writer:
            assert writer.stdout is not None
            assert writer.stdout.readline() == b"open\n"
            assert writer.stdout.readline() == b"writing\n"
            with pytest.raises(subprocess.TimeoutExpired):
                writer.wait(pause.uniform(0.01, 0.15))
            writer.send_signal(signal.SIGKILL)
        assert asyncio.run(all_right(tmp_path / "cache")) >= 4


FILLS = """
import asyncio, resource, sys
from pathlib import Path
from whywire.apps.stores.disk import DiskStore
async def main():
    store = DiskStore(Path(sys.argv[1]), 1 << 30)
    await store.open()
    small = await store.put("small", "", b"m", None)
    await small.write(b"fits")
    assert await small.commit()
    resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))
    writer = await store.put("large", "", b"m", None)
    taken = [await writer.write(b"x" * 100_000) for _ in range(6)]
    assert taken[0] and not taken[-1], taken
    assert "disk refused" in writer.failed, writer.failed
    assert await writer.commit() is None
    assert await store.find("large") == []
    [found] = await store.find("small")
    body = await store.body(found)
    assert await body.read(0, 10) == b"fits"
    await body.close()
    assert (await store.stats()).failures == 1
    assert list((store.folder / "new").iterdir()) == []
    await store.close()
    print("done")
asyncio.run(main())
"""


def test_a_full_disk_loses_only_what_was_being_written(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", FILLS, str(tmp_path / "cache")], capture_output=True, text=True,
                          env={**os.environ, "PYTHONPATH": "src"}, timeout=60, check=False)
    assert (done.stdout, done.stderr) == ("done\n", "")


FILLS_THE_INDEX = """
import asyncio, resource, sys
from pathlib import Path
from whywire.apps.stores.disk import DiskStore
async def main():
    store = DiskStore(Path(sys.argv[1]), 1 << 30)
    await store.open()
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
    results = []
    for number in range(400):
        writer = await store.put(f"k{number}", "", b"m" * 2000, None)
        await writer.write(b"body")
        results.append(await writer.commit() is not None)
    assert results[0] and not results[-1], results
    for number, kept in enumerate(results):
        found = await store.find(f"k{number}")
        assert bool(found) == kept, number
        for entry in found:
            body = await store.body(entry)
            assert body and await body.read(0, 10) == b"body"
            await body.close()
    files = list((store.folder / "bodies").glob("*/*"))
    assert len(files) == sum(results), (len(files), sum(results))
    await store.close()
    print("done")
asyncio.run(main())
"""


def test_a_full_disk_below_the_index(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", FILLS_THE_INDEX, str(tmp_path / "cache")], capture_output=True,
                          text=True, env={**os.environ, "PYTHONPATH": "src"}, timeout=60, check=False)
    assert (done.stdout, done.stderr) == ("done\n", "")


def damage(store: DiskStore, change: bytes | None, at: int) -> None:
    [path] = (store.folder / "bodies").glob("*/*")
    with path.open("r+b") as file:
        if change is None:
            file.truncate(at)
        else:
            file.seek(at)
            file.write(change)


@pytest.mark.parametrize(("change", "at"), [(None, 0), (None, BLOCK + 7), (b"\0", BLOCK + 3), (b"longer", 2 * BLOCK)])
def test_damage_is_seen_before_a_byte_of_its_block_is_given_out(tmp_path: Path, change: bytes | None, at: int) -> None:
    content = b"abc" * (2 * BLOCK // 3) + b"ab"

    async def test() -> None:
        store = DiskStore(tmp_path / "cache")
        await store.open()
        try:
            entry = await keep(store, "k", content)
            damage(store, change, at)
            got = b""
            with pytest.raises(TornError):
                body = await store.body(entry)
                while len(got) < len(content):
                    got += await body.read(len(got), 1 << 20)
            assert content.startswith(got)
            assert len(got) in (0, BLOCK)
            assert await store.find("k") == []
        finally:
            await store.close()
    asyncio.run(test())


def test_what_is_stored_outlives_the_process_and_the_index_may_be_lost(tmp_path: Path) -> None:
    async def test() -> None:
        store = DiskStore(tmp_path / "cache", sync=True)
        await store.open()
        await keep(store, "k", b"body")
        await store.close()
        again = DiskStore(tmp_path / "cache")
        await again.open()
        assert [entry.length for entry in await again.find("k")] == [4]
        await again.close()
        for path in (tmp_path / "cache").glob("index.sqlite*"):
            path.write_bytes(b"this was an index once" * 300)
        anew = DiskStore(tmp_path / "cache")
        await anew.open()
        assert await anew.find("k") == []
        assert list((tmp_path / "cache" / "bodies").glob("*/*")) == []
        await keep(anew, "k", b"body")
        await anew.close()
    asyncio.run(test())


def test_it_stays_below_its_limit_by_last_use(tmp_path: Path) -> None:
    async def test() -> None:
        store = DiskStore(tmp_path / "cache", 300_000, 100_000)
        await store.open()
        for number in range(60):
            await keep(store, f"k{number}", b"x" * 20_000)
            assert await store.find("k0")
        stats = await store.stats()
        assert stats.size <= 300_000
        assert stats.evicted == 60 - stats.entries
        assert len(list((tmp_path / "cache" / "bodies").glob("*/*"))) == stats.entries
        await store.close()
    asyncio.run(test())


def test_a_folder_belongs_to_one_process(tmp_path: Path) -> None:
    async def test() -> None:
        store = DiskStore(tmp_path / "cache")
        await store.open()
        with pytest.raises(WhywireError, match="in use"):
            await DiskStore(tmp_path / "cache").open()
        await store.close()
    asyncio.run(test())


def test_a_folder_that_can_not_be_made_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(WhywireError, match="can't be used"):
        asyncio.run(DiskStore(tmp_path / "file" / "cache").open())
