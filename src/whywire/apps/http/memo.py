"""What was understood before is not parsed again: request lines and header blocks, looked up by their bytes.

Only plain requests are kept: GET or HEAD, HTTP/1.1, origin-form, no content, nothing that changes how it is answered
on the connection (Connection other than keep-alive, Expect, Upgrade) or what is answered (conditionals, ranges). A
block enters after the full parser accepted exactly its bytes behind a first line of that kind; whether it does never
depends on that line (method and version are fixed, and the limits leave room for any line that is kept).

A block that is new is put together from its lines: each must be a field of the grammar by itself, one of them a good
Host, none of them special. That is what the full parser checks for such a block, no more and no less; the differential
test (tests/apps/http/test_memo.py) holds it.
"""

from __future__ import annotations

import re
from typing import Generic, TypeVar

from whywire.apps.http.app import HeadFacts
from whywire.protocols.http1 import grammar
from whywire.protocols.http1.head import good_host
from whywire.protocols.http1.limits import Limits

Kept = TypeVar("Kept")

SPECIAL = frozenset((
    b"connection", b"keep-alive", b"proxy-connection", b"content-length", b"transfer-encoding", b"te", b"trailer",
    b"expect", b"upgrade", b"http2-settings", b"range", b"if-match", b"if-none-match", b"if-modified-since",
    b"if-unmodified-since", b"if-range", b"max-forwards",
))
_OTHER, _HOST, _ENCODING, _CACHE = range(4)
_KINDS = {b"host": _HOST, b"accept-encoding": _ENCODING, b"cache-control": _CACHE}
LINE = re.compile(rb"(GET|HEAD) (/[\x21\x22\x24-\x7e]*) HTTP/1\.1")
LONGEST_LINE, LONGEST_BLOCK, LONGEST_FIELD = 2048, 8192, 4096


class Generations(Generic[Kept]):
    """A bounded dictionary: what was not asked for during one generation is forgotten. At most ``2 * size`` entries."""

    __slots__ = ("old", "size", "young")

    def __init__(self, size: int) -> None:
        self.size = size
        self.young: dict[bytes, Kept] = {}
        self.old: dict[bytes, Kept] = {}

    def find(self, key: bytes) -> Kept | None:
        """Return what is kept under ``key``, and keep it longer."""
        found = self.young.get(key)
        if found is None and (found := self.old.get(key)) is not None:
            self.put(key, found)
        return found

    def put(self, key: bytes, value: Kept) -> None:
        """Keep ``value``. ``young`` stays the same object, so that who reads it may hold on to it."""
        if len(self.young) >= self.size:
            self.old = dict(self.young)
            self.young.clear()
        self.young[key] = value

    def forget(self) -> None:
        """Forget all."""
        self.young.clear()
        self.old.clear()


class Memo:
    """The lines and blocks of one server. Memory: at most some 20 MB, for clients that try."""

    def __init__(self, limits: Limits, field: int) -> None:
        self.lines: Generations[tuple[bytes, bytes]] = Generations(2048)
        self.blocks: Generations[HeadFacts] = Generations(512)
        self._fields: Generations[tuple[int, str, str]] = Generations(2048)
        self._seen: Generations[bool] = Generations(512)
        self._line_limit = min(LONGEST_LINE, limits.line)
        self._block_limit = min(LONGEST_BLOCK, limits.head - self._line_limit - 2)
        self._field_limit = min(LONGEST_FIELD, field)
        self._count_limit = limits.fields
        self.enabled = True

    def switch_off(self) -> None:
        """From now on every request takes the full path."""
        self.enabled = False
        for kept in (self.lines, self.blocks, self._fields, self._seen):
            kept.forget()

    def line(self, line: bytes) -> tuple[bytes, bytes] | None:
        """Return method and target of a plain request line (without its line end); None: ask the full parser."""
        found = self.lines.find(line)
        if found is None and self.enabled and len(line) <= self._line_limit and (match := LINE.fullmatch(line)):
            found = match[1], match[2]
            self.lines.put(line, found)
        return found

    def block(self, block: bytes) -> HeadFacts | None:
        """Return the facts of a plain header block (its empty line included); None: ask the full parser."""
        found = self.blocks.find(block)
        if found is None and self.enabled:
            found = self._compose(block)
            if found is not None:
                found = self._second(block, found)
        return found

    def _second(self, block: bytes, facts: HeadFacts) -> HeadFacts | None:
        """A block that comes again goes to the full parser once, and so into the memo."""
        key = hash(block).to_bytes(8, "little", signed=True)
        if self._seen.find(key):
            return None
        self._seen.put(key, True)
        return facts

    def accepted(self, block: bytes) -> None:
        """The full parser accepted ``block`` behind a plain line: keep it, if it is plain too."""
        if self.enabled and self.blocks.find(block) is None and (facts := self._compose(block)) is not None:
            self.blocks.put(block, facts)

    def _compose(self, block: bytes) -> HeadFacts | None:
        lines = block.split(b"\r\n")
        if len(lines) < 3 or lines.pop() or lines.pop() or len(lines) > self._count_limit \
                or len(block) > self._block_limit:
            return None
        headers, host = [], ""
        wanted = {_ENCODING: "", _CACHE: ""}
        for line in lines:
            known = self._fields.young.get(line) or self._field(line)
            if known is None:
                return None
            kind, name, value = known
            headers.append((name, value))
            if kind == _HOST:
                if host:
                    return None
                host = value
            elif kind:
                wanted[kind] = f"{wanted[kind]}, {value}" if wanted[kind] else value
        return HeadFacts(tuple(headers), host, wanted[_ENCODING], wanted[_CACHE]) if host else None

    def _field(self, line: bytes) -> tuple[int, str, str] | None:
        """Return kind, name and value of a header line that is plain by itself."""
        found = self._fields.find(line)
        if found is not None:
            return found
        name, colon, value = line.partition(b":")
        value = value.strip(b" \t")
        if not colon or len(line) > self._field_limit or grammar.FIELD_NAME.fullmatch(name) is None \
                or grammar.FIELD_VALUE.fullmatch(value) is None:
            return None
        name = name.lower()
        if name in SPECIAL and not (name == b"connection" and value.lower() == b"keep-alive"):
            return None
        if name == b"host" and not good_host(value):
            return None
        found = _KINDS.get(name, _OTHER), name.decode("ascii"), value.decode("latin-1")
        if name != b"cookie":
            self._fields.put(line, found)
        return found
