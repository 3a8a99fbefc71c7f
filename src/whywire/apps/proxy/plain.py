"""The plain answer, read at a glance: one expression for a whole head, instead of the parser's events and states.

Most answers of an origin are like this: HTTP/1.1, a good head, Content-Length, and all of the body came with it. What
is not exactly so is none of this file's business: the full parser reads the same bytes from their beginning. Whatever
is answered here, the full parser answers alike (tests/apps/proxy/test_plain.py holds it).
"""

from __future__ import annotations

import re
from functools import lru_cache
from sys import intern
from typing import NamedTuple

from whywire.apps.proxy.fields import Fields
from whywire.protocols.http1 import grammar

UNLIKE = frozenset((b"date", b"etag", b"last-modified", b"expires", b"content-length", b"set-cookie", b"location"))
"""Fields whose values are seldom those of another answer."""
LONGEST_HEAD, MOST_FIELDS, LONGEST_LINE = 8192, 100, 256
"""Heads that are longer than this, or hold more, go to the full parser; longer lines are not remembered."""
LARGEST_BODY = 1 << 16

_STATUS = re.compile(rb"HTTP/1\.1 ([2-5][0-9]{2}) ([\t\x20-\x7e\x80-\xff]*)\r\n")
_LENGTH = re.compile(r"[0-9]{1,5}")
_NOT_PLAIN = frozenset((204, 206, 304))
"""Without a body, or with one that Content-Range has a say in."""
_ALIVE = frozenset(("", "keep-alive"))


class Plain(NamedTuple):
    """A whole answer to a GET behind which the connection stays open."""

    status: int
    reason: str
    headers: Fields
    content: bytes


def read(data: bytes) -> Plain | None:
    """Return the answer that ``data`` is, exactly and in whole; None: ask the full parser."""
    end = data.find(b"\r\n\r\n", 0, LONGEST_HEAD) + 4
    line = _STATUS.match(data)
    if end < 4 or line is None or not grammar.PLAIN_FIELDS.fullmatch(data, line.end(), end):
        return None
    block = data[line.end():end - 4]
    headers = tuple([_known(one) if len(one) <= LONGEST_LINE else field(one) for one in block.split(b"\r\n")])
    length, alive = None, ""
    for name, value in headers:
        if name == "content-length":
            if length is not None:
                return None
            length = value
        elif name == "transfer-encoding":
            return None
        elif name == "connection":
            alive += value.lower()
    status = int(line[1])
    if (length is None or _LENGTH.fullmatch(length) is None or int(length) != len(data) - end
            or len(data) - end > LARGEST_BODY or alive not in _ALIVE or status in _NOT_PLAIN
            or len(headers) > MOST_FIELDS):
        return None
    return Plain(status, line[2].decode("latin-1"), headers, data[end:])


def field(line: bytes) -> tuple[str, str]:
    """Return name and value of a good field line, without its line end."""
    name, _, value = line.partition(b":")
    return text_field(name.lower(), value.strip(b" \t"))


_known = lru_cache(maxsize=2048)(field)


def text_field(name: bytes, value: bytes) -> tuple[str, str]:
    """Return a field as text: latin-1, so that every byte comes back as it was.

    What is the same in many answers is one object: they may be kept by the hundred thousand.
    """
    said = value.decode("latin-1")
    return intern(name.decode("latin-1")), said if name in UNLIKE else intern(said)


def text_fields(headers: tuple[tuple[bytes, bytes], ...]) -> Fields:
    """Return fields as text."""
    return tuple([text_field(name, value) for name, value in headers])
