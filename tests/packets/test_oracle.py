"""tshark reads the same frames: every header field that we put in a column must be the one it sees.

All frames of all captures go into one pcapng file, so tshark starts once.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.packets.frames import capture_files, name_of, opened
from whywire.capture.block import Interface
from whywire.capture.pcapng_writer import PcapngWriter
from whywire.packets.layers import FIRST_FRAGMENT
from whywire.packets.table import IPV4, IPV6, MSS, SACK, SACK_PERMITTED, TCP, TIMESTAMPS, WINDOW_SCALE, PacketTable

FIELDS = ("tcp.srcport", "tcp.dstport", "tcp.seq_raw", "tcp.ack_raw", "tcp.flags", "tcp.window_size_value", "tcp.len",
          "tcp.options.mss_val", "tcp.options.wscale.shift", "tcp.options.sack_perm",
          "tcp.options.timestamp.tsval", "tcp.options.timestamp.tsecr", "tcp.options.sack.count")
KEYS = (*FIELDS, "ip.id", "ip.ttl", "ip.src", "ip.dst", "ipv6.src", "ipv6.dst", "ipv6.hlim", "frame.protocols")


def ours(table: PacketTable, row: int) -> dict[str, str]:
    """Return a row's columns as tshark writes its fields."""
    present = table.present[row]

    def when(bit: int, value: int) -> str:
        return str(value) if present & bit else ""

    found = {
        "tcp.srcport": str(table.source_port[row]), "tcp.dstport": str(table.destination_port[row]),
        "tcp.seq_raw": str(table.seq[row]), "tcp.ack_raw": str(table.ack[row]),
        "tcp.flags": f"0x{table.flags[row]:04x}", "tcp.window_size_value": str(table.window[row]),
        "tcp.len": str(table.payload_length[row]), "tcp.options.mss_val": when(MSS, table.mss[row]),
        "tcp.options.wscale.shift": when(WINDOW_SCALE, table.window_scale[row]),
        "tcp.options.sack_perm": "0402" if present & SACK_PERMITTED else "",
        "tcp.options.timestamp.tsval": when(TIMESTAMPS, table.ts_value[row]),
        "tcp.options.timestamp.tsecr": when(TIMESTAMPS, table.ts_echo[row]),
        "tcp.options.sack.count": when(SACK, table.sack_count[row]),
    }
    source, destination = (end.rpartition(":")[0].strip("[]")
                           for end in (table.source_endpoint(row), table.destination_endpoint(row)))
    if present & IPV4:
        found |= {"ip.src": source, "ip.dst": destination, "ip.id": f"0x{table.ip_id[row]:04x}",
                  "ip.ttl": str(table.ttl[row])}
    if present & IPV6:
        found |= {"ipv6.src": source, "ipv6.dst": destination, "ipv6.hlim": str(table.ttl[row])}
    return found


@pytest.fixture(scope="module")
def theirs(tshark: str, tmp_path_factory: pytest.TempPathFactory) -> dict[Path, list[dict[str, str]]]:
    """Return tshark's fields of every frame of every capture."""
    path = tmp_path_factory.mktemp("oracle") / "all.pcapng"
    counts: dict[Path, int] = {}
    with path.open("wb") as file:
        writer = PcapngWriter(file)
        interfaces: dict[int, int] = {}
        for capture_path in capture_files():
            capture = opened(capture_path)
            table = capture.table
            counts[capture_path] = len(table)
            for row in range(len(table)):
                link_type = table.interfaces[table.interface[row]].link_type
                if link_type not in interfaces:
                    interfaces[link_type] = writer.add_interface(Interface(link_type))
                writer.packet(max(table.time_ns[row], 0), capture.frame(row), interfaces[link_type],
                              original=table.original[row])
    options = ["-o", "tcp.desegment_tcp_streams:FALSE"]
    fields = [part for key in KEYS for part in ("-e", key)]
    result = subprocess.run([tshark, "-n", "-r", str(path), *options, "-T", "fields", "-E", "occurrence=l", *fields],
                            capture_output=True, text=True, timeout=120, check=True)
    lines = iter(result.stdout.splitlines())
    return {capture_path: [dict(zip(KEYS, next(lines).split("\t"), strict=True)) for _ in range(count)]
            for capture_path, count in counts.items()}


@pytest.mark.parametrize("path", capture_files(), ids=name_of)
def test_columns_are_what_tshark_sees(path: Path, theirs: dict[Path, list[dict[str, str]]]) -> None:
    table = opened(path).table
    differences = []
    for row, peer in enumerate(theirs[path]):
        protocols = peer["frame.protocols"].split(":")
        peer["tcp.flags"] = f"0x{int(peer['tcp.flags'] or '0', 16) & 0x1FF:04x}"  # it counts the reserved bits in
        if table.present[row] & TCP:
            found = ours(table, row)
            if table.errors[table.error[row]] == FIRST_FRAGMENT:  # tshark gives no length before the last fragment
                assert (found.pop("tcp.len") != "", peer["tcp.len"]) == (True, "")
            differences += [(row + 1, key, value, peer[key]) for key, value in found.items() if value != peer[key]]
        elif peer["tcp.seq_raw"] and "icmp" not in protocols and "icmpv6" not in protocols:
            differences.append((row + 1, "tcp", "", peer["frame.protocols"]))
    assert differences == []
