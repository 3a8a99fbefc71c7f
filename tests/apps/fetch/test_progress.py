"""The bar."""

from __future__ import annotations

import pytest

from whywire.apps.fetch.progress import Progress, bar, size


@pytest.mark.parametrize(("count", "text"), [(0, "0 bytes"), (999, "999 bytes"), (1000, "1.0 kB"),
                                             (220750, "220.8 kB"), (5_200_000, "5.2 MB"), (7e15, "7000.0 TB")])
def test_sizes(count: int, text: str) -> None:
    assert size(count) == text


def test_a_bar_shows_share_and_rate_in_its_columns() -> None:
    line = bar("big.bin", 5_000_000, 10_000_000, 2.0, 80)
    assert line.startswith("big.bin  [=====")
    assert line.endswith("]  50%  5.0 MB of 10.0 MB  2.5 MB/s")
    assert len(line) == 80


@pytest.mark.parametrize("columns", range(20, 120, 7))
@pytest.mark.parametrize("name", ["a", "a-name-that-is-much-longer-than-any-terminal-is-wide" * 3])
@pytest.mark.parametrize("whole", [None, 0, 10**12])
def test_no_line_is_too_long(columns: int, name: str, whole: int | None) -> None:
    assert len(bar(name, 12345678, whole, 3.0, columns)) <= columns


def test_it_shows_late_and_seldom_and_goes() -> None:
    now, written = [100.0], []
    progress = Progress(written.append, 60, lambda: now[0])
    progress.begin()
    for step in range(20):
        now[0] = 100 + step * 0.25
        progress.show("a", step, 20)
    assert len(written) == 18
    progress.clear()
    assert written[-1] == "\r\x1b[K"
    progress.clear()
    assert len(written) == 19
