"""What requests and answers say."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from whywire.protocols.calc import CalcError, Message, Reader
from whywire.protocols.calc.content import MOST_DATA, Answer, failure, read_answer, request, success

NOW = 1_700_000_000


def message(raw: bytes) -> Message:
    reader = Reader()
    reader.feed(raw)
    found = reader.next_message()
    assert isinstance(found, Message)
    assert reader.waiting_bytes == 0
    return found


def answer(data: bytes, status: int = 200) -> Message:
    return Message(False, NOW, data, status)


def test_a_request() -> None:
    found = message(request("π", now=NOW, steps=True, may_cache=False, oldest=7))
    assert found == Message(True, NOW, "π".encode(), 0, False, True, 7, 0, 14)


def test_an_answer_there_and_back() -> None:
    found = message(success(10 ** 30, ["1", "2"], now=NOW, with_steps=True, fresh_s=60))
    assert (found.may_cache, found.cache_seconds, found.steps) == (True, 60, True)
    assert read_answer(found) == Answer(200, 10 ** 30, ("1", "2"), None, NOW, 60)


def test_an_error_there_and_back() -> None:
    found = message(failure(400, 'no "x"', now=NOW))
    assert (found.may_cache, found.cache_seconds) == (False, 0)
    assert read_answer(found) == Answer(400, error='no "x"', time=NOW)


def test_no_error_is_too_long_to_be_said() -> None:
    assert len(json.loads(message(failure(400, "é\ud800" * 50_000, now=NOW)).data or b"")["error"]) == 2000


@pytest.mark.parametrize("value", [float("inf"), float("nan")])
def test_json_has_no_such_number(value: float) -> None:
    with pytest.raises(ValueError, match="JSON compliant"):
        success(value, (), now=NOW, with_steps=False, fresh_s=0)


def test_what_fits_into_no_message() -> None:
    room = MOST_DATA - len('{"result": 1, "steps": [""]}')
    assert len(success(1, ["1" * room], now=NOW, with_steps=True, fresh_s=0)) == 65535
    with pytest.raises(CalcError):
        success(1, ["1" * (room + 1)], now=NOW, with_steps=True, fresh_s=0)
    with pytest.raises(CalcError):
        request("\udcff", now=NOW)


@pytest.mark.parametrize(("found", "said"), [
    (answer(b""), "not JSON"), (answer(b"[1]"), "not an object"), (answer(b"{}"), "no number"),
    (answer(b'{"result": NaN}'), "NaN is no number that JSON knows"), (answer(b'{"result": -Infinity}'), "-Infinity"),
    (answer(b'{"result": true}'), "no number"), (answer(b'{"result": "1"}'), "no number"),
    (answer(b'{"result": 1, "steps": "1"}'), "not a list of texts"),
    (answer(b'{"result": 1, "steps": [1]}'), "not a list of texts"),
    (answer(b'{"result": 1}', 400), "has status 400 and no text"), (answer(b'{"error": 1}', 500), "no text"),
    (answer(b"[" * 60_000), "not JSON"), (answer(b'{"result": ' + b"1" * 5000 + b"}"), "not JSON"),
    (answer(b"\xff\xfe\x00"), "not JSON"),
])
def test_what_is_no_answer(found: Message, said: str) -> None:
    with pytest.raises(CalcError, match=said):
        read_answer(found)


def test_steps_may_be_missing() -> None:
    assert read_answer(answer(b'{"result": 1.5}')).result == 1.5


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=60), st.sampled_from([200, 400, 502]))
def test_any_data(data: bytes, status: int) -> None:
    try:
        read_answer(answer(data, status))
    except CalcError as error:
        assert str(error)
