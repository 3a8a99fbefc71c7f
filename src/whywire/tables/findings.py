"""What the rules found as a table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from whywire.findings.rule import Finding
from whywire.tables.schema import Field, Of, Schema
from whywire.tables.table import Table


def _of(rule: Callable[[Finding], Any]) -> Of:
    return Of(rule, ("objects",))


FIELDS = (
    Field("code", "word", "", "the rule's code, see `whywire rule CODE`", from_=_of(lambda one: one.code)),
    Field("name", "word", "", "the rule's name", from_=_of(lambda one: one.name)),
    Field("level", "word", "", "info, note, warning, error", from_=_of(lambda one: one.level.word)),
    Field("certainty", "word", "", "known, inferred, likely, artefact", from_=_of(lambda one: one.certainty.value)),
    Field("connection", "uint32", "", "number of the connection (c1)", "about the capture as a whole",
          _of(lambda one: one.connection)),
    Field("packet", "uint64", "", "number of the packet", "about no one packet", _of(lambda one: one.packet)),
    Field("count", "uint64", "", "how often it was seen, where the rule speaks only once",
          from_=_of(lambda one: one.count)),
    Field("because", "text", "", "the packets (p2) and calls (k3) that it rests on, with spaces between them",
          from_=_of(lambda one: " ".join(map(str, one.because)))),
    Field("text", "text", "", "the sentence", from_=_of(lambda one: one.text)),
)
FINDINGS = Schema("findings", "Finding", FIELDS, ("code", "name", "level", "connection", "packet", "count", "text"))


def findings(found: Sequence[Finding]) -> Table:
    """Return findings as a table."""
    return Table(FINDINGS, len(found), {"objects": list(found)})
