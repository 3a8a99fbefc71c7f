"""Ladder -> real frames in a pcapng file, and the calls beside them. The same ladder always gives the same bytes."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from struct import pack

from whywire.base.records import Call, WireEvent
from whywire.capture.block import INBOUND, OUTBOUND, UNKNOWN, Interface
from whywire.capture.compile_calls import CallCompiler
from whywire.capture.frames import ethernet_frame, ip_packet, tcp_segment
from whywire.capture.pcapng_writer import PcapngWriter
from whywire.capture.plan import Connection, Plan
from whywire.ladder.filler import filler
from whywire.ladder.records import FLAG_BITS, AtLine, CallLine, Ladder, Option, PacketLine, StartLine
from whywire.ladder.scanner import LadderError

START_NS = 1_700_000_000_000_000_000
_WINDOW, _TTL = 64240, 64


@dataclass(frozen=True, slots=True)
class _Sent:
    """A frame on the ladder's wire."""

    line: PacketLine
    time_ns: int
    frame: bytes
    number: int


class Compiled:
    """A ladder made real: ``calls``, ``wire_events``, and a capture of the whole or of what one host saw."""

    def __init__(self, ladder: Ladder) -> None:
        """Raises LadderError for a ladder that contradicts itself."""
        self.plan = Plan(ladder)
        self.at = next((line.host for line in ladder.lines if isinstance(line, AtLine)), None)
        self._sent: list[_Sent] = []
        self._windows: dict[tuple[str, str], int] = {}
        self._shifts: dict[tuple[str, str], int | None] = {}
        self._ids: dict[str, int] = {}
        calls = CallCompiler(self.plan)
        time_ns = next((line.time_ns for line in ladder.lines if isinstance(line, StartLine)), START_NS)
        for line in ladder.lines:
            if isinstance(line, PacketLine | CallLine):
                time_ns += line.delta_ns or 0
                if not 0 <= time_ns < 1 << 63:
                    raise LadderError(line.line, 0, "the time lies outside of what 64 bits of nanoseconds hold")
            if isinstance(line, PacketLine):
                number = len(self._sent) + 1 if line.frame is None else line.frame
                self._sent.append(_Sent(line, time_ns, self._frame(line), number))
            elif isinstance(line, CallLine):
                calls.add(line, time_ns)
        self.calls: tuple[Call, ...] = calls.calls
        self.wire_events = tuple(
            WireEvent(number, "dropped", sent.time_ns, sent.number, sent.line.sender, sent.line.receiver)
            for number, sent in enumerate((sent for sent in self._sent if sent.line.lost == "dropped"), start=1))

    @property
    def hosts(self) -> tuple[str, ...]:
        """The hosts, in order of appearance."""
        return tuple(self.plan.hosts)

    def capture(self) -> bytes:
        """Return one pcapng file: of the host named by ``at``, else of all packets as the lines stand."""
        if self.at is not None:
            return self.capture_at(self.at)
        return _file(None, [(sent.time_ns, UNKNOWN, sent, sent.line.frame is not None) for sent in self._sent])

    def capture_at(self, host: str) -> bytes:
        """Return what ``host`` saw, by time: what it sent when it left, what reached it when it arrived."""
        seen = []
        for sent in self._sent:
            if sent.line.sender == host:
                seen.append((sent.time_ns, OUTBOUND, sent, True))
            elif sent.line.receiver == host and sent.line.lost is None:
                seen.append((sent.time_ns + (sent.line.arrival_ns or 0), INBOUND, sent, True))
        return _file(host, sorted(seen, key=lambda each: each[0]))

    def _frame(self, line: PacketLine) -> bytes:
        connection = self.plan.connection_of(line)
        source, destination = self.plan.hosts[line.sender], self.plan.hosts[line.receiver]
        ack = 0 if line.ack is None else connection.isn(line.receiver) + line.ack
        options = _options(line.options, connection.isn(line.receiver))
        if line.length > 65535 - 40 - len(options):
            raise LadderError(line.line, 0, f"{line.length:,} payload bytes do not fit an IP packet")
        payload = filler(line.seq, line.length) if line.data is None else line.data
        segment = tcp_segment(
            source, destination, (connection.port(line.sender), connection.port(line.receiver)),
            connection.isn(line.sender) + line.seq, ack, sum(FLAG_BITS[letter] for letter in line.flags),
            self._window(line, connection), options, payload)
        self._ids[line.sender] = (self._ids.get(line.sender, 0) + 1) & 0xFFFF
        identification = self._ids[line.sender] if line.ip_id is None else line.ip_id
        packet = ip_packet(source, destination, segment, identification, _TTL if line.ttl is None else line.ttl)
        return ethernet_frame(self.plan.number(line.sender), self.plan.number(line.receiver), packet)

    def _window(self, line: PacketLine, connection: Connection) -> int:
        """Return the raw window, and hold a shift against what the SYNs of the ladder have agreed on."""
        key, other = (connection.tag, line.sender), (connection.tag, line.receiver)
        if "S" in line.flags:
            self._shifts[key] = next((option.values[0] for option in line.options if option.name == "ws"), None)
            if line.shift is not None:
                raise LadderError(line.line, 0, "the window of a SYN is never scaled (RFC 7323 2.2)")
        elif line.shift is not None and key in self._shifts and other in self._shifts:
            agreed = 0 if self._shifts[other] is None else min(self._shifts[key] or 0, 14)
            if line.shift != agreed:
                raise LadderError(line.line, 0, f"the window is shifted by {line.shift}, the SYNs agreed on {agreed}")
        if line.window is not None:
            self._windows[key] = line.window
        return self._windows.get(key, _WINDOW)


def _options(options: tuple[Option, ...], peer_isn: int) -> bytes:
    """Return the options as they are sent, padded with NOPs in front to a multiple of four."""
    parts = []
    for option in options:
        values = option.values
        if option.name == "mss":
            parts.append(pack("!BBH", 2, 4, values[0]))
        elif option.name == "ws":
            parts.append(pack("!BBB", 3, 3, values[0]))
        elif option.name == "sackOK":
            parts.append(b"\x04\x02")
        elif option.name == "ts":
            parts.append(pack("!BBII", 8, 10, *values))
        elif option.name == "sack":
            edges = (pack("!I", (edge + peer_isn) & 0xFFFFFFFF) for edge in values)
            parts.append(bytes((5, 2 + 4 * len(values))) + b"".join(edges))
        else:
            parts.append(bytes((values[0], 1 + len(values))) + bytes(values[1:]))
    written = b"".join(parts)
    return b"\x01" * (-len(written) % 4) + written


def _file(host: str | None, seen: list[tuple[int, int, _Sent, bool]]) -> bytes:
    out = BytesIO()
    writer = PcapngWriter(out, [Interface(1, name=None if host is None else "eth0", description=host)],
                          application="whywire ladder")
    for time_ns, direction, sent, numbered in seen:
        cut = sent.line.captured
        frame = sent.frame if cut is None else sent.frame[:cut]
        writer.packet(time_ns, frame, 0, direction, sent.number if numbered else -1, len(sent.frame))
    return out.getvalue()
