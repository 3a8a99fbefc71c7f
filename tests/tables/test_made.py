from __future__ import annotations

import pytest

from tests.tables.captures import V2, tables_of
from whywire.base.errors import WhywireError


@pytest.mark.parametrize("name", ["exchanges", "findings", "packets_with_causes"])
def test_above_the_limit_it_is_said_and_never_silently_nothing(name: str) -> None:
    with tables_of(V2, limit=11) as tables:
        assert (len(tables.packets), len(tables.connections)) == (12, 1)
        with pytest.raises(WhywireError, match="12 TCP packets are more than the limit of 11") as told:
            getattr(tables, name)
    assert "--detail-limit 12" in told.value.hint
    with tables_of(V2, limit=12) as tables:
        assert getattr(tables, name).columns


def test_a_table_is_made_once() -> None:
    with tables_of(V2) as tables:
        assert tables.packets is tables.packets
        assert tables.account is tables.account
