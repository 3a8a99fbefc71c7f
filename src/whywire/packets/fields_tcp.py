"""Field lists of TCP (RFC 9293 3.1) with every option one by one, and of UDP (RFC 768)."""

from __future__ import annotations

from whywire.packets import checksum
from whywire.packets.fields import Field, Spec, flag, hexadecimal, preview, read
from whywire.packets.tcp import (
    END,
    KIND_MSS,
    KIND_SACK,
    KIND_SACK_PERMITTED,
    KIND_TIMESTAMPS,
    KIND_WINDOW_SCALE,
    NOP,
    option_length,
    option_problem,
)

FLAG_NAMES = ("FIN", "SYN", "RST", "PSH", "ACK", "URG", "ECE", "CWR", "AE")


def flags_text(value: int) -> str:
    """Show nine bits: ``0x018 (PSH, ACK)``."""
    names = ", ".join(name for bit, name in enumerate(FLAG_NAMES) if value >> bit & 1)
    return f"0x{value:03x} ({names or 'none'})"


PORTS = (
    Spec(0, 2, "Source Port", "tcp.srcport", "the sender's end of the connection"),
    Spec(2, 2, "Destination Port", "tcp.dstport", "the receiver's end"),
)
FLAGS = (
    Spec(12, 2, "Flags", "tcp.flags", "", 0x01FF, flags_text),
    Spec(12, 2, "Accurate ECN", "tcp.flags.ae", "", 0x0100, flag),
    Spec(12, 2, "Congestion Window Reduced", "tcp.flags.cwr", "the sender has slowed down", 0x0080, flag),
    Spec(12, 2, "ECN-Echo", "tcp.flags.ece", "tells the sender of congestion", 0x0040, flag),
    Spec(12, 2, "Urgent", "tcp.flags.urg", "the urgent pointer is valid", 0x0020, flag),
    Spec(12, 2, "Acknowledgment", "tcp.flags.ack", "the acknowledgment number is valid", 0x0010, flag),
    Spec(12, 2, "Push", "tcp.flags.push", "hand it to the program without waiting for more", 0x0008, flag),
    Spec(12, 2, "Reset", "tcp.flags.reset", "the connection ends at once, or there was none", 0x0004, flag),
    Spec(12, 2, "Syn", "tcp.flags.syn", "opens this direction; a SYN consumes one sequence number", 0x0002, flag),
    Spec(12, 2, "Fin", "tcp.flags.fin", "the sender has nothing more to send; a FIN consumes one sequence number",
         0x0001, flag),
)


def tcp(frame: bytes, at: int, limit: int, sum_state: str) -> list[Field]:
    """Return a TCP header's fields without the options. ``sum_state``: see `checksum.tcp_state`, or empty."""
    acknowledges = at + 14 <= limit and frame[at + 13] & 0x10
    found = read(PORTS, frame, at, limit)
    found += read((
        Spec(4, 4, "Sequence Number (raw)", "tcp.seq_raw",
             "the number of this segment's first byte; without data, of the next one"),
        Spec(8, 4, "Acknowledgment Number (raw)", "tcp.ack_raw",
             "the next byte the sender expects" if acknowledges else "means nothing: the ACK flag is not set"),
        Spec(12, 1, "Header Length", "tcp.hdr_len", lambda value: f"in words of 4 bytes: {value * 4} bytes", 0xF0),
        Spec(12, 2, "Reserved", "tcp.flags.res", "", 0x0E00),
        *FLAGS,
        Spec(14, 2, "Window", "tcp.window_size_value", _window_meaning(frame, at, limit)),
        Spec(16, 2, "Checksum", "tcp.checksum", _SUM_MEANING[sum_state],
             show=lambda value: f"0x{value:04x} ({_SUM_TEXT[sum_state]})"),
        Spec(18, 2, "Urgent Pointer", "tcp.urgent_pointer", "" if _bit(frame, at, limit, 0x20) else "not used"),
    ), frame, at, limit)
    return found


_SUM_TEXT = {"right": "right", "wrong": "wrong", "offload": "unfinished", "": "can not be checked"}
_SUM_MEANING = {
    "right": "covers addresses, header and data",
    "wrong": "does not match this segment; the receiver drops it",
    "offload": "only the pseudo-header's sum: left to the network card, and this copy was taken before it",
    "": "not all bytes of the segment are in the file",
}


def _bit(frame: bytes, at: int, limit: int, mask: int) -> bool:
    return at + 14 <= limit and bool(frame[at + 13] & mask)


def _window_meaning(frame: bytes, at: int, limit: int) -> str:
    if _bit(frame, at, limit, 0x02):
        return "bytes the sender can take now; never scaled in a segment with SYN"
    return "bytes the sender can take now, to be scaled as both SYNs agreed"


def options(frame: bytes, at: int, end: int, limit: int) -> list[Field]:
    """Return the options in ``[at, end)`` of which ``[at, limit)`` is there, each as a field or two."""
    found: list[Field] = []
    while at < end and at < limit:
        kind = frame[at]
        if kind == END:
            found.append(Field("End of Option List", "tcp.options.eol", 0, "no more options", at, min(end, limit)))
            return found
        problem = option_problem(frame, at, end, limit)
        length = option_length(frame, at, end, limit)
        stop = at + length if length else min(end, limit)
        if problem:
            name = OPTION_NAMES.get(kind, f"Option {kind}")
            found.append(Field(name, "tcp.options", frame[at:stop], frame[at:stop].hex(" "), at, stop, None, problem))
        else:
            found += _option(frame, at, kind, stop)
        at = stop
    return found


OPTION_NAMES = {
    NOP: "No-Operation", KIND_MSS: "Maximum segment size", KIND_WINDOW_SCALE: "Window scale",
    KIND_SACK_PERMITTED: "SACK permitted", KIND_SACK: "SACK", KIND_TIMESTAMPS: "Timestamps", 19: "MD5 signature",
    28: "User Timeout", 29: "Authentication", 30: "Multipath TCP", 34: "Fast Open", 69: "Encryption Negotiation",
    172: "Accurate ECN Order 0", 174: "Accurate ECN Order 1", 253: "Experiment", 254: "Experiment",
}


def _scale_meaning(value: int) -> str:
    if value > 14:
        return "more than 14 counts as 14 (RFC 7323 2.3)"
    return f"multiply this side's windows by {1 << value:,}, if the other side's SYN has the option too"


MSS = (Spec(2, 2, "MSS Value", "tcp.options.mss_val", "most payload that the sender of this takes in a segment"),)
WINDOW_SCALE = (Spec(2, 1, "Shift count", "tcp.options.wscale.shift", _scale_meaning),)
TIMESTAMPS = (
    Spec(2, 4, "Timestamp value", "tcp.options.timestamp.tsval", "the sender's clock"),
    Spec(6, 4, "Timestamp echo reply", "tcp.options.timestamp.tsecr", "the newest one it has from the other side"),
)


def _option(frame: bytes, at: int, kind: int, end: int) -> list[Field]:
    if kind == NOP:
        return [Field("No-Operation", "tcp.options.nop", 1, "1 byte", at, end, None, "fills up to a word")]
    if kind == KIND_MSS:
        return read(MSS, frame, at, end)
    if kind == KIND_WINDOW_SCALE:
        return read(WINDOW_SCALE, frame, at, end)
    if kind == KIND_SACK_PERMITTED:
        return [Field("SACK permitted", "tcp.options.sack_perm", 1, "permitted", at, end, None,
                      "the sender understands selective acknowledgments")]
    if kind == KIND_TIMESTAMPS:
        return read(TIMESTAMPS, frame, at, end)
    if kind == KIND_SACK:
        edges = []
        for edge in range(2, end - at, 8):
            edges += [Spec(edge, 4, "TCP SACK Left Edge", "tcp.options.sack_le", "first byte of a block that arrived"),
                      Spec(edge + 4, 4, "TCP SACK Right Edge", "tcp.options.sack_re", "first byte behind that block")]
        return read(edges, frame, at, end)
    data = frame[at + 2:end]
    return [Field(OPTION_NAMES.get(kind, f"Option {kind}"), "tcp.options", data,
                  f"kind {kind}, {end - at} bytes: {data.hex(' ')}", at, end)]


def payload(frame: bytes, at: int, limit: int, length: int) -> Field:
    """Return the payload: ``length`` bytes on the wire, of which ``[at, limit)`` is there."""
    have = max(0, limit - at)
    cut = "" if have >= length else f", {have:,} of them in the file"
    text = f"{length:,} byte{'s' if length != 1 else ''}{cut}: {preview(frame[at:limit])}"
    return Field("TCP payload", "tcp.payload", frame[at:limit], text, min(at, limit), limit)


UDP = (
    Spec(0, 2, "Source Port", "udp.srcport"),
    Spec(2, 2, "Destination Port", "udp.dstport"),
    Spec(4, 2, "Length", "udp.length", "header and payload"),
    Spec(6, 2, "Checksum", "udp.checksum", lambda value: "" if value else "0: not used", show=hexadecimal(4)),
)


def sum_state(frame: bytes, source: bytes, destination: bytes, at: int, end: int, limit: int) -> str:
    """Return the state of the TCP checksum; empty where the segment ``[at, end)`` is not all there."""
    if end > limit or end - at < 20:
        return ""
    return checksum.tcp_state(source, destination, frame[at:end])
