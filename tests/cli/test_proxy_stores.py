"""Which store the words of `whywire proxy` mean, with the libraries of all of them."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from whywire.apps.stores.disk import DiskStore
from whywire.apps.stores.redis import RedisStore
from whywire.cli import proxy


@pytest.mark.parametrize("words", [["http://a"], ["http://a", "--cert", "c"]])
def test_what_was_answered_over_tls_is_kept_apart(words: list[str], tmp_path: Path) -> None:
    parser = argparse.ArgumentParser()
    proxy.configure(parser)
    disk = proxy.store(parser.parse_args([*words, "--store", f"disk:{tmp_path}"]))
    redis = proxy.store(parser.parse_args([*words, "--store", "redis://127.0.0.1:1"]))
    assert isinstance(disk, DiskStore)
    assert isinstance(redis, RedisStore)
    tls = "--cert" in words
    assert disk.folder == (tmp_path / "tls" if tls else tmp_path)
    assert redis.prefix == ("whywire:tls:" if tls else "whywire:")
