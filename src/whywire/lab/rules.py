"""What the wire does to a frame on purpose: drop, delay or duplicate the nth frame of a kind. Plain data.

A rule reads ``drop data 3 from server`` or ``delay fin 1 from client by 20 ms``; the text is kept in
``wire.jsonl`` with each deed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from whywire.base.errors import WhywireError

DROP, DELAY, DUPLICATE = "drop", "delay", "duplicate"
DEEDS = {DROP: "dropped", DELAY: "delayed", DUPLICATE: "duplicated"}

_GRAMMAR = re.compile(r"(drop|delay|duplicate) (data|syn|fin|rst|ack|any) ([1-9][0-9]*) from ([\w.-]+)"
                      r"(?: by ([0-9]+(?:\.[0-9]+)?) ms)?")


@dataclass(frozen=True, slots=True)
class Rule:
    """``kind`` happens to the ``nth`` frame of sort ``what`` that host ``sender`` sends."""

    kind: str
    what: str
    nth: int
    sender: str
    delay_ns: int = 0
    text: str = ""

    @classmethod
    def parse(cls, text: str) -> Rule:
        """Read a rule. Raises WhywireError with the grammar."""
        match = _GRAMMAR.fullmatch(" ".join(text.split()))
        if match is None or (match[1] == DROP and match[5]) or (match[1] == DELAY and not match[5]):
            raise WhywireError(f"{text!r} is not a rule of the wire",
                               "write drop|delay|duplicate data|syn|fin|rst|ack|any N from HOST [by T ms], "
                               "such as 'drop data 3 from server' or 'delay fin 1 from client by 20 ms'")
        delay = round(float(match[5]) * 1e6) if match[5] else 0
        return cls(match[1], match[2], int(match[3]), match[4], delay, match[0])


def sort_of(frame: bytes) -> str:
    """Return what a frame is to a rule: data, syn, fin, rst, ack, or any (not TCP over IPv4).

    A SYN-ACK is a syn; a segment with payload is data, also with a FIN.
    """
    if len(frame) < 54 or frame[12:14] != b"\x08\x00" or frame[23] != 6:
        return "any"
    tcp = 14 + (frame[14] & 15) * 4
    if len(frame) < tcp + 20:
        return "any"
    flags = frame[tcp + 13]
    payload = int.from_bytes(frame[16:18], "big") + 14 - tcp - (frame[tcp + 12] >> 4) * 4
    for bit, name in ((0x04, "rst"), (0x02, "syn")):
        if flags & bit:
            return name
    return "data" if payload > 0 else "fin" if flags & 1 else "ack"


class RuleBook:
    """Counts frames and tells which rule meets one. A retransmission counts as a frame of its own."""

    def __init__(self, rules: tuple[Rule, ...]) -> None:
        self._rules = rules
        self._seen: dict[tuple[str, str], int] = {}

    def match(self, sender: str, frame: bytes) -> Rule | None:
        """Return the first rule that names this frame."""
        if not self._rules:
            return None
        sort = sort_of(frame)
        counts: dict[str, int] = {}
        for name in {sort, "any"}:
            counts[name] = self._seen[sender, name] = self._seen.get((sender, name), 0) + 1
        for rule in self._rules:
            if rule.sender == sender and counts.get(rule.what) == rule.nth:
                return rule
        return None
