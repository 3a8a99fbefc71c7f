from __future__ import annotations

import gzip
import io
import os
import signal
import sys
from pathlib import Path

import pytest

from whywire.cli import progress as room
from whywire.cli.progress import Progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_sees_share_rate_and_time_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = iter([100.0, 100.1, 104.0, 104.1])
    monkeypatch.setattr(room.time, "monotonic", lambda: next(now))
    monkeypatch.setattr(sys, "stderr", Terminal())
    path = tmp_path / "a"
    path.write_bytes(bytes(10_000_000))
    with Progress(str(path)) as progress:
        assert progress.step(1_000_000, 1000)  # too early to be worth a line
        assert progress.step(4_000_000, 4000)
        shown = sys.stderr.getvalue()  # type: ignore[attr-defined]
    assert shown == "\r 40%  4 MB  4,000 packets  1,000 packets/s  6 s left"
    assert sys.stderr.getvalue().endswith("\r")  # type: ignore[attr-defined]


def test_a_file_that_is_no_terminal_sees_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with Progress("/nowhere") as progress:
        progress.step(1, 1)
    assert capsys.readouterr().err == ""


def test_the_first_interrupt_ends_in_good_order_the_second_at_once() -> None:
    before = signal.getsignal(signal.SIGINT)
    with Progress("-") as progress:
        os.kill(os.getpid(), signal.SIGINT)
        assert not progress.step(1, 1)
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is before


def test_the_size_of_a_compressed_file_says_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.gz"
    path.write_bytes(gzip.compress(bytes(100)))
    assert Progress(str(path)).share is None
