"""`Layer` and `Field`: one packet in full, and `Spec`, the line of a protocol's field list that makes a `Field`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Field:
    """A header field: where its bits are, what they say and what that means."""

    name: str
    """As Wireshark shows it: ``Sequence Number (raw)``."""
    key: str
    """Wireshark's filter name: ``tcp.seq_raw``."""
    value: int | str | bytes
    """A number, an address as text, or bytes where there is no better form."""
    text: str
    """The value for people: ``0x018 (PSH, ACK)``."""
    start: int
    """Offset in the frame of its first byte."""
    end: int
    bit_mask: int | None = None
    """Which bits of these bytes, read as one big-endian number; None: all."""
    meaning: str = ""
    """Half a sentence without a full stop; empty where the name says it all."""


@dataclass(frozen=True, slots=True)
class Layer:
    """A header (or what is left behind the last one)."""

    name: str
    start: int
    end: int
    fields: tuple[Field, ...]
    problem: str = ""
    """Why it could not be read to its end: the table's error text."""


class Spec(NamedTuple):
    """A field of fixed place: offset from the header's start and size in bytes."""

    at: int
    size: int
    name: str
    key: str
    meaning: str | Callable[[int], str] = ""
    mask: int | None = None
    show: Callable[[int], str] = str


def read(specs: Iterable[Spec], frame: bytes, base: int, limit: int) -> list[Field]:
    """Return the fields of a header at ``base``; those not wholly below offset ``limit`` are left out."""
    found: list[Field] = []
    for spec in specs:
        start = base + spec.at
        end = start + spec.size
        if end > min(limit, len(frame)):
            continue
        value = int.from_bytes(frame[start:end], "big")
        if spec.mask is not None:
            value = (value & spec.mask) >> trailing_zeros(spec.mask)
        meaning = spec.meaning if isinstance(spec.meaning, str) else spec.meaning(value)
        found.append(Field(spec.name, spec.key, value, spec.show(value), start, end, spec.mask, meaning))
    return found


def trailing_zeros(mask: int) -> int:
    """Return how far a mask's lowest bit is from bit 0."""
    return (mask & -mask).bit_length() - 1


def text_field(name: str, key: str, text: str, start: int, end: int, meaning: str = "") -> Field:
    """Return a field whose value is its text (an address)."""
    return Field(name, key, text, text, start, end, None, meaning)


def hexadecimal(digits: int) -> Callable[[int], str]:
    """Return a function that shows a number as ``0x`` and so many digits."""
    return lambda value: f"0x{value:0{digits}x}"


def named(names: dict[int, str], digits: int = 0) -> Callable[[int], str]:
    """Return a function that shows a number with its name: ``TCP (6)``, ``IPv4 (0x0800)``."""
    def show(value: int) -> str:
        number = f"0x{value:0{digits}x}" if digits else str(value)
        return f"{names[value]} ({number})" if value in names else number
    return show


def flag(value: int) -> str:
    """Show a bit."""
    return "Set" if value else "Not set"


def preview(data: bytes, most: int = 64) -> str:
    """Return bytes as one line of text: printable ASCII as it is, the rest escaped; longer ones end in ``...``."""
    escapes = {9: "\\t", 10: "\\n", 13: "\\r", 92: "\\\\"}
    shown = "".join(escapes.get(byte) or (chr(byte) if 32 <= byte < 127 else f"\\x{byte:02x}")
                    for byte in data[:most])
    return f"{shown}..." if len(data) > most else shown
