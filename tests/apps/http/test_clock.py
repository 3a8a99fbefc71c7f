"""The Date field."""

from __future__ import annotations

from email.utils import formatdate

from whywire.apps.http.clock import date_line, http_date


def test_dates_are_those_of_the_standard_library() -> None:
    for seconds in (0, 784111777, 951782400, 1700000000, 4102444800):
        assert http_date(seconds) == formatdate(seconds, usegmt=True)


def test_the_line_follows_the_clock() -> None:
    assert date_line(784111777.9) == b"Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
    assert date_line(784111778.0) == b"Date: Sun, 06 Nov 1994 08:49:38 GMT\r\n"
