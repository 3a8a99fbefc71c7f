"""Kinds of segments as bits, with the words that JSON and story use (spec JSON.md; tshark's meanings).

Where tshark's meaning is known to mislead (see tests/captures/traps/README.md) ours is the stricter one: a keep-alive
repeats a byte that was acknowledged, a duplicate ACK needs data outstanding (RFC 5681), a reset must lie in the window.
"""

from __future__ import annotations

SYN = 1 << 0
SYN_ACK = 1 << 1
ACK = 1 << 2
DATA = 1 << 3
FIN = 1 << 4
RST = 1 << 5
RETRANSMISSION = 1 << 6
FAST_RETRANSMISSION = 1 << 7
SPURIOUS_RETRANSMISSION = 1 << 8
OUT_OF_ORDER = 1 << 9
DUPLICATE_ACK = 1 << 10
KEEP_ALIVE = 1 << 11
KEEP_ALIVE_ACK = 1 << 12
WINDOW_UPDATE = 1 << 13
WINDOW_FULL = 1 << 14
ZERO_WINDOW = 1 << 15
ZERO_WINDOW_PROBE = 1 << 16
ZERO_WINDOW_PROBE_ACK = 1 << 17
LOST_SEGMENT = 1 << 18
ACKED_UNSEEN = 1 << 19
CAPTURED_TWICE = 1 << 20
SUPER_SEGMENT = 1 << 21
PORT_REUSED = 1 << 22
NOT_ACCEPTABLE = 1 << 23

WORDS: tuple[tuple[int, str], ...] = (
    (SYN, "syn"), (SYN_ACK, "syn-ack"), (ACK, "ack"), (DATA, "data"), (FIN, "fin"), (RST, "rst"),
    (RETRANSMISSION, "retransmission"), (FAST_RETRANSMISSION, "fast-retransmission"),
    (SPURIOUS_RETRANSMISSION, "spurious-retransmission"), (OUT_OF_ORDER, "out-of-order"),
    (DUPLICATE_ACK, "duplicate-ack"), (KEEP_ALIVE, "keep-alive"), (KEEP_ALIVE_ACK, "keep-alive-ack"),
    (WINDOW_UPDATE, "window-update"), (WINDOW_FULL, "window-full"), (ZERO_WINDOW, "zero-window"),
    (ZERO_WINDOW_PROBE, "zero-window-probe"), (ZERO_WINDOW_PROBE_ACK, "zero-window-probe-ack"),
    (LOST_SEGMENT, "lost-segment"), (ACKED_UNSEEN, "acked-unseen"), (CAPTURED_TWICE, "captured-twice"),
    (SUPER_SEGMENT, "super-segment"), (PORT_REUSED, "port-reused"), (NOT_ACCEPTABLE, "not-acceptable"),
)


def words(kinds: int) -> tuple[str, ...]:
    """Return the words of a bit mask, in the order of the specification."""
    return tuple(word for bit, word in WORDS if kinds & bit)
