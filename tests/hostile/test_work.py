"""Twice the packets, twice the work: counted in lines that run, so that a busy machine changes nothing.

Each part of the way is counted by itself, so that a small quadratic one does not hide behind a large linear one. The
first n packets pay for what is made once; so the second n are compared with the 2n after them.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import closing
from types import FrameType
from typing import Any

import pytest

from tools.fuzz.call_floods import CALLS
from tools.fuzz.floods import FLOODS, Timed, pcap
from tools.fuzz.talk_floods import TALK
from whywire.capture import open_bytes
from whywire.connections import account
from whywire.exchanges import find as find_exchanges
from whywire.exchanges import payload_of
from whywire.findings import find
from whywire.packets import decode_capture
from whywire.report import json as json_paper
from whywire.report import terminal
from whywire.story import tell

PACKETS = 60
MOST = 2.35
"""Linear is 2, quadratic is nearly 4; a longer time has more digits."""
FEW = 500
"""A part that took fewer steps for the second n is not looked at: one more or less decides there."""
SHAPES: dict[str, Callable[[int], list[Timed]]] = {**FLOODS, **TALK}


class Counter:
    """Counts the steps of a part of the way."""

    def __init__(self, *, counts: bool = True) -> None:
        self.parts: dict[str, int] = {}
        self._counts = counts

    def part(self, name: str, work: Callable[[], Any]) -> Any:
        """Do ``work`` and count its steps."""
        if not self._counts:
            return work()
        count = 0

        def trace(_: FrameType, event: str, __: Any) -> Any:
            nonlocal count
            count += event == "line"
            return trace

        before = sys.gettrace()
        sys.settrace(trace)
        try:
            return work()
        finally:
            sys.settrace(before)
            self.parts[name] = count


def explain(data: bytes, steps: Counter, run: Any = None) -> dict[str, int]:
    """Explain a capture as text and as JSON; return the steps of each part. ``run`` stands for a run folder."""
    with closing(decode_capture(open_bytes(data), "flood")) as opened:
        capture = opened if run is None else opened._replace(view="merged")
        told = steps.part("account", lambda: account(capture, run))
        exchanges = steps.part("exchanges", lambda: find_exchanges(told, payload_of(capture)))
        findings = steps.part("findings", lambda: find(told, capture, exchanges=exchanges))
        story = steps.part("story", lambda: tell(told, findings=findings, exchanges=exchanges))
        steps.part("text", lambda: terminal.render(story))
        steps.part("json", lambda: json_paper.render(story))
    return steps.parts


def hold(parts: list[dict[str, int]]) -> None:
    """Hold that no part of the way grows faster than its input: n, 2n and 4n packets."""
    one, two, four = parts
    for part in one:
        if two[part] - one[part] > FEW:
            ratio = (four[part] - two[part]) / (two[part] - one[part])
            assert ratio < MOST, f"{part}: {one[part]}, {two[part]}, {four[part]}"


@pytest.mark.parametrize("shape", SHAPES)
def test_work_grows_with_the_packets(shape: str) -> None:
    captures = [pcap(SHAPES[shape](PACKETS * n)) for n in (1, 2, 4)]
    explain(captures[1], Counter(counts=False))  # what is loaded or compiled once is there now
    hold([explain(data, Counter()) for data in captures])


@pytest.mark.parametrize("shape", CALLS)
def test_work_grows_with_the_calls(shape: str) -> None:
    made = [CALLS[shape](PACKETS * n) for n in (1, 2, 4)]
    explain(pcap(made[1].packets), Counter(counts=False), made[1].run())
    hold([explain(pcap(one.packets), Counter(), one.run()) for one in made])
