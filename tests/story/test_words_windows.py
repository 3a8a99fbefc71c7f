from __future__ import annotations

from tests.story.said import said
from whywire.connections.why import Why


def test_unread_bytes_are_claimed_only_where_the_trace_counts_them() -> None:
    assert said(Why.WINDOW_SHRANK, before=65_160, after=65_024, unread=130) == \
        "Window 65,160 -> 65,024 bytes: 130 bytes unread in the server's receive buffer."
    for unread in (None, 0):
        text = said(Why.WINDOW_SHRANK, before=65_160, after=65_024, unread=unread)
        assert text == \
            "Window 65,160 -> 65,024 bytes: what came counts against it, until its kernel opens it again."


def test_a_full_window_is_no_error() -> None:
    assert "no error" in said(Why.WINDOW_FILLED, window=65_536, long=True)
