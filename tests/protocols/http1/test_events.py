"""Header fields by name."""

from __future__ import annotations

from whywire.protocols.http1.events import find


def test_fields_of_one_name_are_one_list() -> None:
    headers = ((b"a", b"1"), (b"b", b"2"), (b"a", b"3"))
    assert find(headers, b"a") == b"1, 3"
    assert find(headers, b"c") is None
