"""What every store does, the same tests over all of them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from whywire.apps.stores.model import Body, Entry, Store, TornError

Use = Callable[..., None]


async def keep(store: Store, key: str, body: bytes, variant: str = "", meta: bytes = b"m") -> Entry:
    writer = await store.put(key, variant, meta, len(body))
    for at in range(0, len(body), 100_000):
        assert await writer.write(body[at:at + 100_000])
    entry = await writer.commit()
    assert entry is not None
    return entry


async def whole(body: Body, length: int) -> bytes:
    got = b""
    while len(got) < length:
        piece = await body.read(len(got), 70_001)
        assert piece
        got += piece
    await body.close()
    return got


@pytest.mark.parametrize("length", [0, 1, 1000, 300_000, (1 << 20) - 7])
def test_what_was_committed_comes_back(use: Use, length: int) -> None:
    content = bytes(at * 31 % 251 for at in range(length))

    async def test(store: Store) -> None:
        await keep(store, "http://a/x", content, "v", b"\0meta\xff")
        [found] = await store.find("http://a/x")
        assert (found.key, found.variant, found.meta, found.length) == ("http://a/x", "v", b"\0meta\xff", length)
        body = await store.body(found)
        assert body.data in (None, content)
        assert await whole(body, length) == content
    use(test)


def test_nothing_is_seen_before_the_commit_and_nothing_after_an_abort(use: Use) -> None:
    async def test(store: Store) -> None:
        writer = await store.put("k", "", b"", None)
        await writer.write(b"one")
        assert await store.find("k") == []
        await writer.abort()
        assert await writer.commit() is None
        assert await store.find("k") == []
        assert (await store.stats()).entries == 0
    use(test)


def test_what_is_being_written_can_be_read(use: Use) -> None:
    async def test(store: Store) -> None:
        writer = await store.put("k", "", b"", None)
        await writer.write(b"abc" * 100_000)
        await writer.write(b"def")
        got = b""
        while len(got) < 300_003:
            got += await writer.read(len(got), 65536)
        assert got == b"abc" * 100_000 + b"def"
        with pytest.raises(TornError):
            await writer.read(300_003, 10)
        assert await writer.commit() is not None
    use(test)


def test_variants_of_a_key_newest_first_and_replaced(use: Use) -> None:
    async def test(store: Store) -> None:
        await keep(store, "k", b"1", "a")
        await keep(store, "k", b"2", "b")
        await keep(store, "k", b"3", "a", b"new")
        found = [(one.variant, one.meta, one.length) for one in await store.find("k")]
        assert found == [("a", b"new", 1), ("b", b"m", 1)]
        assert (await store.stats()).entries == 2
    use(test)


def test_a_replaced_body_can_still_be_read_or_fails_aloud(use: Use) -> None:
    async def test(store: Store) -> None:
        entry = await keep(store, "k", b"old" * 200_000)
        body = await store.body(entry)
        await keep(store, "k", b"new")
        try:
            assert await whole(body, 600_000) == b"old" * 200_000
        except TornError:
            assert store.name == "redis"
        finally:
            await body.close()
    use(test)


def test_update_changes_meta_and_keeps_the_body(use: Use) -> None:
    async def test(store: Store) -> None:
        entry = await keep(store, "k", b"body")
        fresh = await store.update(entry, b"later")
        assert fresh is not None and not entry.alive
        [found] = await store.find("k")
        assert found.meta == b"later"
        assert await whole(await store.body(found), 4) == b"body"
        await store.delete("k")
        assert await store.update(found, b"too late") is None
        assert await store.find("k") == []
    use(test)


def test_delete_counts(use: Use) -> None:
    async def test(store: Store) -> None:
        for variant in "abc":
            await keep(store, "k", b"1", variant)
        assert await store.delete("k", "b") == 1
        assert await store.delete("k", "b") == 0
        assert await store.delete("k") == 2
        assert await store.find("k") == []
    use(test)


def test_entries_by_prefix_and_clear(use: Use) -> None:
    async def test(store: Store) -> None:
        for key in ("http://a/1", "http://a/2", "http://b/[*]"):
            await keep(store, key, b"x")
        assert sorted(one.key for one in await store.entries("http://a/")) == ["http://a/1", "http://a/2"]
        assert [one.key for one in await store.entries("http://b/[*")] == ["http://b/[*]"]
        assert len(await store.entries(most=2)) == 2
        assert await store.clear() == 3
        assert await store.entries() == []
    use(test)


def test_a_body_that_is_too_large_is_refused_early_and_late(use: Use) -> None:
    async def test(store: Store) -> None:
        known = await store.put("k", "", b"", 2001)
        assert known.failed
        assert not await known.write(b"x")
        unknown = await store.put("k", "", b"", None)
        assert await unknown.write(b"x" * 2000)
        assert not await unknown.write(b"x")
        assert "larger" in unknown.failed
        with pytest.raises(TornError):
            await unknown.read(0, 10)
        assert await unknown.commit() is None
        assert await store.find("k") == []
    use(test, most=2000)


def test_keys_of_any_text(use: Use) -> None:
    async def test(store: Store) -> None:
        for key in ("http://a/?q=%00&x=ä", "k*", "k'\";--", "x" * 9000):
            await keep(store, key, key.encode())
            [found] = await store.find(key)
            assert await whole(await store.body(found), found.length) == key.encode()
    use(test)
