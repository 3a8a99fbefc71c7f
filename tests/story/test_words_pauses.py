from __future__ import annotations

from tests.story.said import said
from whywire.connections.why import Why


def test_a_traced_sleep_names_its_line() -> None:
    assert said(Why.PAUSE_SLEEP, call=5, slept_ns=5_000_000_000) == "server.py:14 sleep() slept for 5.00 s."


def test_silence_after_a_fin_is_not_silence_after_data() -> None:
    assert said(Why.PAUSE_AFTER_DATA, side="server", what="fin").startswith("The server had received a FIN, and")
    assert said(Why.PAUSE_AFTER_DATA, side="server", what="data").startswith("The server had received data, and")


def test_without_a_trace_a_pause_is_left_open() -> None:
    assert said(Why.PAUSE_IDLE, side="server").endswith("Why it waited, packets don't show.")


def test_the_way_there_and_back_takes_time() -> None:
    assert said(Why.PAUSE_TRIP, packet=4, side="server", way_ns=200_000_000) == (
        "Packet 4 was on its way to the server, and the answer on its way back: that took 200 ms at the handshake too.")
    assert said(Why.PAUSE_TRIP, packet=1, side="server", way_ns=None) == \
        "Packet 1 was on its way to the server, and the answer on its way back."
