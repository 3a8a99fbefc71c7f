"""What the options of the commands can hold. Each function reads one kind; argparse says which option was wrong."""

from __future__ import annotations

import re
from argparse import ArgumentTypeError

LEVELS = ("info", "note", "warning", "error")
"""Levels of findings, as `whywire.findings.Level` has them."""
_SECONDS = {"": 1.0, "s": 1.0, "ms": 1e-3, "us": 1e-6, "ns": 1e-9}
_BITS = {"": 1, "k": 1_000, "m": 1_000_000, "g": 1_000_000_000}
_TIME = re.compile(r"([0-9]*\.?[0-9]+)\s*(s|ms|us|ns|)")
_RATE = re.compile(r"([0-9]*\.?[0-9]+)\s*([kmg]?)(?:bit(?:/s)?|bps)?", re.IGNORECASE)


def seconds(text: str) -> float:
    """Read a time: ``0.5``, ``5ms``, ``200us``; a bare number is seconds."""
    match = _TIME.fullmatch(text.strip())
    if match is None:
        raise ArgumentTypeError(f"{text!r} is not a time; write it like 0.5, 5ms or 200us")
    return float(match[1]) * _SECONDS[match[2]]


def delay(text: str) -> int:
    """Read the wire's delay in nanoseconds. Its unit has to be there: 5 could be meant as milliseconds."""
    if re.fullmatch(r"0*\.?0+", text.strip()) is None and text.strip()[-1:] != "s":
        raise ArgumentTypeError(f"{text!r} has no unit; write it like 5ms or 0.1s")
    return round(seconds(text) * 1e9)


def rate(text: str) -> int:
    """Read a rate in bits a second: ``100M``, ``1.5Gbit/s``, ``64k``."""
    match = _RATE.fullmatch(text.strip())
    if match is None or float(match[1]) == 0:
        raise ArgumentTypeError(f"{text!r} is not a rate; write it like 100M (bits a second)")
    return round(float(match[1]) * _BITS[match[2].lower()])


def connection(text: str) -> int:
    """Read a connection: ``c1`` or ``1``."""
    return _counted(text, "c", "connection")


def worst(text: str) -> int:
    """Read how many connections are looked at, 1 or more."""
    if not text.isascii() or not text.isdigit() or int(text) == 0:
        raise ArgumentTypeError(f"{text!r} is not a number of connections; write it like 20")
    return int(text)


def packet(text: str) -> int:
    """Read a packet: ``17`` or ``p17``."""
    return _counted(text, "p", "packet")


def codes(text: str) -> tuple[str, ...]:
    """Read rules: ``TCP104,CALL`` (codes, their beginnings, or names; the findings room knows which there are)."""
    found = tuple(word.strip() for word in text.split(",") if word.strip())
    if not found:
        raise ArgumentTypeError(f"{text!r} names no rule; write it like TCP104 or TCP1,CALL")
    return found


def width(text: str) -> int:
    """Read the columns of the output; below 40 nothing can be laid out."""
    if not text.isascii() or not text.isdigit() or not 40 <= int(text) <= 1000:
        raise ArgumentTypeError(f"{text!r} is not a width; give a number of columns from 40 to 1000")
    return int(text)


def _counted(text: str, letter: str, noun: str) -> int:
    number = text.removeprefix(letter)
    if not number.isascii() or not number.isdigit() or int(number) == 0:
        raise ArgumentTypeError(f"{text!r} names no {noun}; they are numbered from {letter}1")
    return int(number)
