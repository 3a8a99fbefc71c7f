from __future__ import annotations

from pathlib import Path
from struct import pack

import pytest

from tests.lab.bench import can_run_labs, frames, plan
from whywire.base.errors import WhywireError
from whywire.capture.run import open_run
from whywire.lab.rules import Rule, RuleBook, sort_of
from whywire.lab.run import run


def segment(flags: int, payload: bytes = b"") -> bytes:
    """Return an Ethernet frame with an IPv4 TCP segment."""
    ip = pack(">BBHIBBH8x", 0x45, 0, 40 + len(payload), 0, 64, 6, 0)
    return bytes(12) + b"\x08\x00" + ip + bytes(12) + bytes((0x50, flags)) + bytes(6) + payload


@pytest.mark.parametrize(("frame", "sort"), [
    (segment(0x02), "syn"), (segment(0x12), "syn"), (segment(0x10), "ack"), (segment(0x18, b"x"), "data"),
    (segment(0x11), "fin"), (segment(0x19, b"x"), "data"), (segment(0x14), "rst"), (b"", "any"), (bytes(60), "any"),
    (segment(0x10) + bytes(6), "ack"),
])
def test_sorts_of_frames(frame: bytes, sort: str) -> None:
    assert sort_of(frame) == sort


def test_a_rule_is_read() -> None:
    assert Rule.parse("delay  fin 2 from client by 1.5 ms") == Rule(
        "delay", "fin", 2, "client", 1_500_000, "delay fin 2 from client by 1.5 ms")


@pytest.mark.parametrize("text", [
    "", "drop", "drop data 0 from a", "drop data 1", "lose data 1 from a", "delay data 1 from a",
    "drop data 1 from a by 5 ms", "drop data 1 from a now",
])
def test_what_is_no_rule_gets_the_grammar(text: str) -> None:
    with pytest.raises(WhywireError, match="drop data 3 from server"):
        Rule.parse(text)


def test_the_nth_of_its_sort_is_met() -> None:
    rule, other = Rule.parse("drop data 2 from a"), Rule.parse("drop any 5 from a")
    book = RuleBook((rule, other))
    sent = [segment(0x10), segment(0x18, b"1"), segment(0x10), segment(0x18, b"2"), segment(0x10), segment(0x18, b"3")]
    assert [book.match("a", frame) for frame in sent] == [None, None, None, rule, other, None]
    assert [book.match("b", frame) for frame in sent] == [None] * 6


def test_the_wire_drops_and_tells(tmp_path: Path) -> None:
    can_run_labs()
    path = run(plan(tmp_path, rules=(Rule.parse("drop data 1 from client"),)), tmp_path / "run").path
    left = [each for each in frames(path / "client.pcapng") if each.leaves and each.payload]
    arrived = [each.number for each in frames(path / "server.pcapng") if not each.leaves and each.payload]
    assert [each.payload for each in left] == [b"hello", b"hello"]
    assert arrived == [left[1].number]
    [deed] = open_run(path).wire_events()
    assert (deed.kind, deed.frame, deed.sender, deed.receiver, deed.rule) == (
        "dropped", left[0].number, "client", "server", "drop data 1 from client")


def test_the_wire_delays_and_duplicates(tmp_path: Path) -> None:
    can_run_labs()
    rules = (Rule.parse("delay syn 1 from client by 20 ms"), Rule.parse("duplicate data 1 from server"))
    path = run(plan(tmp_path, rules=rules), tmp_path / "run").path
    [syn] = [each for each in frames(path / "client.pcapng") if each.flags == "S"]
    [came] = [each for each in frames(path / "server.pcapng") if each.flags == "S"]
    assert came.time_ns - syn.time_ns >= 21_000_000
    answers = [each.number for each in frames(path / "client.pcapng") if not each.leaves and each.payload]
    assert len(answers) == 2
    assert len(set(answers)) == 1
