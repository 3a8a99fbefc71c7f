"""Packet lines, part by part."""

from __future__ import annotations

import pytest

from whywire.ladder import LadderError, parse
from whywire.ladder.parse_packet import option_size
from whywire.ladder.records import Option, PacketLine


def packet(text: str) -> PacketLine:
    """Return the packet of a line."""
    (line,) = parse(text).packets
    return line


def test_everything_at_once() -> None:
    line = packet('a:1>b:2 PA 1:4(3) data "abc" ttl 3 id 9 captured 54 frame 7 lost arrives +0.005 win 5<<7 ack 9 '
                  "<mss 1460, sackOK,ts 1/2, ws 7>")
    assert line == PacketLine(
        "a", "b", "PA", 1, 3, 9, 5, 7,
        (Option("mss", (1460,)), Option("sackOK"), Option("ts", (1, 2)), Option("ws", (7,))), b"abc",
        sender_port=1, receiver_port=2, arrival_ns=5_000_000, lost="lost", frame=7, ip_id=9, ttl=3, captured=54)


def test_flags_have_one_order() -> None:
    assert packet("a>b ANCEUPRFS 0:0(0) ack 1").flags == "SFRPUECNA"
    assert packet("a>b - 0:0(0)").flags == ""


def test_options_of_any_kind() -> None:
    line = packet("a>b - 0:0(0) <sack 1:5 9:13, kind 34 00fF, kind 77>")
    assert line.options == (Option("sack", (1, 5, 9, 13)), Option("kind", (34, 0, 255)), Option("kind", (77,)))
    assert [option_size(option) for option in line.options] == [18, 4, 2]


@pytest.mark.parametrize(("text", "column", "what"), [
    ("a>a S 0:0(0)", 3, "a sends to itself"), ("a>b:5 S 0:0(0)", 4, "give both or neither"),
    ("a:5>b S 0:0(0)", 7, "expected ':'"), ("a>b SQ 0:0(0)", 6, "'Q' is no flag; there are S, F"),
    ("a>b SS 0:0(0)", 6, "the flag S is given twice"), ("a>b 0:0(0)", 5, "expected flags"),
    ("a>b S 0:5(4)", 7, "0:5 are 5 bytes and not 4"), ("a>b S 0:-1(-1)", 12, "payload bytes is -1"),
    ("a>b S 0", 8, "expected ':'"), ("a>b A 0:0(0)", 0, "has A and no ack"),
    ("a>b S 0:0(0) ack 1", 0, "an ack and no A"),
    ('a>b S 0:2(2) data "abc"', 0, "the data has 3 bytes, the segment says 2"), ("a>b S 0:0(0) win 70000", 18, "70000"),
    ("a>b S 0:0(0) wim 7", 14, "'wim' is not known here; there are ack, win"),
    ("a>b S 0:0(0) lost dropped", 19, "twice"),
    ("a>b S 0:0(0) win 5 win 6", 20, "window is given twice"), ("a>b S 0:0(0) <mss>", 18, "expected an MSS"),
    ("a>b S 0:0(0) <mss 5", 20, "expected ',' and another option, or '>'"), ("a>b S 0:0(0) <foo 5>", 15, "no option"),
    ("a>b S 0:0(0) <sack 1:2 3:4 5:6 7:8, ts 1/2>", 14, "these options take 44 bytes"),
    ("a>b S 0:0(0) <kind 5 0>", 23, "hex digits come in pairs"), ("a>b S 0:0(0) <sack 1>", 21, "expected ':'")])
def test_what_is_refused(text: str, column: int, what: str) -> None:
    with pytest.raises(LadderError) as caught:
        parse(text)
    assert what in caught.value.what
    assert caught.value.column == column
