from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whywire.apps.site.dates import LAST, http_date, read_http_date

NOW = 1_800_000_000
SECONDS = 784_111_777  # the example of RFC 9110 5.6.7


@pytest.mark.parametrize("text", [
    "Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"])
def test_the_three_forms_of_the_rfc(text: str) -> None:
    assert read_http_date(text, NOW) == SECONDS


@given(st.integers(0, LAST))
def test_a_written_date_is_read_again(seconds: int) -> None:
    assert read_http_date(http_date(seconds), NOW) == seconds


@pytest.mark.parametrize(("seconds", "text"), [
    (-1, "Thu, 01 Jan 1970 00:00:00 GMT"), (10**15, "Fri, 31 Dec 9999 23:59:59 GMT")])
def test_dates_that_cannot_be_written_become_the_nearest(seconds: int, text: str) -> None:
    assert http_date(seconds) == text


def test_a_year_of_two_digits_is_at_most_50_years_ahead() -> None:
    now = read_http_date("Sat, 21 Nov 2026 00:00:00 GMT", 0)
    assert now is not None
    near = read_http_date("Saturday, 21-Nov-76 00:00:00 GMT", now)
    far = read_http_date("Monday, 21-Nov-77 00:00:00 GMT", now)
    assert near == read_http_date("Sat, 21 Nov 2076 00:00:00 GMT", now)
    assert far == read_http_date("Mon, 21 Nov 1977 00:00:00 GMT", now)


@pytest.mark.parametrize("text", [
    "", "0", "784111777", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 UTC", "sun, 06 nov 1994 08:49:37 gmt",
    "Sun, 6 Nov 1994 08:49:37 GMT", "Sun, 31 Feb 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:00:00 GMT",
    "Sun, 00 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 0000 08:49:37 GMT", "Sun, 06 Nov 1994 08:60:37 GMT",
    "Sun, 06 Nov 1994 08:49:37 GMT, Sun, 06 Nov 1994 08:49:37 GMT", "Sun, ٠٦ Nov 1994 08:49:37 GMT"])
def test_what_is_no_date(text: str) -> None:
    assert read_http_date(text, NOW) is None
