"""Text, bytes and times as the notation writes them, and back."""

from __future__ import annotations

import re

_SHORT = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_LONG = {written[1]: letter for letter, written in _SHORT.items()}
_ESCAPES = r'\\ \" \n \r \t \xHH \u{H}'
_ESCAPE = re.compile(r"\\(?:([\\\"nrt])|x([0-9a-fA-F]{2})|u\{([0-9a-fA-F]{1,6})\})")


def quote(text: str) -> str:
    """Return ``text`` in double quotes; what can't be printed as an escape."""
    return '"' + "".join(map(_escaped, text)) + '"'


def quote_bytes(data: bytes) -> str:
    """Return ``data`` in double quotes: ASCII as it is, all else as ``\\xHH``."""
    return '"' + "".join(_escaped(chr(byte)) if byte < 0x80 else f"\\x{byte:02x}" for byte in data) + '"'


def _escaped(letter: str) -> str:
    if letter in _SHORT:
        return _SHORT[letter]
    if letter.isprintable():
        return letter
    code = ord(letter)
    return f"\\x{code:02x}" if code < 0x80 else f"\\u{{{code:x}}}"


def unquote(body: str) -> str:
    """Return the text of what stands between the quotes. Raises ValueError for an escape that is none."""
    return "".join(text if raw is None else chr(raw) for text, raw in _pieces(body))


def unquote_bytes(body: str) -> bytes:
    """Return the bytes of what stands between the quotes; letters beyond ASCII are UTF-8. Raises ValueError."""
    return b"".join(text.encode() if raw is None else bytes([raw]) for text, raw in _pieces(body))


def _pieces(body: str) -> list[tuple[str, int | None]]:
    """Split into runs of text and single ``\\xHH`` values (which are bytes in data, letters in text)."""
    pieces: list[tuple[str, int | None]] = []
    position = 0
    while position < len(body):
        if body[position] != "\\":
            end = body.find("\\", position)
            end = len(body) if end < 0 else end
            pieces.append((body[position:end], None))
            position = end
            continue
        match = _ESCAPE.match(body, position)
        if match is None or (match[3] and int(match[3], 16) > 0x10FFFF):
            raise ValueError(f"{body[position:position + 4]} is no escape; there are {_ESCAPES}")
        if match[1]:
            pieces.append((_LONG[match[1]], None))
        elif match[2]:
            pieces.append(("", int(match[2], 16)))
        else:
            pieces.append((chr(int(match[3], 16)), None))
        position = match.end()
    return pieces


def seconds(ns: int) -> str:
    """Return nanoseconds as seconds: at least three decimals, no zeros behind them (``0.010``, ``0.000052``)."""
    whole, rest = divmod(abs(ns), 1_000_000_000)
    digits = f"{rest:09d}"
    digits = digits[:3] + digits[3:].rstrip("0")
    return f"{'-' if ns < 0 else ''}{whole}.{digits}"


def nanoseconds(text: str) -> int:
    """Read ``12``, ``-0.010``: seconds with at most nine decimals, as `scanner` has matched them."""
    whole, _, rest = text.lstrip("+-").partition(".")
    ns = int(whole) * 1_000_000_000 + int(rest.ljust(9, "0"))
    return -ns if text.startswith("-") else ns
