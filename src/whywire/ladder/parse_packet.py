"""A packet line: who to whom, flags, sequence numbers, and what else is said about the segment."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from whywire.ladder.records import FLAG_LETTERS, Option, PacketLine
from whywire.ladder.scanner import HOST, TIME, WORD, LadderError, Scanner

_FLAGS = re.compile(r"(?:[A-Z]+|-)(?![^\s])")
_HEX = re.compile(r"[0-9a-fA-F]*(?![0-9a-zA-Z])")
_FAR = 1 << 62
_U32 = 0xFFFFFFFF


def port(scanner: Scanner) -> int:
    """Read ``:80``. Raises LadderError."""
    scanner.need_sign(":")
    return scanner.number_in("a port", 0, 65535)


def packet_line(scanner: Scanner, delta_ns: int | None, tag: str | None, sender: str) -> PacketLine:
    """Read a packet line from behind its sender on. Raises LadderError."""
    sender_port = None if scanner.sign(">") else port(scanner)
    if sender_port is not None:
        scanner.need_sign(">")
    start = scanner.skip()
    receiver = scanner.need(HOST, "the receiving host")
    if receiver == sender:
        raise scanner.fail(f"{sender} sends to itself; a ladder is between hosts", start)
    if sender_port is not None:
        receiver_port = port(scanner)
    else:
        receiver_port = None
        if scanner.text.startswith(":", scanner.position):
            raise scanner.fail(f"{receiver} has a port and {sender} has none; give both or neither")
    flags = _flags(scanner)
    seq, length = _span(scanner)
    found = _attributes(scanner)
    if ("A" in flags) != ("ack" in found):
        wrong = "has A and no ack" if "A" in flags else "has an ack and no A"
        raise LadderError(scanner.number, 0, f"the segment {wrong}; the two go together")
    data = found.get("data")
    if data is not None and len(data) != length:
        raise LadderError(scanner.number, 0, f"the data has {len(data)} bytes, the segment says {length}")
    return PacketLine(sender, receiver, flags, seq, length, delta_ns=delta_ns, tag=tag, sender_port=sender_port,
                      receiver_port=receiver_port, comment=scanner.comment(), line=scanner.number, **found)


def _flags(scanner: Scanner) -> str:
    start = scanner.skip()
    letters = scanner.need(_FLAGS, f"flags (letters of {FLAG_LETTERS}, or -)")
    if letters == "-":
        return ""
    for place, letter in enumerate(letters):
        if letter not in FLAG_LETTERS:
            raise scanner.fail(f"{letter!r} is no flag; there are {', '.join(FLAG_LETTERS)}", start + place)
        if letter in letters[:place]:
            raise scanner.fail(f"the flag {letter} is given twice", start + place)
    return "".join(letter for letter in FLAG_LETTERS if letter in letters)


def _span(scanner: Scanner) -> tuple[int, int]:
    """Read ``1:1001(1000)``; return the first position and the length."""
    start = scanner.skip()
    seq = scanner.number_in("a sequence number", -_FAR, _FAR)
    scanner.need_sign(":")
    end = scanner.number_in("the position behind the last byte", -_FAR, _FAR)
    scanner.need_sign("(")
    length = scanner.number_in("the number of payload bytes", 0, 1 << 24)
    scanner.need_sign(")")
    if end - seq != length:
        raise scanner.fail(f"{seq}:{end} are {end - seq} bytes and not {length}; SYN and FIN are not counted", start)
    return seq, length


def _attributes(scanner: Scanner) -> dict[str, Any]:
    found: dict[str, Any] = {}
    while True:
        start = scanner.skip()
        if scanner.sign("<"):
            new: dict[str, Any] = {"options": _options(scanner)}
        else:
            word = scanner.take(WORD)
            if word is None:
                return found
            if word not in _ATTRIBUTES:
                known = ", ".join(_ATTRIBUTES)
                raise scanner.fail(f"{word!r} is not known here; there are {known} and <options>", start)
            new = _ATTRIBUTES[word](scanner)
        for name in new:
            if name in found:
                raise scanner.fail(f"{'the end' if name == 'lost' else name} is given twice", start)
        found.update(new)


def _window(scanner: Scanner) -> dict[str, Any]:
    window = scanner.number_in("a window", 0, 65535)
    return {"window": window, "shift": scanner.number_in("a shift", 0, 14) if scanner.sign("<<") else None}


_ATTRIBUTES: dict[str, Callable[[Scanner], dict[str, Any]]] = {
    "ack": lambda scanner: {"ack": scanner.number_in("an acknowledgment number", -_FAR, _FAR)},
    "win": _window,
    "data": lambda scanner: {"data": scanner.bytes("the payload in quotes")},
    "arrives": lambda scanner: {"arrival_ns": scanner.time(TIME, "a time (+0.005)")},
    "lost": lambda _: {"lost": "lost"},
    "dropped": lambda _: {"lost": "dropped"},
    "frame": lambda scanner: {"frame": scanner.number_in("a frame number", 0, _FAR)},
    "id": lambda scanner: {"ip_id": scanner.number_in("an IP identification", 0, 65535)},
    "ttl": lambda scanner: {"ttl": scanner.number_in("a TTL", 0, 255)},
    "captured": lambda scanner: {"captured": scanner.number_in("a number of bytes", 0, 1 << 24)},
}


def _options(scanner: Scanner) -> tuple[Option, ...]:
    """Read the options behind ``<``, up to ``>``."""
    options: list[Option] = []
    start = scanner.position - 1
    while True:
        options.append(_option(scanner))
        if scanner.sign(">"):
            break
        if not scanner.sign(","):
            raise scanner.expected("',' and another option, or '>'")
    size = sum(option_size(option) for option in options)
    if size > 40:
        raise scanner.fail(f"these options take {size} bytes, a TCP header has room for 40", start)
    return tuple(options)


def option_size(option: Option) -> int:
    """Return the bytes of an option on the wire, without padding."""
    return {"mss": 4, "ws": 3, "sackOK": 2, "ts": 10, "sack": 2 + 4 * len(option.values),
            "kind": 1 + len(option.values)}[option.name]


def _option(scanner: Scanner) -> Option:
    start = scanner.skip()
    name = scanner.need(WORD, "an option")
    if name == "mss":
        return Option(name, (scanner.number_in("an MSS", 0, 65535),))
    if name == "ws":
        return Option(name, (scanner.number_in("a window scale", 0, 255),))
    if name == "sackOK":
        return Option(name)
    if name == "ts":
        value = scanner.number_in("a TSval", 0, _U32)
        scanner.need_sign("/")
        return Option(name, (value, scanner.number_in("a TSecr", 0, _U32)))
    if name == "sack":
        return Option(name, _sack(scanner))
    if name == "kind":
        kind = scanner.number_in("an option kind", 2, 255)
        scanner.skip()
        written = scanner.need(_HEX, "the option's bytes in hex")
        if len(written) % 2:
            raise scanner.fail("hex digits come in pairs")
        return Option(name, (kind, *bytes.fromhex(written)))
    raise scanner.fail(f"{name!r} is no option; there are mss, ws, sackOK, ts, sack, kind", start)


def _sack(scanner: Scanner) -> tuple[int, ...]:
    edges: list[int] = []
    while len(edges) < 2 or scanner.text[scanner.skip():scanner.position + 1] not in (",", ">", ""):
        edges.append(scanner.number_in("a SACK block's left edge", -_FAR, _FAR))
        scanner.need_sign(":")
        edges.append(scanner.number_in("a SACK block's right edge", -_FAR, _FAR))
    return tuple(edges)
