"""The page of a rule, the list, the reference."""

from __future__ import annotations

import pytest

from whywire.base.errors import WhywireError
from whywire.findings import pages
from whywire.findings.registry import rules
from whywire.findings.retired import RETIRED
from whywire.findings.rule import Level


def test_a_page_by_code_or_name_in_any_case() -> None:
    assert pages.page("tcp104") == pages.page("Zero-Window") == pages.page("TCP104")


@pytest.mark.parametrize("width", [40, 80, 120])
def test_a_page_keeps_its_width(width: int) -> None:
    longest = max(len(line) for rule in rules() for line in pages.page(rule.code, width).splitlines()[2:])
    assert longest <= width


def test_a_near_name_is_offered() -> None:
    with pytest.raises(WhywireError, match="there is no rule 'zero-windows'") as caught:
        pages.page("zero-windows")
    assert "TCP104 (zero-window)" in caught.value.hint


def test_a_name_like_nothing_is_pointed_to_the_list() -> None:
    with pytest.raises(WhywireError) as caught:
        pages.page("qqqqqq")
    assert "whywire rules" in caught.value.hint


def test_a_retired_code_keeps_a_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(RETIRED, "TCP999", "Gone since 0.2; TCP104 says it now.")
    assert "TCP104 says it now" in pages.page("tcp999")
    assert "## TCP999 (retired)" in pages.reference()


def test_the_list_has_a_line_for_each_rule_of_a_level() -> None:
    lines = pages.listing().splitlines()
    assert {line.split()[0] for line in lines if line.startswith("  ")} == {rule.code for rule in rules()}
    errors = [line for line in pages.listing(Level.ERROR).splitlines() if line.startswith("  ")]
    assert errors
    assert all(line.split()[1] == "error" for line in errors)


def test_the_reference_has_every_rule() -> None:
    text = pages.reference()
    assert all(f"## {rule.code} {rule.name}\n" in text for rule in rules())
