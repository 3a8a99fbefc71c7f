"""Sentences are filled with units, and what is not known is left out."""

from __future__ import annotations

import pytest

from whywire.connections.model import Side
from whywire.findings.say import fill, names


@pytest.mark.parametrize(("template", "values", "text"), [
    ("{bytes} sent.", {"bytes": 13000}, "13,000 bytes sent."),
    ("{bytes} sent.", {"bytes": 1}, "1 byte sent."),
    ("{rest_bytes} left.", {"rest_bytes": 0}, "0 bytes left."),
    ("{calls} of recv.", {"calls": 2}, "2 calls of recv."),
    ("{data_packet} came.", {"data_packet": 1234}, "packet 1234 came."),
    ("{packet} came.", {"packet": 7}, "Packet 7 came."),
    ("After {idle_ns}.", {"idle_ns": 1_002_000_000}, "After 1.00 s."),
    ("After {idle_ns}.", {"idle_ns": 41 * 3600 * 1_000_000_000}, "After 41 hours."),
    ("After {idle_ns}.", {"idle_ns": 10_240 * 1_000_000_000}, "After 2.8 hours."),
    ("ACK {ack}.", {"ack": 13001}, "ACK 13,001."),
    ("The {side}.", {"side": Side.SERVER}, "The server."),
    ("{calls}.", {"calls": (3, 4)}, "3, 4."),
])
def test_a_value_has_its_unit(template: str, values: dict[str, int], text: str) -> None:
    assert fill(template, values) == text


def test_a_part_without_its_value_is_left_out() -> None:
    assert fill("Sent[ after {after_ns}].", {"after_ns": None}) == "Sent."
    assert fill("Sent[ after {after_ns}].", {"after_ns": 5_000_000}) == "Sent after 5.00 ms."


def test_the_first_branch_that_can_be_filled_is_said() -> None:
    template = "[{bytes} unread|up to {most_bytes} unread|unread bytes]."
    assert fill(template, {"bytes": 3, "most_bytes": 9}) == "3 bytes unread."
    assert fill(template, {"most_bytes": 9}) == "up to 9 bytes unread."
    assert fill(template, {}) == "unread bytes."


def test_a_value_that_must_be_known_is_missed() -> None:
    with pytest.raises(KeyError, match="side"):
        fill("The {side}.", {"side": None})


def test_names() -> None:
    assert names("{a} and [{b_ns}|{c}]") == {"a", "b_ns", "c"}


def test_text_of_a_capture_fits_a_sentence() -> None:
    assert fill("GET {target}.", {"target": "/a\x1b[31m\n"}) == r"GET /a\x1b[31m\n."
    assert len(fill("GET {target}.", {"target": "/" * 5000})) < 100
    assert fill("GET {target}.", {"target": "/{side}"}) == "GET /{side}."
