from __future__ import annotations

import pytest

from tests.packets.frames import decoded, ethernet, ip4, tcp, what
from whywire.packets.table import (
    MSS,
    OTHER_OPTIONS,
    PORTS,
    SACK,
    SACK_PERMITTED,
    TCP,
    TIMESTAMPS,
    WINDOW_SCALE,
    Capture,
)

OPTIONS = MSS | WINDOW_SCALE | SACK_PERMITTED | SACK | TIMESTAMPS | OTHER_OPTIONS
LINUX_SYN = bytes.fromhex("020405b4 0402 080a 00000007 00000000 01 030307")
STAMPS = bytes.fromhex("0101 080a ffffffff 00000002")


def segment(**fields: object) -> Capture:
    return decoded(ethernet(ip4(tcp(**fields))))  # type: ignore[arg-type]


def test_its_columns() -> None:
    table = segment(flags=0x1FF, seq=0xFFFFFFFF, ack=0x80000000, window=65535, payload=b"hello").table
    assert table.present[0] & TCP
    assert not table.present[0] & PORTS
    assert (table.source_port[0], table.destination_port[0]) == (40000, 80)
    assert (table.seq[0], table.ack[0], table.flags[0], table.window[0]) == (0xFFFFFFFF, 0x80000000, 0x1FF, 65535)
    assert (table.payload_at[0], table.payload_length[0], table.present[0] & OPTIONS) == (54, 5, 0)


def test_the_reserved_bits_are_no_flags() -> None:
    assert segment(flags=0xE10).table.flags[0] == 0x10


def test_the_options_of_a_syn() -> None:
    table = segment(flags=2, options=LINUX_SYN).table
    assert table.present[0] & OPTIONS == MSS | WINDOW_SCALE | SACK_PERMITTED | TIMESTAMPS
    assert (table.mss[0], table.window_scale[0], table.ts_value[0], table.ts_echo[0]) == (1460, 7, 7, 0)


@pytest.mark.parametrize("options", [STAMPS, STAMPS[2:] + b"\0\0", b"\x01" + STAMPS[2:] + b"\x01"])
def test_timestamps_wherever_they_stand(options: bytes) -> None:
    table = segment(options=options, payload=b"x").table
    assert table.present[0] & OPTIONS == TIMESTAMPS
    assert (table.ts_value[0], table.ts_echo[0], table.payload_length[0]) == (0xFFFFFFFF, 2, 1)


def test_sack_and_others() -> None:
    table = segment(options=b"\1\1\5\x12" + b"\0" * 16 + b"\x1e\x04\0\0").table
    assert table.present[0] & OPTIONS == SACK | OTHER_OPTIONS
    assert table.sack_count[0] == 2


@pytest.mark.parametrize(("options", "error", "present"), [
    (b"\x08\x09" + b"\0" * 7 + b"\x03\x03\x07", "tcp: option 8 has length 9, 10 is right", WINDOW_SCALE),
    (b"\x02\x04\x05\xb4\x04\x03\x00\x00", "tcp: option 4 has length 3, 2 is right", MSS),
    (b"\x02\x04\x05\xb4\x1e\x00\x00\x00", "tcp: option 30 has length 0, at least 2 is right", MSS),
    (b"\x02\x04\x05\xb4\x1e\x05\x00\x00", "tcp: option 30 of length 5 runs over the end of the header", MSS),
    (b"\x01\x01\x01\x08", "tcp: option 8 has no length", 0),
    (b"\x05\x0b" + b"\0" * 10, "tcp: option 5 has length 11, 2 and 8 a block is right", 0),
    (b"\x05\x02\x01\x01", "tcp: option 5 has length 2, 2 and 8 a block is right", 0),
])
def test_a_broken_option_does_not_hide_the_header(options: bytes, error: str, present: int) -> None:
    capture = segment(options=options, payload=b"abc")
    assert what(capture) == ("tcp", error)
    assert capture.table.present[0] & OPTIONS == present
    assert capture.table.present[0] & TCP
    assert capture.table.payload_length[0] == 3


def test_behind_the_end_option_nothing_counts() -> None:
    table = segment(options=b"\x00\x03\x03\x07").table
    assert table.present[0] & OPTIONS == 0
    assert table.error[0] == 0


@pytest.mark.parametrize(("words", "error"), [
    (4, "tcp: data offset 4 is below 5"),
    (8, "tcp: data offset 8 needs 32 bytes, the packet has 25"),
])
def test_a_data_offset_without_sense_leaves_the_ports(words: int, error: str) -> None:
    capture = segment(words=words, payload=b"hello")
    assert what(capture) == ("tcp", error)
    assert capture.table.present[0] & (TCP | PORTS) == PORTS
    assert capture.table.source_port[0] == 40000


def test_the_snap_length_takes_the_options() -> None:
    frame = ethernet(ip4(tcp(flags=2, options=LINUX_SYN, payload=b"xy")))
    capture = decoded(frame[:54 + 6], original=len(frame))
    table = capture.table
    assert what(capture) == ("tcp", "tcp: options cut by the snap length")
    assert table.present[0] & (OPTIONS | TCP) == TCP | MSS | SACK_PERMITTED
    assert table.payload_length[0] == 2


@pytest.mark.parametrize(("size", "present"), [(34 + 19, PORTS), (34 + 4, PORTS), (34 + 3, 0)])
def test_the_snap_length_takes_the_header(size: int, present: int) -> None:
    frame = ethernet(ip4(tcp()))
    capture = decoded(frame[:size], original=len(frame))
    assert what(capture) == ("tcp", "tcp: header cut by the snap length")
    assert capture.table.present[0] & (TCP | PORTS) == present


def test_a_segment_shorter_than_a_header() -> None:
    assert what(decoded(ethernet(ip4(tcp()[:12])))) == ("tcp", "tcp: 12 bytes, the header has 20")
