from __future__ import annotations

from pathlib import Path

import pytest

from tests.tables.captures import V2, each_capture, tables_of
from tests.tables.test_vectors import all_tables
from whywire.tables.packets import PACKETS_WITH_CAUSES
from whywire.tables.pages import SCHEMAS
from whywire.tables.schema import TYPES, Schema

EACH = pytest.mark.parametrize("schema", [*SCHEMAS, PACKETS_WITH_CAUSES], ids=lambda schema: schema.name)


@EACH
def test_every_column_says_what_it_is(schema: Schema) -> None:
    assert [field.name for field in schema.fields if not field.meaning or field.type not in TYPES] == []
    assert [field.name for field in schema.fields if field.name.endswith("_ns") != (field.unit == "ns")] == []
    assert [field.name for field in schema.fields if field.where is not None and not field.null] == []
    names = [field.name for field in schema.fields]
    assert len(set(names)) == len(names)
    assert all(name.isidentifier() for name in names)


def test_the_columns_on_little_room_are_columns() -> None:
    for schema in (*SCHEMAS[1:], PACKETS_WITH_CAUSES):
        assert set(schema.brief) <= {field.name for field in schema.fields}


@each_capture
def test_only_columns_that_say_what_null_means_have_nulls(path: Path) -> None:
    with tables_of(path) as tables:
        for table in all_tables(tables):
            never = [table[name] for name in table.columns if not table[name].field.null]
            assert [column.name for column in never if None in column.to_list()] == []


def test_an_expression_is_the_same_line_for_a_number_and_for_a_column() -> None:
    with tables_of(V2) as tables:
        window = tables.packets["window"]
        assert window.is_flat
        assert window.values.tolist() == window.to_list() == [65495, 65483, *[65536] * 10]
