from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from whywire.cli import bench
from whywire.lab.plan import two_hosts


def options(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    bench.add_options(parser)
    return parser.parse_args(words)


def test_options_change_the_plan_and_leave_the_rest() -> None:
    plan = two_hosts("x", "a", "b")
    assert bench.adjusted(plan, options()) == plan
    changed = bench.adjusted(plan, options("--delay", "20ms", "--rate", "1M", "--quiet", "2", "--timeout", "5s"))
    assert (changed.delay_ns, changed.rate_bits) == (20_000_000, 1_000_000)
    assert (changed.quiet_s, changed.timeout_s) == (2.0, 5.0)
    assert changed.hosts == plan.hosts


def test_a_delay_of_zero_is_a_delay() -> None:
    assert bench.adjusted(two_hosts("x", "a", "b"), options("--delay", "0")).delay_ns == 0


def test_each_run_gets_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("time.strftime", lambda _: "20300101-120000")
    first = bench.new_folder("v2")
    first.mkdir(parents=True)
    assert (str(first), str(bench.new_folder("v2"))) == ("runs/v2-20300101-120000", "runs/v2-20300101-120000-2")


def test_what_a_long_run_prints_is_shown_as_it_comes() -> None:
    now = [10.0]
    shown: list[str] = []
    show = bench.live(shown.append, lambda: now[0])
    show("server", "listening")
    assert shown == []
    now[0] += bench.SILENT_S
    show("client", "hello")
    show("client", "bye")
    assert shown == ["server| listening\nclient| hello\n", "client| bye\n"]
