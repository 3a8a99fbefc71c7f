from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

import pytest

from tests.connections.tallies import CAPTURES, name_of
from tests.ladders import capture_of
from whywire.base.errors import WhywireError
from whywire.capture.opening import open_capture
from whywire.connections import account
from whywire.connections.origin import origin_of
from whywire.connections.origins import ORIGINS, UNDECIDED
from whywire.connections.tally import Tally
from whywire.connections.track import Tracker
from whywire.packets.decode import decode_capture
from whywire.packets.table import Capture

ACKS = {word for _, word in ORIGINS if word.endswith("ack") and not word.startswith("syn")} | {
    "window-update", "probe-answer"}
"""What a packet that only acknowledges may be; undecided, it is just an ACK."""
HANDSHAKE = """
+0.000 a>b S   0:0(0)         win 64240
+{way} b>a SA  0:0(0)   ack 1 win 64240
+0.000 a>b A   1:1(0)   ack 1 win 64240
"""
HELD = HANDSHAKE + """
+0.100 b>a A   1:101(100) ack 1   win 64240
+0.040 a>b A   1:1(0)     ack 101 win 64240
+0.100 a>b A   1:101(100) ack 101 win 64240
+0.040 b>a A   101:101(0) ack 101 win 64240
"""


def counts(capture: Capture) -> tuple[Counter[tuple[str, str]], Counter[tuple[str, str]]]:
    """Return the packets of each origin as they are counted, and as laid out connections say."""
    tracker = Tracker(capture.table)
    tracker.track()
    tally = Tally(tracker.table, tracker.rows, tracker.flows, tracker.connections, tracker.count)
    counted = Counter({ORIGINS[number]: packets for number, packets in enumerate(tally.counted.packets) if packets})
    return counted, Counter(origin_of(each) for connection in account(capture).connections
                            for each in connection.segments)


def hold(capture: Capture) -> None:
    """Assert that no packet is counted as what it is not, and that the rest is undecided as what it is."""
    counted, laid_out = counts(capture)
    undecided = Counter({word: packets for (kind, word), packets in counted.items() if kind == "undecided"})
    decided = Counter({one: packets for one, packets in counted.items() if one[0] != "undecided"})
    assert not decided - laid_out
    rest: Counter[str] = Counter()
    for (_, word), packets in (laid_out - decided).items():
        rest["ack" if word in ACKS else word] += packets
    assert rest == undecided


@pytest.mark.parametrize("path", CAPTURES, ids=name_of)
def test_what_is_counted_is_what_laid_out_connections_say(path: Path) -> None:
    try:
        source = open_capture(path)
    except WhywireError:
        return  # no capture: the readers' tests hold what is said
    with decode_capture(source, path.name) as capture:
        hold(capture)
        for seed in range(4):
            hold(capture._replace(table=capture.table.take(disturbed(len(capture.table), seed))))


def disturbed(count: int, seed: int) -> list[int]:
    """Return rows of which some are missing (one in ten; in odd rounds none) and some have changed places."""
    dice = random.Random(f"{count} {seed}")
    rows = [row for row in range(count) if seed & 1 or dice.random() > 0.1]
    for _ in range(len(rows) // 10 if seed > 1 else 0):
        at = dice.randrange(len(rows) - 1)
        rows[at], rows[at + 1] = rows[at + 1], rows[at]
    return rows


@pytest.mark.parametrize(("way", "held"), [("0.002", 2), ("0.010", 1)])
def test_a_way_that_takes_as_long_is_no_delayed_ack(way: str, held: int) -> None:
    # seen from the client: its own ACK was held by a timer, the server's may just have come from far
    with decode_capture(capture_of(HELD.replace("{way}", way))[0], "x") as capture:
        counted, laid_out = counts(capture)
    assert counted["timer", "delayed-ack"] == laid_out["timer", "delayed-ack"] == held


def test_a_refusal_is_an_answer_and_another_reset_is_undecided() -> None:
    refused = "+0.000 a>b S 0:0(0) win 1000\n+0.001 b>a RA 0:0(0) ack 1 win 0\n"
    with decode_capture(capture_of(refused)[0], "x") as capture:
        assert counts(capture)[0] == {("call", "connect"): 1, ("answers", "refusal"): 1}
    reset = HANDSHAKE.replace("{way}", "0.010") + "+0.100 a>b RA 1:1(0) ack 1 win 0\n"
    with decode_capture(capture_of(reset)[0], "x") as capture:
        assert counts(capture)[0]["undecided", "reset"] == 1


def test_only_the_last_origins_are_undecided() -> None:
    assert all((kind == "undecided") is (number >= UNDECIDED) for number, (kind, _) in enumerate(ORIGINS))
