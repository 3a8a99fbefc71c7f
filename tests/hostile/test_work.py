"""Twice the packets, twice the work: counted in steps of the interpreter, so that a busy machine changes nothing.

The first n packets pay for what is made once; so the second n are compared with the 2n after them.
"""

from __future__ import annotations

import sys
from contextlib import closing
from types import FrameType
from typing import Any

import pytest

from tools.fuzz.floods import FLOODS, pcap
from whywire.capture import open_bytes
from whywire.connections import account
from whywire.findings import find
from whywire.packets import decode_capture
from whywire.report import terminal
from whywire.story import tell

PACKETS = 60
MOST = 2.35
"""Linear is 2, quadratic is nearly 4; a longer time has more digits."""


def steps(packets: int, flood: str) -> int:
    """Return how many steps explaining a flood takes."""
    count = 0

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal count
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        count += event == "opcode"
        return trace

    before = sys.gettrace()
    with closing(decode_capture(open_bytes(pcap(FLOODS[flood](packets))), flood)) as capture:
        sys.settrace(trace)
        try:
            told = account(capture)
            terminal.render(tell(told, findings=find(told, capture)))
        finally:
            sys.settrace(before)
    return count


@pytest.mark.parametrize("flood", FLOODS)
def test_work_grows_with_the_packets(flood: str) -> None:
    steps(PACKETS, flood)  # what is loaded once is loaded now; more than fifty connections are told in short
    one, two, four = (steps(PACKETS * n, flood) for n in (1, 2, 4))
    assert (four - two) / (two - one) < MOST
