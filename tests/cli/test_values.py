from __future__ import annotations

from argparse import ArgumentTypeError
from collections.abc import Callable

import pytest

from whywire.cli import values


@pytest.mark.parametrize(("text", "expected"), [
    ("0.5", 0.5), (".5", 0.5), ("5", 5.0), ("5s", 5.0), ("5ms", 0.005), ("200 us", 0.0002), ("7ns", 7e-9), ("0", 0.0),
])
def test_seconds(text: str, expected: float) -> None:
    assert values.seconds(text) == pytest.approx(expected)


@pytest.mark.parametrize(("text", "expected"), [("5ms", 5_000_000), ("0", 0), ("0.0", 0), ("0.1s", 100_000_000)])
def test_delay_in_nanoseconds(text: str, expected: int) -> None:
    assert values.delay(text) == expected


@pytest.mark.parametrize(("text", "expected"), [
    ("100M", 100_000_000), ("1.5Gbit/s", 1_500_000_000), ("64k", 64_000), ("9600", 9600), ("2mbps", 2_000_000),
])
def test_rate_in_bits_a_second(text: str, expected: int) -> None:
    assert values.rate(text) == expected


def test_numbers_of_packets_and_connections() -> None:
    assert values.packet("17") == values.packet("p17") == 17
    assert values.connection("2") == values.connection("c2") == 2
    assert values.width("80") == 80


def test_rules_with_commas_between_them() -> None:
    assert values.codes("TCP104, CALL") == ("TCP104", "CALL")


@pytest.mark.parametrize(("read", "text", "says"), [
    (values.seconds, "soon", "5ms"), (values.seconds, "-1", "time"), (values.seconds, "", "time"),
    (values.delay, "5", "unit"), (values.delay, "fast", "unit"), (values.delay, "1.2.3s", "time"),
    (values.rate, "0", "rate"), (values.rate, "100 apples", "rate"), (values.rate, "-5M", "rate"),
    (values.packet, "0", "p1"), (values.packet, "c1", "packet"), (values.packet, "\u0661", "packet"),
    (values.connection, "p1", "connection"), (values.connection, "c-1", "c1"),
    (values.codes, " , ", "TCP104"),
    (values.width, "3", "40"), (values.width, "wide", "columns"), (values.width, "100000", "1000"),
])
def test_what_is_wrong_is_said(read: Callable[[str], object], text: str, says: str) -> None:
    with pytest.raises(ArgumentTypeError, match=says):
        read(text)
