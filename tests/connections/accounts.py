"""Accounts of captures for the tests of this room."""

from __future__ import annotations

from contextlib import closing
from functools import cache
from pathlib import Path

from tests.ladders import capture_of, run_of
from whywire.capture import open_capture
from whywire.capture.run import open_run
from whywire.connections import Account, Connection, account
from whywire.connections.model import Reason, Segment
from whywire.connections.why import Why
from whywire.packets import decode_capture
from whywire.packets.merge import open_view

CAPTURES = Path(__file__).resolve().parent.parent / "captures"


@cache
def of_file(path: Path) -> Account:
    """Return the account of a capture file."""
    with closing(open_capture(path)) as source:
        return account(decode_capture(source, path.name))


def trap(name: str) -> Account:
    """Return the account of a capture in ``captures/traps``."""
    return of_file(CAPTURES / "traps" / f"{name}.pcap")


def founding(name: str) -> Account:
    """Return the account of a founding capture, by its file name."""
    return of_file(CAPTURES / "founding" / name)


def only(found: Account) -> Connection:
    """Return the one connection of an account."""
    (connection,) = found.connections
    return connection


def kinds(found: Account) -> dict[str, list[int]]:
    """Return kind -> packet numbers over all connections, the plain kinds left out."""
    plain = {"syn", "syn-ack", "ack", "data", "fin"}
    result: dict[str, list[int]] = {}
    for segment in segments(found):
        for kind in segment.kinds:
            if kind not in plain:
                result.setdefault(kind, []).append(segment.packet)
    return result


def segments(found: Account) -> list[Segment]:
    """Return the segments of all connections in packet order."""
    return sorted((s for c in found.connections for s in c.segments), key=lambda s: s.packet)


def of_ladder(text: str) -> Account:
    """Return the account of a ladder's capture; its calls are not looked at."""
    source, _ = capture_of(text)
    return account(decode_capture(source, "ladder"))


def of_run(text: str, folder: Path, at: str | None = None) -> Account:
    """Return the account of a ladder as a run: calls, both ends (or the view of host ``at``)."""
    run = open_run(run_of(text, folder / "run"))
    with open_view(run, at) as view:
        return account(view, run)


def segment(found: Connection, packet: int) -> Segment:
    """Return a packet of a connection."""
    return next(s for s in found.segments if s.packet == packet)


def note(found: Segment, why: Why) -> Reason:
    """Return a packet's note of this kind."""
    return next(n for n in found.notes if n.why is why)


OPEN = """
host a 10.0.0.1
host b 10.0.0.2
program a client.py
program b server.py
       b: bind(('0.0.0.0', 80)) listening
       b: listen(1) listening
       b: accept() ... at server.py:5
       a: connect(b:80) ... at client.py:3
+0.000 a>b S  0:0(0)         win 64240 <mss 1460, ws 7> arrives +0.005
+0.005 b>a SA 0:0(0) ack 1   win 65160 <mss 1460, ws 7> arrives +0.005
+0.005 a>b A  1:1(0) ack 1   win 502<<7 arrives +0.005
       a: ... connect = 0
+0.005 b: ... accept = 4
"""
"""A handshake on a wire of 5 ms each way, seen from both ends."""

SLOW = """
host a 10.0.0.1
host b 10.0.0.2
+0.000 a>b S  0:0(0)         win 64240 <mss 1460, ws 7> arrives +0.600
+0.600 b>a SA 0:0(0) ack 1   win 65160 <mss 1460, ws 7> arrives +0.600
+0.410 a>b S  0:0(0)         win 64240 <mss 1460, ws 7> arrives +0.600
+0.190 a>b A  1:1(0) ack 1   win 502<<7 arrives +0.600
+0.41001 b>a SA 0:0(0) ack 1 win 65160 <mss 1460, ws 7> arrives +0.600
+0.60001 a>b A  1:1(0) ack 1 win 502<<7 arrives +0.600
"""
"""A wire so slow that the SYN is sent again before its answer can be there."""
