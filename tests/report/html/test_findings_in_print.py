"""On paper nobody can choose a level: it says which findings are printed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.report.html.test_browser import browser, open_page, pages  # noqa: F401 (fixtures)

SAID = "Printed are the findings of level {} and above."


@pytest.mark.parametrize("level", ["warning", "info"])
def test_a_printed_page_says_which_findings_it_has(open_page: Callable[..., Any], level: str) -> None:  # noqa: F811
    page = open_page("v2")
    said = page.locator("#findings").get_by_text(SAID.format(level))
    page.locator("#level").select_option(level)
    assert said.count() == 0 or not said.is_visible()
    page.emulate_media(media="print")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert said.is_visible() == (level != "info")  # with info that is all of them
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert not said.is_visible()
