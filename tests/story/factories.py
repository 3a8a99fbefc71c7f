"""Accounts made by hand, for sentences and layouts; small on purpose."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from whywire.base.records import Call
from whywire.base.ref import packet
from whywire.connections.model import (
    Account,
    AckStep,
    Cause,
    CauseKind,
    Certainty,
    CloseKind,
    Closing,
    Connection,
    End,
    Mark,
    Opening,
    OpenKind,
    Reason,
    Segment,
    Side,
    Skipped,
    Vantage,
)
from whywire.connections.why import Why
from whywire.packets.table import ACK, FIN, PSH, RST, SYN

MS = 1_000_000
C, S = Side.CLIENT, Side.SERVER


def because(why: Why, kind: CauseKind = CauseKind.CALL, certainty: Certainty = Certainty.INFERRED,
            **params: Any) -> Cause:
    """Return a cause with one reading."""
    ref = packet(params["packet"]) if isinstance(params.get("packet"), int) else None
    return Cause(kind, certainty, Reason(why, params, () if ref is None else (ref,)), ref)


def segment(number: int, sender: Side, flags: int, **changes: Any) -> Segment:
    """Return a segment at ``number`` ms."""
    seq, length = changes.pop("seq", 0), changes.pop("length", 0)
    base = Segment(
        packet=number, sender=sender, time_ns=number * MS, arrival_ns=None, lost=False, flags=flags, seq=seq,
        ack=changes.get("ack"), length=length, raw_seq=1000 + seq, raw_ack=5000, window=64240, window_scaled=True,
        mss=None, window_scale=None, sack_permitted=False, ts_value=None, ts_echo=None, kinds=("ack",),
        cause=because(Why.ACK_AT_ONCE, CauseKind.ANSWERS, packet=max(1, number - 1)), ack_step=None, shares=(),
        notes=())
    return replace(base, **changes)


def end(endpoint: str, **changes: Any) -> End:
    """Return an end that offered everything."""
    return replace(End(endpoint=endpoint, host=None, program=None, isn=1000, mss=1460, window_scale=7,
                       sack_permitted=True, timestamps=True, bytes=13, data_segments=1, state="CLOSED"), **changes)


def conversation() -> tuple[Segment, ...]:
    """Return ten packets: handshake, 13 bytes each way, a close in three."""
    return (
        segment(1, C, SYN, kinds=("syn",), cause=because(Why.SYN_CONNECT, side="client")),
        segment(2, S, SYN | ACK, ack=1, kinds=("syn-ack",), ack_step=AckStep(0, 1, 1, 0, 0, (1,)),
                cause=because(Why.SYN_ACK_LISTEN, CauseKind.ANSWERS, packet=1, side="server")),
        segment(3, C, ACK, seq=1, ack=1, ack_step=AckStep(0, 1, 1, 0, 0, (2,)),
                cause=because(Why.HANDSHAKE_DONE, CauseKind.ANSWERS, packet=2, side="client")),
        segment(4, C, ACK | PSH, seq=1, length=13, ack=1, kinds=("data",),
                cause=because(Why.DATA_WRITTEN, side="client", bytes=13)),
        segment(5, S, ACK, seq=1, ack=14, ack_step=AckStep(1, 14, 0, 13, 0, (4,)),
                cause=because(Why.ACK_AT_ONCE, CauseKind.ANSWERS, packet=4, delay_ns=4500, side="server")),
        segment(6, S, ACK | PSH, seq=1, length=13, ack=14, kinds=("data",),
                cause=because(Why.DATA_WRITTEN, side="server", bytes=13)),
        segment(7, C, ACK, seq=14, ack=14, ack_step=AckStep(1, 14, 0, 13, 0, (6,))),
        segment(8, C, FIN | ACK, seq=14, ack=14, kinds=("fin",), cause=because(Why.FIN_PROGRAM, side="client")),
        segment(9, S, FIN | ACK, seq=14, ack=15, kinds=("fin",), ack_step=AckStep(14, 15, 0, 0, 1, (8,)),
                cause=because(Why.FIN_PROGRAM, side="server")),
        segment(10, C, ACK, seq=15, ack=15, ack_step=AckStep(14, 15, 0, 0, 1, (9,)),
                cause=because(Why.ACK_LAST, CauseKind.ANSWERS, packet=9, side="client")),
    )


def connection(number: int = 1, segments: tuple[Segment, ...] | None = None, **changes: Any) -> Connection:
    """Return a connection of ``conversation()``, closed in order by the client."""
    segments = conversation() if segments is None else segments
    closing = Closing(CloseKind.ORDERLY, False, "client", (Mark(8, C), Mark(9, S)), (), "client", "program", (),
                      because(Why.FIN_PROGRAM, side="client"), 8)
    base = Connection(
        number=number, client=end("10.0.0.1:50001"), server=end("10.0.0.2:80", isn=2000), roles="handshake",
        first_packet=segments[0].packet, last_packet=segments[-1].packet, packets=len(segments),
        opening=Opening(OpenKind.HANDSHAKE, 1, 2, 3, MS, MS), closing=closing, history="ShADadFf", segment_size=1448,
        scaling=True, vantage=Vantage("unknown", Certainty.LIKELY, Reason(Why.VANTAGE_UNKNOWN)), segments=segments,
        pauses=(), waits=(), calls=())
    return replace(base, **changes)


def reset(why: Why, side: Side = C, certainty: Certainty = Certainty.KNOWN, **params: Any) -> tuple[Segment, Closing]:
    """Return a reset as packet 8, and the end that it makes."""
    cause = because(why, certainty=certainty, **params)
    last = segment(8, side, RST | ACK, seq=14, ack=14, kinds=("rst",), cause=cause)
    return last, Closing(CloseKind.RESET, False, side.value, (), (Mark(8, side),), "none", "unknown", (), cause, 8)


def account(*connections: Connection, **changes: Any) -> Account:
    """Return an account of a file."""
    packets = sum(one.packets for one in connections)
    base = Account(name="some.pcapng", view="file", packets=packets, tcp_packets=packets, skipped=(), problems=(),
                   connections=connections, run=None, first_ns=MS, last_ns=10 * MS)
    return replace(base, **changes)


def skipped(reason: str, packets: int) -> Skipped:
    """Return what was left out."""
    return Skipped(reason, packets)


def call(number: int, name: str, **changes: Any) -> Call:
    """Return a call of the client at ``number`` ms that takes half a millisecond."""
    base = Call(number=number, host="client", program="client.py", pid=1, tid=1, name=name, start_ns=number * MS,
                end_ns=number * MS + MS // 2, local="10.0.0.1:50001", peer="10.0.0.2:80", file="client.py", line=number)
    return replace(base, **changes)
