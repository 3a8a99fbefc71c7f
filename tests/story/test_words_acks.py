from __future__ import annotations

from tests.story.said import said
from whywire.connections.why import Why


def test_an_ack_is_the_kernels() -> None:
    assert said(Why.ACK_AT_ONCE, packet=4, delay_ns=4500) == \
        "The server's kernel acknowledged packet 4 at once (4.50 us)."


def test_a_late_capture_is_no_delayed_ack() -> None:
    assert said(Why.ACK_CAPTURED_LATE, packet=6, delay_ns=4_860_000, clock_ns=0) == \
        ("Acknowledges packet 6. Listed 4.86 ms after it, but built at once, as its timestamp option shows: "
         "no delayed ACK.")


def test_the_ack_of_a_fin_promises_nothing_about_the_program() -> None:
    assert "not that the program here has seen it" in said(Why.ACK_FIN, packet=8, long=True)


def test_a_window_update_shows_both_windows() -> None:
    assert said(Why.WINDOW_UPDATE, before=0, after=65_536) == \
        "Window update by the server's kernel: same ack, more room, 0 -> 65,536 bytes. The program has read."
