from __future__ import annotations

from pathlib import Path

from tests.lab.inject.traced import PAIR, lines, named, traced


def test_garbage_and_exit(tmp_path: Path) -> None:
    calls = traced(tmp_path, PAIR + "del conn\n")
    closes = {call["a"]: call for call in named(calls, "close")}
    assert closes["garbage"]["l"] == 6
    assert [call["a"] for call in named(calls, "close")] == ["garbage", "exit", "exit"]
    [end] = [line for line in lines(tmp_path) if line["t"] == "x"]
    assert end["ns"] <= closes["exit"]["ns"]
