from __future__ import annotations

from pathlib import Path

import pytest

from whywire.base.times import duration
from whywire.cli.flows import KEPT_PACKETS, SETTLED_NS, Flows, Packet, told
from whywire.cli.show import open_path

LATER = 1 << 62


def packets(path: Path) -> list[Packet]:
    """Return the packets of a capture file."""
    _, capture = open_path(path, None)
    with capture:
        table = capture.table
        return [Packet(table.interfaces[table.interface[row]].link_type, table.time_ns[row], capture.frame(row),
                       table.original[row]) for row in range(len(table))]


@pytest.fixture
def v2(founding: Path) -> list[Packet]:
    return packets(founding / "a-v2.pcapng")


def test_a_line_when_it_is_over(v2: list[Packet]) -> None:
    flows = Flows()
    for packet in v2:  # one at a time, as they may come
        assert flows.take([packet]) == []
    last = v2[-1].time_ns
    assert list(flows.settled(last + SETTLED_NS - 1)) == []
    (line,) = flows.settled(last + SETTLED_NS)
    assert f" -> 127.0.0.1:8080  12 packets, {duration(last - v2[0].time_ns)}: 20 bytes up, 20 down; " in line
    assert flows.finished == 1
    assert len(flows) == 0
    assert list(flows.settled(LATER)) == []


def test_the_same_in_one_piece(v2: list[Packet]) -> None:
    lines = []
    for size in (1, 5, len(v2)):
        flows = Flows()
        for at in range(0, len(v2), size):
            flows.take(v2[at:at + size])
        lines += flows.settled(LATER)
    assert len(lines) == 3
    assert len(set(lines)) == 1


def test_what_is_not_over_is_not_told(v2: list[Packet]) -> None:
    flows = Flows()
    flows.take(v2[:6])
    assert list(flows.settled(LATER)) == []
    assert len(flows) == 1


def test_the_same_ports_again_end_the_connection_before(v2: list[Packet]) -> None:
    flows = Flows()
    (line,) = flows.take([*v2, *v2])
    assert "12 packets" in line
    (other,) = flows.settled(LATER)
    assert line.split(": ", 1)[1] == other.split(": ", 1)[1]


def test_several_connections_and_what_is_worth_a_look(founding: Path) -> None:
    flows = Flows()
    assert flows.take(packets(founding / "b-send-after-close.pcapng")) == []
    lines = list(flows.settled(LATER))
    assert lines
    assert any("TCP205 data-after-close" in line for line in lines)
    assert not any("packet " in line.replace("packets", "") for line in lines)  # their numbers are not known here


def test_other_traffic_is_no_connection() -> None:
    flows = Flows()
    flows.take([Packet(1, 5, bytes(60), 60), Packet(1, 6, b"", 0), Packet(113, 7, b"\xff" * 70, 70)])
    assert len(flows) == 0


def test_a_long_connection_is_counted(v2: list[Packet]) -> None:
    flows = Flows()
    ack = v2[2]
    flows.take([*v2[:3], *[ack] * KEPT_PACKETS, *v2[3:]])
    (line,) = flows.settled(LATER)
    assert f"{KEPT_PACKETS + 12:,} packets" in line
    assert "too long" in line


def test_nothing_is_told_of_nothing() -> None:
    assert told([]) == told([Packet(1, 5, bytes(60), 60)]) == ""
