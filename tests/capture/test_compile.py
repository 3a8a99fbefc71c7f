"""A ladder as a capture: the packets room reads from it what the ladder says, and tshark finds no fault in it."""

from __future__ import annotations

import subprocess
from ipaddress import ip_address
from pathlib import Path

import pytest
from hypothesis import given

from tests.ladders import capture_file, capture_of, compiled
from tests.strategies import sound_ladders
from whywire.base.seq import unwrap
from whywire.capture import open_bytes
from whywire.capture.block import INBOUND, OUTBOUND
from whywire.capture.compile import START_NS, Compiled
from whywire.ladder import Ladder, LadderError, parse, to_text
from whywire.ladder.filler import filler
from whywire.ladder.records import FLAG_BITS, FLAG_LETTERS, ConnectionLine, HostLine, Option, PacketLine
from whywire.packets import Capture, decode_capture, sack_blocks
from whywire.packets.table import MSS, SACK_PERMITTED, TIMESTAMPS, WINDOW_SCALE


def packet_of(capture: Capture, row: int, line: PacketLine, ladder: Ladder) -> PacketLine:
    """Return what a decoded row says, as the packet line it would be written as.

    ``line`` gives only what a header does not hold: which wrap of the sequence space is meant, and whether the
    payload was quoted.
    """
    table = capture.table
    hosts = {ip_address(each.address).packed: each.name for each in ladder.lines if isinstance(each, HostLine)}
    sender, receiver = (hosts[table.addresses[column[row]]] for column in (table.source, table.destination))
    ports = table.source_port[row], table.destination_port[row]
    isns = next((mine, other) for each in ladder.lines if isinstance(each, ConnectionLine)
                for mine, other, found in (
                    (each.client_isn, each.server_isn, (each.client_port, each.server_port)),
                    (each.server_isn, each.client_isn, (each.server_port, each.client_port)))
                if found == ports)
    mine, other = isns
    assert mine is not None
    assert other is not None
    options = []
    present = table.present[row]
    for bit, option in ((MSS, Option("mss", (table.mss[row],))), (SACK_PERMITTED, Option("sackOK")),
                        (TIMESTAMPS, Option("ts", (table.ts_value[row], table.ts_echo[row]))),
                        (WINDOW_SCALE, Option("ws", (table.window_scale[row],)))):
        options += [option] if present & bit else []
    edges = [edge for pair in sack_blocks(capture, row) for edge in pair]
    if edges:
        near = next(option.values for option in line.options if option.name == "sack")
        options.append(Option("sack", tuple(unwrap(edge - other & 0xFFFFFFFF, close)
                                            for edge, close in zip(edges, near, strict=True))))
    letters = "".join(letter for letter in FLAG_LETTERS if table.flags[row] & FLAG_BITS[letter])
    seq = unwrap(table.seq[row] - mine & 0xFFFFFFFF, line.seq)
    payload = capture.frame(row)[table.payload_at[row]:]
    return PacketLine(
        sender, receiver, letters, seq, table.payload_length[row],
        None if "A" not in letters else unwrap(table.ack[row] - other & 0xFFFFFFFF, line.ack or 0),
        table.window[row], options=tuple(options),
        data=payload if line.data is not None or payload != filler(seq, len(payload)) else None,
        delta_ns=table.time_ns[row] - (table.time_ns[row - 1] if row else START_NS), tag=line.tag)


@given(sound_ladders())
def test_ladder_to_frames_and_back(ladder: Ladder) -> None:
    capture = decode_capture(open_bytes(Compiled(ladder).capture()), "x")
    rows = [packet_of(capture, row, line, ladder) for row, line in enumerate(ladder.packets)]
    assert len(capture.table) == len(rows)
    back = Ladder(tuple(line for line in ladder.lines if not isinstance(line, PacketLine)) + tuple(rows))
    assert to_text(back) == to_text(ladder)


def test_the_same_ladder_gives_the_same_bytes() -> None:
    text = "+0.1 a>b S 0:0(0) <mss 1460>\n+0.1 b>a SA 0:0(0) ack 1\n"
    assert compiled(text).capture() == compiled(text).capture()


def test_tshark_agrees(tshark: str, tmp_path: Path) -> None:
    path = capture_file("""
        connection c1 a:51270 > b:80 isn 4294967295 7
        +0.0 a>b S   0:0(0) win 64240 <mss 1460, sackOK, ts 1/0, ws 7>
        +0.1 b>a SA  0:0(0) ack 1 win 65160 <mss 1400, sackOK, ts 9/1, ws 6>
        +0.1 a>b A   1:1(0) ack 1 win 502<<7
        +0.1 a>b FPUA 1:14(13) ack 1 win 502<<7 <kind 253 00ff, ts 2/9> data "hello, \\x00orld!"
        +0.1 b>a RECNA 1:1(0) ack 2 <sack 3:5 9:12> ttl 3 id 77
    """, tmp_path / "x.pcapng")
    fields = ("tcp.flags.str", "tcp.seq", "tcp.ack", "tcp.window_size", "tcp.len", "tcp.options.mss_val",
              "tcp.options.sack_le", "tcp.checksum.status", "ip.checksum.status", "ip.ttl", "ip.id")
    done = subprocess.run(
        [tshark, "-r", path, "-o", "tcp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE", "-T", "fields",
         *(word for name in fields for word in ("-e", name))], capture_output=True, encoding="utf-8", check=True)
    rows = [line.split("\t") for line in done.stdout.splitlines()]
    assert [row[1:6] for row in rows] == [
        ["0", "0", "64240", "0", "1460"], ["0", "1", "65160", "0", "1400"], ["1", "1", "64256", "0", ""],
        ["1", "1", "64256", "13", ""], ["1", "2", "4170240", "0", ""]]
    assert {(row[7], row[8]) for row in rows} == {("1", "1")}, "1 is a good checksum"
    assert rows[4][6].split(",") == ["3", "9"]
    assert (rows[4][9], int(rows[4][10], 16)) == ("3", 77)


def test_the_window_stays_until_it_is_said_otherwise() -> None:
    source, _ = capture_of("a>b S 0:0(0)\na>b - 0:0(0) win 7\na>b - 0:0(0)\nb>a - 0:0(0)\n")
    table = decode_capture(source, "x").table
    assert list(table.window) == [64240, 7, 7, 64240]


def test_a_frame_that_is_cut() -> None:
    source, _ = capture_of("a>b - 1:101(100) captured 60\n")
    (block,) = source.blocks()
    assert (block.captured[0], block.original[0]) == (60, 154)


MERGED = """
    +0.000 a>b S  0:0(0)       arrives +0.005
    +0.001 a>b S  0:0(0)       dropped
    +0.006 b>a SA 0:0(0) ack 1 arrives +0.005 frame 9
    +0.001 a>b -  1:1(0)       lost
"""


def test_what_each_host_saw() -> None:
    made = compiled(MERGED)
    seen = {}
    for host in made.hosts:
        (block,) = open_bytes(made.capture_at(host)).blocks()
        seen[host] = [((time - START_NS) // 1_000_000, direction, number) for time, direction, number in
                      zip(block.time_ns, block.direction, block.packet_id, strict=True)]
    assert seen == {"a": [(0, OUTBOUND, 1), (1, OUTBOUND, 2), (8, OUTBOUND, 4), (12, INBOUND, 9)],
                    "b": [(5, INBOUND, 1), (7, OUTBOUND, 9)]}
    assert [(event.kind, event.frame, event.sender, event.receiver) for event in made.wire_events] == \
        [("dropped", 2, "a", "b")]


def test_at_makes_one_hosts_view() -> None:
    made = compiled("at b" + MERGED)
    assert made.capture() == made.capture_at("b")
    (block,) = open_bytes(compiled(MERGED).capture()).blocks()
    assert list(block.packet_id) == [-1, -1, 9, -1]


def test_the_start() -> None:
    source, _ = capture_of("start 12.5\n+1 a>b S 0:0(0)\n")
    (block,) = source.blocks()
    assert list(block.time_ns) == [13_500_000_000]


@pytest.mark.parametrize(("text", "what"), [
    ("a>b S 0:0(0) win 5<<7 <ws 7>", "a SYN is never scaled"),
    ("a>b S 0:0(0) <ws 7>\nb>a SA 0:0(0) ack 1 <ws 6>\na>b - 1:1(0) win 5<<6", "shifted by 6, the SYNs agreed on 7"),
    ("a>b S 0:0(0) <ws 7>\nb>a SA 0:0(0) ack 1\na>b - 1:1(0) win 5<<7", "shifted by 7, the SYNs agreed on 0"),
    ("a>b - 0:70000(70000)", "70,000 payload bytes do not fit"),
    ("start 0\n-1.0 a>b - 0:0(0)", "the time lies outside")])
def test_contradictions(text: str, what: str) -> None:
    with pytest.raises(LadderError, match=what):
        Compiled(parse(text))
