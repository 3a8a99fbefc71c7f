"""A capture of many packets, made in a moment: connections of a handshake, data, a close, some with a loss."""

from __future__ import annotations

import struct
from pathlib import Path

FIN, SYN, PSH, ACK = 1, 2, 8, 16


def many(path: Path, connections: int = 2_000, rounds: int = 21) -> int:
    """Write a pcap of so many connections, each with ``rounds`` segments and their ACKs; return how many packets."""
    out = bytearray(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 101))
    count = 0

    def packet(at: int, up: bool, port: int, seq: int, ack: int, flags: int, length: int = 0) -> None:
        nonlocal count
        ends = (b"\x0a\0\0\1", b"\x0a\0\0\2"), (port, 80)
        source, target = (ends[0], ends[1]) if up else (ends[0][::-1], ends[1][::-1])
        header = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 40 + length, count & 0xFFFF, 0x4000, 64, 6, 0, *source)
        segment = struct.pack(">HHIIBBHHH", *target, seq, ack, 0x50, flags, 64240, 0, 0) + b"x" * length
        out.extend(struct.pack("<IIII", 1_700_000_000 + at // 1_000_000, at % 1_000_000, len(header + segment),
                               len(header + segment)) + header + segment)
        count += 1

    for number in range(connections):
        at, port, isn, peer = number * 3_000, 1_025 + number, 1_000, 9_000
        packet(at, True, port, isn, 0, SYN)
        packet(at + 100, False, port, peer, isn + 1, SYN | ACK)
        packet(at + 200, True, port, isn + 1, peer + 1, ACK)
        seq = isn + 1
        for turn in range(rounds):
            packet(at + 300 + turn * 100, True, port, seq, peer + 1, PSH | ACK, 20)
            if number % 500 == 7 and turn == 3:
                packet(at + 340 + turn * 100, True, port, seq, peer + 1, PSH | ACK, 20)
            seq += 20
            packet(at + 350 + turn * 100, False, port, peer + 1, seq, ACK)
        packet(at + 2_600, True, port, seq, peer + 1, FIN | ACK)
        packet(at + 2_700, False, port, peer + 1, seq + 1, FIN | ACK)
        packet(at + 2_800, True, port, seq + 1, peer + 2, ACK)
    path.write_bytes(out)
    return count
