"""The packets of a capture as a table: the columns of the pass, one row a packet, whatever it is."""

from __future__ import annotations

from array import array
from collections.abc import Callable
from typing import Any

from whywire.base.address import address
from whywire.connections.flows import BASE_FROM_SYN
from whywire.connections.kinds import WORDS
from whywire.connections.model import Account, Segment
from whywire.connections.track import NO_ACK, Tracker
from whywire.packets import table as t
from whywire.tables.schema import Field, Of, Schema
from whywire.tables.table import Buffer, Table

NOT_TCP = "not TCP, or its header can't be read"
NO_CONNECTION = "of no TCP connection"
NOT_MERGED = "not the merged view of a run"
MERGED = t.ARRIVAL | t.LOST | t.TRAVELLING
IP = t.IPV4 | t.IPV6
KNOWN = Of(lambda connection: connection >= 0, ("connection",))
SIDES, DIRECTIONS = ("client", "server"), ("", "inbound", "outbound")
KINDS = tuple(word for _, word in WORDS)


def _bit(bit: int) -> Of:
    return Of(lambda present: (present & bit) != 0, ("present",))


def _scaled(window: Any, flags: Any, connection: Any, side: Any, shifts: Any) -> Any:
    """Return a window in bytes: a SYN's is never scaled (RFC 7323 2.2)."""
    shift = shifts[2 * connection + side]
    return window << (shift * (shift > 0) * (1 - (flags >> 1 & 1)))


FIELDS = (
    Field("number", "uint64", "", "the packet's number, from 1, in file order (a run: in the view)"),
    Field("time_ns", "int64", "ns", "since 1970; merged view: when it left its sender", "the file has no time",
          where=t.TIME),
    Field("arrival_ns", "int64", "ns", "since 1970; merged view: when it reached the receiver",
          "not the merged view of a run, or it never arrived", where=t.ARRIVAL),
    Field("lost", "bool", "", "merged view: it never reached the receiver", NOT_MERGED, _bit(t.LOST), MERGED),
    Field("travelling", "bool", "", "merged view: still under way when the recording stopped", NOT_MERGED,
          _bit(t.TRAVELLING), MERGED),
    Field("packet_id", "int64", "", "the frame's number on the wire (pcapng packet id)", "the file has none",
          where=t.PACKET_ID),
    Field("protocol", "word", "", "tcp, or what else it is (``mdns over udp``)", words="protocols"),
    Field("error", "word", "", "the first layer that can't be read, and why", "all layers can be read", words="errors",
          where=Of(lambda error: error > 0, ("error",))),
    Field("source", "word", "", "IP address of the sender", "no IP header", words="addresses", where=IP),
    Field("source_port", "uint16", "", "port of the sender", "no ports", where=t.TCP | t.PORTS),
    Field("destination", "word", "", "IP address of the receiver", "no IP header", words="addresses", where=IP),
    Field("destination_port", "uint16", "", "port of the receiver", "no ports", where=t.TCP | t.PORTS),
    Field("captured", "uint32", "bytes", "of the frame in the file"),
    Field("original", "uint32", "bytes", "of the frame on the wire"),
    Field("file", "uint16", "", "index of the file it was read from (a run has one a host)"),
    Field("file_at", "uint64", "bytes", "where the frame begins in the (uncompressed) file"),
    Field("interface", "uint16", "", "index of the interface in the file"),
    Field("direction", "word", "", "at the capturing host: inbound, outbound", "the file does not say",
          words="directions", where=Of(lambda direction: direction > 0, ("direction",))),
    Field("ip_id", "uint16", "", "IPv4 identification", "not IPv4", where=t.IPV4),
    Field("ttl", "uint8", "", "TTL or hop limit as captured", "no IP header", where=IP),
    Field("connection", "uint32", "", "number of its TCP connection, from 1 (c1)", NO_CONNECTION,
          Of(lambda connection: connection + 1, ("connection",)), KNOWN),
    Field("side", "word", "", "who sent it: client, server", NO_CONNECTION, where=KNOWN, words="sides"),
    Field("kinds", "bits", "", "what it is: syn, ack, data, retransmission, ...", NO_CONNECTION, where=KNOWN,
          words="kinds"),
    Field("seq", "int64", "bytes", "relative sequence number, which never wraps: the SYN is 0; without a SYN the first "
          "seen is 1", NO_CONNECTION, where=KNOWN),
    Field("ack", "int64", "bytes", "relative acknowledgment number", "it acknowledges nothing, or of no TCP connection",
          from_="relative_ack", where=Of(lambda connection, ack: (connection >= 0) & (ack != NO_ACK),
                                         ("connection", "relative_ack"))),
    Field("length", "uint32", "bytes", "TCP payload on the wire", NOT_TCP, "payload_length", t.TCP),
    Field("flags", "uint16", "", "FIN 1, SYN 2, RST 4, PSH 8, ACK 16, URG 32, ECE 64, CWR 128, AE 256", NOT_TCP,
          where=t.TCP),
    Field("window", "int64", "bytes", "the window, scaled where window_scaled; else the raw field", NOT_TCP,
          Of(_scaled, ("raw_window", "flags", "connection", "side"), ("shifts",)), t.TCP),
    Field("window_scaled", "bool", "", "the scale of both SYNs was applied (or is 0); false: a SYN, never scaled",
          "the scale is not known", Of(lambda flags: (flags & t.SYN) == 0, ("flags",)),
          Of(lambda connection, side, flags, shifts: (connection >= 0) & (
              ((flags & t.SYN) != 0) | (shifts[2 * connection + side] != UNKNOWN)),
             ("connection", "side", "flags"), ("shifts",))),
    Field("raw_window", "uint16", "", "the window field as in the header", NOT_TCP, where=t.TCP),
    Field("raw_seq", "uint32", "", "sequence number as in the header", NOT_TCP, where=t.TCP),
    Field("raw_ack", "uint32", "", "acknowledgment number as in the header", "no ACK flag, or " + NOT_TCP,
          where=Of(lambda present, flags: ((present & t.TCP) != 0) & ((flags & t.ACK) != 0), ("present", "flags"))),
    Field("mss", "uint16", "bytes", "MSS option", "no such option", where=t.MSS),
    Field("window_scale", "uint8", "", "shift count of the window scale option, as sent", "no such option",
          where=t.WINDOW_SCALE),
    Field("sack_permitted", "bool", "", "SACK permitted option", NOT_TCP, _bit(t.SACK_PERMITTED), t.TCP),
    Field("ts_value", "uint32", "", "TSval of the timestamps option", "no such option", where=t.TIMESTAMPS),
    Field("ts_echo", "uint32", "", "TSecr of the timestamps option", "no such option", where=t.TIMESTAMPS),
    Field("sack_count", "uint8", "", "SACK blocks in it", "no such option", where=t.SACK),
)


def _cause(rule: Callable[[Segment], Any]) -> Of:
    return Of(lambda segment: None if segment is None else rule(segment), ("segments",))


def _certainty(segment: Segment) -> str | None:
    """Return how sure the cause is; None where no reading is left, as in the JSON."""
    cause = segment.cause
    if cause.kind.value == "unknown" and not cause.others and cause.certainty.value == "likely":
        return None
    return cause.certainty.value


CAUSE_FIELDS = (
    Field("cause", "word", "", "what put it on the wire: call, answers, timer, kernel, wire, unknown", NO_CONNECTION,
          _cause(lambda segment: segment.cause.kind.value)),
    Field("cause_why", "word", "", "the statement's code, see statements", NO_CONNECTION,
          _cause(lambda segment: segment.cause.reason.why.value)),
    Field("cause_ref", "text", "", "the call (k3), packet (p2) or deed of the wire (w1) behind it",
          "there is none, or " + NO_CONNECTION,
          _cause(lambda segment: None if segment.cause.ref is None else str(segment.cause.ref))),
    Field("cause_certainty", "word", "", "known, inferred, likely, artefact",
          "nothing can be said, or " + NO_CONNECTION, _cause(_certainty)),
    Field("rtt_ns", "int64", "ns", "until the first ACK of any of it was seen here", "none, or ambiguous (Karn)",
          _cause(lambda segment: segment.rtt_ns)),
    Field("in_flight", "int64", "bytes", "of its side not acknowledged when it had left, its own included",
          "no payload", _cause(lambda segment: segment.in_flight)),
)
BRIEF = ("number", "time_ns", "connection", "side", "kinds", "seq", "ack", "length", "window", "cause")
PACKETS = Schema("packets", "Packet", FIELDS, BRIEF)
PACKETS_WITH_CAUSES = PACKETS._replace(fields=(*FIELDS, *CAUSE_FIELDS))
UNKNOWN = -1
"""In the column of shifts: whether windows are scaled is not known."""


def packets(tracker: Tracker, told: Account | None = None) -> Table:
    """Return the packets of a tracked table; with ``told``, the cause of each too."""
    table, rows = tracker.table, tracker.rows
    buffers: dict[str, Buffer] = {name: memoryview(column) for name, column in table.columns.items()}
    buffers |= {name: memoryview(rows.columns[name]) for name in ("connection", "side", "seq", "kinds")}
    buffers |= {"raw_seq": memoryview(table.columns["seq"]), "raw_ack": memoryview(table.columns["ack"]),
                "raw_window": memoryview(table.columns["window"]), "relative_ack": memoryview(rows.columns["ack"]),
                "number": range(1, len(table) + 1), "shifts": memoryview(shifts(tracker))}
    words = {"protocols": table.protocols, "errors": table.errors, "sides": SIDES, "kinds": KINDS,
             "directions": DIRECTIONS, "addresses": list(map(address, table.addresses))}
    if told is None:
        return Table(PACKETS, len(table), buffers, words)
    segments: list[Segment | None] = [None] * len(table)
    for connection in told.connections:
        for segment in connection.segments:
            segments[segment.packet - 1] = segment
    return Table(PACKETS_WITH_CAUSES, len(table), {**buffers, "segments": segments}, words)


def shifts(tracker: Tracker) -> array[int]:
    """Return by how many bits the windows of each direction are shifted; -1 where the SYNs were not both seen.

    Two more at the end, so that packets of no connection (-1) find something to look at.
    """
    known, shift = tracker.flows.columns["known"], tracker.flows.columns["shift"]
    found = array("q", bytes(8 * (2 * tracker.count + 2)))
    for flow in range(0, 2 * tracker.count, 2):
        if known[flow] != BASE_FROM_SYN or known[flow + 1] != BASE_FROM_SYN:
            found[flow] = found[flow + 1] = UNKNOWN
        elif shift[flow] >= 0 and shift[flow + 1] >= 0:
            found[flow], found[flow + 1] = shift[flow], shift[flow + 1]
    return found
