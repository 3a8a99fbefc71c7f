from __future__ import annotations

from whywire.tables.packets import CAUSE_FIELDS
from whywire.tables.pages import SCHEMAS, reference


def test_the_reference_has_every_column_with_its_null() -> None:
    page = reference()
    for field in (*(field for schema in SCHEMAS for field in schema.fields), *CAUSE_FIELDS):
        assert f"| `{field.name}` | {field.type} | {field.unit} | {field.meaning} | {field.null} |" in page
        assert "|" not in field.meaning + field.null
