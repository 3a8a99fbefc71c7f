from __future__ import annotations

from tests.story.said import said
from whywire.connections.why import Why


def test_a_fast_retransmission_counts_the_duplicate_acks() -> None:
    assert said(Why.RETRANSMISSION_FAST, packet=4, duplicates=4) == \
        ("Sent again (first in packet 4) after 4 duplicate ACKs: the server's kernel takes it for lost and does not "
         "wait for its timer.")


def test_a_probe_of_a_closed_window_is_no_keep_alive() -> None:
    assert "keep-alive" not in said(Why.ZERO_WINDOW_PROBE, packet=9, after_ns=200_000_000).lower()
    assert "SO_KEEPALIVE" in said(Why.KEEP_ALIVE, idle_ns=60_000_000_000, long=True)
