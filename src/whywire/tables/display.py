"""How a table shows itself: as text at a prompt, as HTML in a notebook. Bounded; no text is trusted."""

from __future__ import annotations

import html
from typing import Any

from whywire.tables.table import Table

ROWS = 10
CELL = 60
"""Characters of a cell."""


def as_text(table: Table) -> str:
    """Return a heading, the first rows with the columns that matter most, and the names of the others."""
    names, rows = _brief(table)
    widths = [max(len(row[at]) for row in [names, *rows]) for at in range(len(names))]
    lines = [_heading(table)]
    lines += ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
              for row in [names, *rows]]
    return "\n".join([*lines, *_rest(table)])


def as_html(table: Table) -> str:
    """Return the same as a table of HTML; every text is escaped."""
    names, rows = _brief(table)
    head = "".join(f'<th title="{html.escape(table.column(name).field.meaning)}">{html.escape(name)}</th>'
                   for name in names)
    body = "".join(f"<tr>{''.join(f'<td>{html.escape(cell)}</td>' for cell in row)}</tr>" for row in rows)
    rest = "".join(f"<p>{html.escape(line)}</p>" for line in _rest(table))
    return (f"<div><p>{html.escape(_heading(table))}</p>"
            f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{rest}</div>")


def _heading(table: Table) -> str:
    return f"{table.schema.name}: {len(table):,} rows, {len(table.columns)} columns"


def _rest(table: Table) -> list[str]:
    lines = [] if len(table) <= ROWS else [f"... {len(table) - ROWS:,} more rows"]
    others = [name for name in table.columns if name not in table.schema.brief]
    return [*lines, "also: " + ", ".join(others)] if others else lines


def _brief(table: Table) -> tuple[list[str], list[list[str]]]:
    names = [name for name in table.schema.brief if name in table.columns]
    count = min(ROWS, len(table))
    columns = [[_cell(value) for value in table.column(name).to_list(0, count)] for name in names]
    return names, [list(row) for row in zip(*columns, strict=True)]


def _cell(value: Any) -> str:
    """Return a value as text of one line: control characters are escaped, long text is cut."""
    if value is None:
        return "-"
    text = " ".join(value) if isinstance(value, tuple) else str(value)
    text = "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text[:CELL + 1])
    return text if len(text) <= CELL else text[:CELL - 3] + "..."
