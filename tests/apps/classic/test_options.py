"""What a classic server does unless it is told something else."""

from __future__ import annotations

from pathlib import Path

from whywire.apps.classic.options import Options


def test_the_default_is_this_machine_only_and_one_second() -> None:
    options = Options(Path())
    assert (options.host, options.idle_s, options.serial, options.two_writes) == ("127.0.0.1", 1.0, False, False)
