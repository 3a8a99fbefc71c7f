"""The reference of the tables, written from their schemas."""

from __future__ import annotations

from whywire.tables.connections import CONNECTIONS
from whywire.tables.exchanges import EXCHANGES
from whywire.tables.findings import FINDINGS
from whywire.tables.packets import CAUSE_FIELDS, PACKETS
from whywire.tables.schema import TYPES, Field, Schema

SCHEMAS: tuple[Schema, ...] = (PACKETS, CONNECTIONS, EXCHANGES, FINDINGS)

INTRODUCTION = """\
`whywire table FILE -o out.parquet` and `whywire.open(FILE)` in Python give these tables. A column keeps its name and
meaning once it is there; new ones may come. Null is "not there" or "not known", never 0; a column without a meaning of
null is never null. Times are integer nanoseconds. Numbers of packets, connections and exchanges count from 1, as `p1`,
`c1`, `x1` elsewhere.

CSV writes null as an empty field, empty text as `""`, several words with spaces between them, control characters as
escapes.
"""


def reference() -> str:
    """Return the page, in Markdown."""
    lines = ["# Tables\n", INTRODUCTION, "| type | |", "|---|---|"]
    lines += [f"| `{name}` | {meaning} |" for name, meaning in TYPES.items()]
    for schema in SCHEMAS:
        lines += ["", f"## {schema.name}\n", *_columns(schema.fields)]
        if schema is PACKETS:
            lines += ["", "With `--causes` (Python: `packets_with_causes`) also:\n", *_columns(CAUSE_FIELDS)]
    return "\n".join(lines) + "\n"


def _columns(fields: tuple[Field, ...]) -> list[str]:
    return ["| column | type | unit | meaning | null |", "|---|---|---|---|---|",
            *(f"| `{field.name}` | {field.type} | {field.unit} | {field.meaning} | {field.null} |" for field in fields)]
