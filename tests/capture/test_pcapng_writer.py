"""What was written is read back, by us and by tshark."""

from __future__ import annotations

import subprocess
from io import BytesIO
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from whywire.capture import open_bytes
from whywire.capture.block import INBOUND, OUTBOUND, Interface
from whywire.capture.pcapng_writer import PcapngWriter, option

PACKETS = st.lists(st.tuples(
    st.integers(0, (1 << 63) - 1), st.binary(max_size=70), st.integers(0, 1), st.integers(0, 2),
    st.just(-1) | st.integers(0, (1 << 63) - 1), st.none() | st.integers(0, 0xFFFFFFFF),
    st.lists(st.text(max_size=20), max_size=2)), max_size=5)


@given(PACKETS)
def test_the_way_back(packets: list[tuple[int, bytes, int, int, int, int | None, list[str]]]) -> None:
    out = BytesIO()
    interfaces = [Interface(1, 262144, "eth0", "client's end"), Interface(113)]
    writer = PcapngWriter(out, interfaces, hardware="x", system="Linux", comment="a run")
    for packet in packets:
        writer.packet(*packet)
    source = open_bytes(out.getvalue())
    found = [(block.time_ns[row], block.data[block.at[row]:block.at[row] + block.captured[row]], block.interface[row],
              block.direction[row], block.packet_id[row], block.original[row])
             for block in source.blocks() for row in range(block.count)]
    assert found == [(*packet[:5], len(packet[1]) if packet[5] is None else packet[5]) for packet in packets]
    assert source.interfaces == interfaces
    assert [problem.fatal for problem in source.problems] == ([] if packets else [False])


def test_tshark_reads_the_same(tshark: str, tmp_path: Path) -> None:
    path = tmp_path / "x.pcapng"
    with path.open("wb") as file:
        writer = PcapngWriter(file, [Interface(1, name="eth0")])
        writer.packet(1_700_000_000_123_456_789, bytes(61), direction=OUTBOUND, packet_id=7, comments=("why: h\u00e4",))
        writer.packet(1_700_000_000_123_456_790, bytes(60), direction=INBOUND, original=90)
    fields = ("frame.time_epoch", "frame.cap_len", "frame.len", "frame.packet_id", "frame.packet_flags_direction",
              "frame.comment", "frame.interface_name")
    done = subprocess.run([tshark, "-r", path, "-T", "fields", *(word for name in fields for word in ("-e", name))],
                          capture_output=True, encoding="utf-8", check=True)
    assert done.stdout.splitlines() == [
        "1700000000.123456789\t61\t61\t7\t0x00000002\twhy: h\u00e4\teth0",
        "1700000000.123456790\t60\t90\t\t0x00000001\t\teth0"]


def test_each_packet_is_one_write() -> None:
    class Counting(BytesIO):
        writes = 0

        def write(self, data: bytes) -> int:  # type: ignore[override]
            self.writes += 1
            return super().write(data)

    out = Counting()
    writer = PcapngWriter(out, [Interface(1)])
    before = out.writes
    writer.packet(1, b"abc", packet_id=1)
    writer.packet(2, b"abc", comments=("x",))
    assert out.writes - before == 2


def test_an_option_is_padded_and_bounded() -> None:
    assert option(1, b"abcde") == b"\x01\0\x05\0abcde\0\0\0"
    assert len(option(1, bytes(100_000))) == 4 + 65536
