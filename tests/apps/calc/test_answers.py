"""Requests and their answers as bytes."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from whywire.apps.calc.answers import answer
from whywire.apps.calc.limits import Limits
from whywire.protocols.calc import Message, Reader

NOW = 1_700_000_000


def answered(data: bytes, *, steps: bool = False, fresh_s: int = 60, limits: Limits | None = None) -> Message:
    raw = answer(Message(True, NOW, data, steps=steps), now=NOW + 1, random=lambda: 0.5, fresh_s=fresh_s, limits=limits)
    reader = Reader()
    reader.feed(raw)
    message = reader.next_message()
    assert isinstance(message, Message)
    assert (message.is_request, message.time, message.end) == (False, NOW + 1, len(raw))
    return message


def test_a_result() -> None:
    message = answered(b"(2 + 3) * 4")
    assert (message.status, message.may_cache, message.cache_seconds, message.steps) == (200, True, 60, False)
    assert json.loads(message.data or b"") == {"result": 20, "steps": []}


def test_a_result_with_steps() -> None:
    message = answered(b"(2 + 3) * 4", steps=True)
    assert message.steps
    assert json.loads(message.data or b"") == {"result": 20, "steps": ["5 * 4", "20"]}


@pytest.mark.parametrize(("text", "fresh_s"), [(b"rand()", 60), (b"1", 0)])
def test_not_for_a_cache(text: bytes, fresh_s: int) -> None:
    message = answered(text, fresh_s=fresh_s)
    assert (message.status, message.may_cache, message.cache_seconds) == (200, False, 0)


@pytest.mark.parametrize(("data", "said"), [
    (b"1/0", "division by zero"), (b"\xff\xfe", "not UTF-8 text: byte 1"), (b"1 + \xe9", "byte 5"),
    (b"", "no expression"),
    (b"(" * 5000, "inside each other"), (b"2**10**9", "more than 4,000 digits"), (b"1" * 65523, "too long"),
    (b"7" * 5000, "an integer of 5,000 digits is too long"), (b"1e999", "not a finite number"),
])
def test_an_error_is_a_400_that_no_cache_keeps(data: bytes, said: str) -> None:
    message = answered(data)
    assert (message.status, message.may_cache, message.cache_seconds) == (400, False, 0)
    content = json.loads(message.data or b"")
    assert list(content) == ["error"]
    assert said in content["error"]


def test_each_limit_has_its_own_answer() -> None:
    cases = {b"1" * 10_001: False, b"-" * 201 + b"1": False, b"9" * 4001: False,
             b"+".join([b"10**3999%7"] * 900): False, b"+".join([b"1"] * 5000): True}
    said = {json.loads(answered(data, steps=steps).data or b"")["error"] for data, steps in cases.items()}
    assert len(said) == len(cases)
    assert any("ask without" in text for text in said)


def test_steps_fit_into_the_answer_or_are_refused() -> None:
    generous = Limits(characters=100_000)
    statuses = [answered(b"+".join([b"1"] * count), steps=True, limits=generous).status for count in range(150, 200)]
    assert set(statuses) == {200, 400}
    assert statuses == sorted(statuses)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=80), st.booleans())
def test_any_bytes_get_200_or_400(data: bytes, steps: bool) -> None:
    message = answered(data, steps=steps)
    assert message.status in (200, 400)
    assert set(json.loads(message.data or b"")) <= {"result", "steps", "error"}
