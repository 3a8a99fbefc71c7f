"""The page of something that grows, in headless Chromium: it follows, keeps its place, and says when it is over."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from tests.report.html.pages import FOUNDING
from tests.report.html.test_browser import LAPTOP, browser  # noqa: F401 (a fixture)
from whywire.capture.block import Interface
from whywire.capture.pcapng_writer import PcapngWriter
from whywire.cli.live import LivePage
from whywire.cli.show import open_path

SECONDS = 20_000


def beginning(packets: int) -> bytes:
    """Return a capture with the first packets of another one."""
    _, capture = open_path(FOUNDING / "a-v2.pcapng", None)
    out = BytesIO()
    with capture:
        table = capture.table
        writer = PcapngWriter(out, [Interface(table.interfaces[0].link_type)])
        for row in range(packets):
            writer.packet(table.time_ns[row], capture.frame(row))
    return out.getvalue()


def test_it_follows_and_keeps_its_place(browser: Any, tmp_path: Path) -> None:  # noqa: F811
    path = tmp_path / "growing.pcapng"
    path.write_bytes(beginning(0))
    wrong: list[str] = []
    context = browser.new_context(viewport=LAPTOP)
    page = context.new_page()
    page.on("pageerror", lambda error: wrong.append(f"error: {error}"))
    page.on("console", lambda message: wrong.append(message.text) if message.type in ("error", "warning") else None)
    with LivePage(path) as live:
        page.on("request", lambda request: None if request.url.startswith(live.url) else wrong.append(request.url))
        page.goto(live.url)
        inside = page.frame_locator("iframe")
        inside.get_by_text("No packets yet").wait_for(timeout=SECONDS)
        path.write_bytes(beginning(6))
        inside.locator("#o6").wait_for(state="attached", timeout=SECONDS)
        inside.locator("#o6").dispatch_event("click")
        assert inside.locator("#o7").count() == 0
        path.write_bytes(beginning(12))
        inside.locator("#o12").wait_for(state="attached", timeout=SECONDS)
        assert inside.locator("#o6").get_attribute("aria-selected") == "true"
        assert wrong == []
    page.get_by_text(re.compile("The recording has ended")).wait_for(timeout=SECONDS)
    assert inside.locator("#o12").count() == 1
    context.close()
    assert all("ERR_CONNECTION" in what or "ERR_EMPTY" in what for what in wrong)  # the server is gone


@pytest.mark.parametrize("width", [500, 1366])
def test_the_frame_fills_the_window(browser: Any, tmp_path: Path, width: int) -> None:  # noqa: F811
    path = tmp_path / "x.pcapng"
    path.write_bytes(beginning(12))
    context = browser.new_context(viewport={"width": width, "height": 700})
    page = context.new_page()
    with LivePage(path) as live:
        page.goto(live.url)
        page.frame_locator("iframe").locator("#o12").wait_for(state="attached", timeout=SECONDS)
        box = page.locator("iframe").bounding_box()
        assert box["width"] == width
        assert box["y"] + box["height"] == pytest.approx(700, abs=1)
        context.close()
