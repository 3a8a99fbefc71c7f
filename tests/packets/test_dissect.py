from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.packets.frames import Frames, capture_files, ethernet, ip4, name_of, opened, tcp, udp
from whywire.base.address import address
from whywire.packets.decode import LINK_LAYERS, decode_capture
from whywire.packets.dissect import dissect
from whywire.packets.fields import Layer
from whywire.packets.rows import sack_blocks
from whywire.packets.table import MSS, TCP, TIMESTAMPS, WINDOW_SCALE, Capture

LINK_TYPES = [*sorted(LINK_LAYERS), 147, 65535]


def layers_of(capture: Capture, row: int) -> tuple[Layer, ...]:
    table = capture.table
    return dissect(capture.frame(row), table.interfaces[table.interface[row]].link_type, table.original[row])


def check_shape(layers: tuple[Layer, ...], size: int) -> None:
    """Layers follow one another, and each field lies in its layer."""
    at = 0
    for layer in layers:
        assert at <= layer.start <= layer.end <= size
        at = layer.end
        for field in layer.fields:
            assert layer.start <= field.start <= field.end <= layer.end


def check_same(capture: Capture, row: int) -> None:
    """Dissected fields of the last TCP header are the columns of the row."""
    table = capture.table
    layers = layers_of(capture, row)
    check_shape(layers, table.captured[row])
    if table.error[row]:
        assert any(layer.problem for layer in layers) or "headers in one frame" in table.errors[table.error[row]]
    if not table.present[row] & TCP or row in table.reassembled:  # its header came in another frame
        return
    (header,) = [layer for layer in layers if layer.name == "Transmission Control Protocol"]
    network = [layer for layer in layers if layer.name.startswith("Internet Protocol")][-1]
    assert (network.start, header.start) == (table.network_at[row], table.transport_at[row])
    values = {field.key: field.value for field in (*network.fields, *header.fields)}
    columns = {
        "tcp.srcport": table.source_port[row], "tcp.dstport": table.destination_port[row],
        "tcp.seq_raw": table.seq[row], "tcp.ack_raw": table.ack[row], "tcp.flags": table.flags[row],
        "tcp.window_size_value": table.window[row],
        "tcp.hdr_len": (table.payload_at[row] - table.transport_at[row]) // 4,
    }
    for bit, key, column in ((MSS, "tcp.options.mss_val", table.mss), (TIMESTAMPS, "tcp.options.timestamp.tsval",
                             table.ts_value), (TIMESTAMPS, "tcp.options.timestamp.tsecr", table.ts_echo),
                             (WINDOW_SCALE, "tcp.options.wscale.shift", table.window_scale)):
        assert (key in values) == bool(table.present[row] & bit)
        if key in values:
            columns[key] = column[row]
    assert {key: values[key] for key in columns} == columns
    ends = [values.get(f"{family}.{end}") for end in ("src", "dst") for family in ("ip", "ipv6")]
    assert [end for end in ends if end] == [address(table.addresses[column[row]])
                                            for column in (table.source, table.destination)]
    edges = [field.value for field in header.fields if field.key in ("tcp.options.sack_le", "tcp.options.sack_re")]
    found = [edge for block in sack_blocks(capture, row) for edge in block]
    assert edges[len(edges) - len(found):] == found
    assert bool(edges) == bool(found)


@pytest.mark.parametrize("path", capture_files(), ids=name_of)
def test_columns_are_the_dissected_fields(path: Path) -> None:
    capture = opened(path)
    for row in range(len(capture.table)):
        check_same(capture, row)


SEEDS = [ethernet(ip4(tcp(payload=b"hello"), options=b"\7\x08\0\0\0\0\0\0")),
         ethernet(ip4(tcp(flags=2, options=bytes.fromhex("020405b40402080a000000070000000001030307")))),
         ethernet(ip4(tcp(payload=b"hello", options=bytes.fromhex("0101080a0000000700000009")))),
         ethernet(ip4(tcp(options=bytes.fromhex("0101050a0000138800001770")))),
         ethernet(ip4(udp(5000, 4789, b"\x08\0\0\0\0\0\7\0" + ethernet(ip4(tcp()))), 17))]
for path in capture_files("formats", "wild"):
    with_frames = opened(path)
    SEEDS += [with_frames.frame(row)[:200] for row in range(min(2, len(with_frames.table)))]


@settings(derandomize=True, deadline=None)
@given(st.binary(max_size=120), st.sampled_from(LINK_TYPES), st.integers(0, 70000))
def test_any_bytes_are_read_the_same_way_twice(frame: bytes, link_type: int, original: int) -> None:
    check_same(decode_capture(Frames([(frame, {"original": original})], link_type), "bytes"), 0)


CHANGES = st.lists(st.tuples(st.integers(0, 199), st.integers(0, 255)), max_size=4)


@settings(derandomize=True, deadline=None)
@given(st.sampled_from(SEEDS), st.sampled_from(LINK_TYPES), CHANGES, st.integers(0, 200), st.integers(0, 300))
def test_mutated_frames_are_read_the_same_way_twice(seed: bytes, link_type: int, changes: list[tuple[int, int]],
                                                    size: int, original: int) -> None:
    frame = bytearray(seed)
    for at, value in changes:
        if at < len(frame):
            frame[at] = value
    for first in (link_type, 1):
        check_same(decode_capture(Frames([(bytes(frame[:size]), {"original": original})], first), "mutated"), 0)


@settings(derandomize=True, deadline=None)
@given(st.sampled_from(SEEDS[:4]), st.integers(34, 60))
def test_a_cut_below_hides_nothing_above(seed: bytes, size: int) -> None:
    names = [layer.name for layer in dissect(seed[:size], 1, len(seed))]
    assert names[:2] == ["Ethernet II", "Internet Protocol Version 4"]


def test_an_unknown_link_type_is_one_layer_of_bytes() -> None:
    assert [(layer.name, layer.start, layer.end) for layer in dissect(b"abc", 147)] == [("link type 147", 0, 3)]
    assert dissect(b"", 147) == ()
