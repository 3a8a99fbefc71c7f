"""TOML out, as much of it as ``run.toml`` needs: strings, integers, booleans, lists, one level of tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

Scalar = str | int | bool
Value = Scalar | Sequence[Scalar]

_ESCAPES = {"\\": "\\\\", '"': '\\"', "\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r"}


def string(text: str) -> str:
    """Return ``text`` as a basic string. A lone surrogate, which TOML can't hold, becomes U+FFFD."""
    out = []
    for letter in text:
        code = ord(letter)
        if letter in _ESCAPES:
            out.append(_ESCAPES[letter])
        elif code < 0x20 or code == 0x7F:
            out.append(f"\\u{code:04x}")
        else:
            out.append("\ufffd" if 0xD800 <= code <= 0xDFFF else letter)
    return '"' + "".join(out) + '"'


def value(item: Value) -> str:
    """Return a value in TOML's notation."""
    if isinstance(item, bool):
        return "true" if item else "false"
    if isinstance(item, int):
        return str(item)
    if isinstance(item, str):
        return string(item)
    return "[" + ", ".join(value(each) for each in item) + "]"


def table(pairs: Mapping[str, Value | None]) -> str:
    """Return ``key = value`` lines; a key whose value is None is left out (TOML has no null)."""
    return "".join(f"{key} = {value(item)}\n" for key, item in pairs.items() if item is not None)
