"""Calls and wire events as lines of JSON; broken lines cost only themselves."""

from __future__ import annotations

import json
from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whywire.base.records import Call, WireEvent
from whywire.capture.calls import decode, encode

CALL = Call(1, "client", "client.py", 7, 7, "connect", 5)
INTEGERS = st.integers(-(1 << 63), (1 << 63) - 1)
NUMBERS = st.integers(1, (1 << 63) - 1)


def calls() -> st.SearchStrategy[Call]:
    """Any call."""
    def kind_of(name: str, hint: str) -> st.SearchStrategy[object]:
        kind = NUMBERS if name == "number" else INTEGERS if "int" in hint else st.text()
        return st.none() | kind if "None" in hint else kind

    return st.builds(Call, **{field.name: kind_of(field.name, str(field.type)) for field in fields(Call)})


@given(st.lists(calls(), max_size=4))
def test_the_way_back(records: list[Call]) -> None:
    assert decode(map(encode, records), Call, "calls.jsonl") == (records, [])


def test_what_is_not_known_is_not_written() -> None:
    line = encode(WireEvent(1, "dropped", 5, 2, "a", "b"))
    assert json.loads(line) == {"number": 1, "kind": "dropped", "time_ns": 5, "frame": 2, "sender": "a",
                                "receiver": "b", "rule": ""}


def test_keys_of_a_later_version_are_left_aside() -> None:
    line = json.dumps({**json.loads(encode(CALL)), "weather": "fine", "fd": None})
    assert decode([line], Call, "calls.jsonl") == ([CALL], [])


@pytest.mark.parametrize(("line", "why"), [
    ('{"number": 1, "ho', "broken JSON, the file was cut there"), ("[1]\n", "not an object"), ("nan\n", "broken JSON"),
    (encode(CALL).replace("5", '"5"'), "start_ns is not an integer"), (encode(CALL).replace("5", "true"), "start_ns"),
    (encode(CALL).replace("5", "1" + "0" * 30), "start_ns is not an integer"),
    (encode(CALL).replace(":1,", ":0,", 1), "its number is below 1"),
    (encode(CALL).replace('"client"', "3"), "host is not text"), ('{"number": 1}\n', "host is missing"),
    ("[" * 100_000 + "\n", "nested too deeply")])
def test_a_broken_line_is_told_and_the_others_kept(line: str, why: str) -> None:
    records, problems = decode([encode(CALL), "\n", line], Call, "calls.jsonl")
    assert records == [CALL]
    (problem,) = problems
    assert problem.startswith("calls.jsonl line 3 is not a record (")
    assert why in problem


def test_a_lone_surrogate_becomes_something_that_can_be_printed() -> None:
    line = encode(CALL).replace('"connect"', '"\\ud800"')
    (record,), _ = decode([line], Call, "calls.jsonl")
    assert record.name == "?"
