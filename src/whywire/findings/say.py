"""How a finding's sentence is filled.

A template is text with ``{name}`` for a value and ``[...]`` for a part that is left out when one of its values is not
known (None); ``[this|that]`` says *that* instead. The name says the unit, so a number can't be printed without it:

    {x_ns}                     a duration               {bytes}, {x_bytes}   13 bytes, 1 byte
    {packets}, {segments}, {connections}, {calls}, {times}   counted, with the noun
    {side}                     client or server         {packet}, {x_packet}  packet 7
    anything else              grouped: 13,000
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from whywire.base.times import duration
from whywire.connections.model import Value

_CHOICE = re.compile(r"\[([^\[\]]*)\]")
_NAME = re.compile(r"\{(\w+)\}")
_LONGEST = 80
_HOUR_NS = 3_600_000_000_000
_LONG_NS = 2 * _HOUR_NS
_NOUNS = {"packets": "packet", "segments": "segment", "connections": "connection", "calls": "call", "bytes": "byte",
          "times": "time"}


def fill(template: str, values: Mapping[str, Value]) -> str:
    """Return the sentence. Raises KeyError where a value outside of brackets is not known."""
    shown = {name: text for name, value in values.items() if (text := _show(name, value)) is not None}

    def choose(match: re.Match[str]) -> str:
        for branch in match[1].split("|"):
            if all(name in shown for name in _NAME.findall(branch)):
                return branch
        return ""

    text = _NAME.sub(lambda match: shown[match[1]], _CHOICE.sub(choose, template))
    return text[0].upper() + text[1:] if template.startswith("{packet}") else text


def names(template: str) -> set[str]:
    """Return the names of the values that a template can use."""
    return set(_NAME.findall(template))


def _harmless(text: str) -> str:
    """Return text of a capture (a path, an error) so that it fits a sentence: printable, and not too long."""
    shown = text if text.isprintable() else ascii(text)[1:-1]
    return shown if len(shown) <= _LONGEST else f"{shown[:_LONGEST]}..."


def _show(name: str, value: Value) -> str | None:
    if value is None:
        return None
    if isinstance(value, tuple):
        return ", ".join(str(each) for each in value)
    if not isinstance(value, int):
        return _harmless(str(value))
    last = name.rpartition("_")[2]
    if last == "ns":
        hours = value / _HOUR_NS
        return duration(value) if abs(value) < _LONG_NS else f"{hours:,.{0 if abs(hours) >= 10 else 1}f} hours"
    if last == "packet":
        return f"packet {value}"
    noun = _NOUNS.get(last)
    if noun is None:
        return f"{value:,}"
    return f"{value:,} {noun}" if value == 1 else f"{value:,} {noun}s"
