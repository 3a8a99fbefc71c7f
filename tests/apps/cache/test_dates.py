"""HTTP dates, read and written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whywire.apps.cache import dates


@given(st.integers(-10, dates.LAST + 10))
def test_what_is_written_reads_back(seconds: int) -> None:
    assert dates.read(dates.write(seconds)) == min(max(seconds, 0), dates.LAST)


@pytest.mark.parametrize("text", [
    "Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994",
    "sun, 06 nov 1994 08:49:37 gmt", " Sun, 06 Nov 1994 08:49:37 GMT\t",
])
def test_the_three_forms_name_the_same_second(text: str) -> None:
    assert dates.read(text) == 784111777


@pytest.mark.parametrize("text", [
    "", "0", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 UTC", "Sun, 06 Nov 1994 08:49:37 +0000",
    "Sun, 31 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 0000 08:49:37 GMT", "Sun, 06 Nov 1994 24:00:00 GMT",
    "Sun, 06 Nov 1994 08:49:37 GMT, Sun, 06 Nov 1994 08:49:37 GMT", "Sun, \u0660\u0666 Nov 1994 08:49:37 GMT",
])
def test_what_is_no_date(text: str) -> None:
    assert dates.read(text) is None


def test_two_digits_of_a_year_are_at_most_fifty_years_ahead() -> None:
    near, far = "Thursday, 01-Jan-76 00:00:00 GMT", "Friday, 01-Jan-77 00:00:00 GMT"
    assert dates.read(near, 2026) == dates.read("Wed, 01 Jan 2076 00:00:00 GMT")
    assert dates.read(far, 2026) == dates.read("Sat, 01 Jan 1977 00:00:00 GMT")


@given(st.text())
def test_no_text_raises(text: str) -> None:
    assert dates.read(text) is None or isinstance(dates.read(text), int)
