"""The connection as a word: Zeek's letters, in the order in which each first happened.

Capitals are the client's, small letters the server's: S SYN, H SYN-ACK, A pure ACK, D data, F FIN, R reset,
T payload sent again, W window of zero, G a gap (bytes that were never captured). Each letter is written once a side.
"""

from __future__ import annotations

from collections.abc import Iterable

from whywire.connections import kinds as k
from whywire.connections.model import Side
from whywire.connections.scene import Line

LETTERS = ((k.RETRANSMISSION, "T"), (k.SYN, "S"), (k.SYN_ACK, "H"), (k.LOST_SEGMENT, "G"), (k.DATA, "D"),
           (k.FIN, "F"), (k.RST, "R"), (k.ZERO_WINDOW, "W"), (k.ACK, "A"))


def history(lines: Iterable[Line]) -> str:
    """Return the word of a connection."""
    word = ""
    for line in lines:
        if line.kinds & (k.CAPTURED_TWICE | k.NOT_ACCEPTABLE):
            continue
        for bit, letter in LETTERS:
            if bit == k.RETRANSMISSION and not line.length:
                continue  # a SYN or FIN sent again carries no payload; its own letter is there
            mark = letter if line.sender is Side.CLIENT else letter.lower()
            if line.kinds & bit and mark not in word:
                word += mark
    return word
