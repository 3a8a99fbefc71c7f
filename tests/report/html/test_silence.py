"""Why nothing moved: whose reason it is, and that it is right for each connection."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.report.html.pages import FOUNDING, capture_page, page_data
from whywire.report.html.silence import LONG_NS, names, reason

IDLE = "Nothing was outstanding; then a program at the server acted. Why it waited, packets don't show."
UNREAD = "The server had received data, and its program did nothing on this connection. Packets don't show why."


@pytest.fixture(scope="module")
def browser() -> dict[str, Any]:
    return page_data(FOUNDING / "a-http-browser-snap640.pcapng")


def reasons(page: dict[str, Any], title: str) -> list[tuple[str, str]]:
    """Return length and reason of the compressed times of a picture that have a reason."""
    (one,) = [scene for scene in page["scenes"] if scene["title"] == title]
    return [(gap["text"], gap["why"]) for gap in one["gaps"] if gap["why"]]


def test_each_connection_has_its_own_reason(browser: dict[str, Any]) -> None:
    together = reasons(browser, "c1 c2 c3 c4 c5 c6 c7 c8 c9 c10")
    assert ("1.00 s", f"nothing on these connections. c5: {IDLE} c6 to c10: {UNREAD}") in together
    assert ("1.00 s", f"nothing on these connections. c8: {IDLE} c9, c10: {UNREAD}") in together
    assert together[-1] == ("1.00 s", f"nothing on these connections. c10: {IDLE}")


def test_a_short_time_within_the_pause_of_another_connection_has_no_reason(browser: dict[str, Any]) -> None:
    """While the server sends on c5 it does not wait, although c6 does."""
    (one,) = [scene for scene in browser["scenes"] if scene["title"].startswith("c1 ")]
    short = [gap for gap in one["gaps"] if gap["text"].endswith(" us")]
    assert len(short) > 10
    assert {gap["why"] for gap in short} == {""}


def test_a_picture_of_one_connection_needs_no_name(browser: dict[str, Any]) -> None:
    assert reasons(browser, "c5") == [("1.00 s", IDLE)]
    assert reasons(browser, "c10") == [("5.01 s", UNREAD), ("1.00 s", IDLE)]


def test_time_between_connections(browser: dict[str, Any]) -> None:
    between = "nothing on these connections: behind the last packet of {}, before the first of {}"
    together = reasons(browser, "c1 c2 c3 c4 c5 c6 c7 c8 c9 c10")
    assert ("19.9 s", between.format("c2", "c3")) in together
    proxy = reasons(page_data(FOUNDING / "e-calc-proxy.pcapng"), "c1 c2 c3 c4 c5")
    assert proxy == [("1.21 s", between.format("c1", "c3")), ("14.0 s", between.format("c3", "c4"))]


def test_a_program_that_acts_elsewhere_is_not_said_to_sleep() -> None:
    """The server has answered c2's message on c1: it did act, but not on this connection."""
    (said,) = reasons(page_data(FOUNDING / "b-crossover.pcapng"), "c1 c2")
    assert said == ("4.96 s", f"nothing on these connections. c1: {UNREAD.replace('server', 'client')} c2: {UNREAD}")


def test_silence_that_no_connection_explains(tmp_path: Path) -> None:
    page = capture_page("""
+0.000 a:1>b:80 S  0:0(0)       win 64240
+0.001 a:2>b:80 S  0:0(0)       win 64240
+0.050 b:80>a:2 SA 0:0(0) ack 1 win 64240
+0.001 a:2>b:80 A  1:1(0) ack 1 win 64240
+0.050 b:80>a:1 SA 0:0(0) ack 1 win 64240
+0.001 a:1>b:80 A  1:1(0) ack 1 win 64240
+0.001 a:2>b:80 PA 1:6(5) ack 1 win 64240
+0.200 a:1>b:80 PA 1:6(5) ack 1 win 64240
""", tmp_path)
    whys = [why for _, why in reasons(page, "c1 c2")]
    assert len(whys) == 1
    assert whys[0].startswith("nothing on these connections. c1: ")
    assert reason(0, LONG_NS, []) == "nothing on these connections"


def test_connections_by_name() -> None:
    assert names([3]) == "c3"
    assert names([3, 1]) == "c1, c3"
    assert names([6, 7, 8, 9, 10, 12, 13]) == "c6 to c10, c12, c13"
