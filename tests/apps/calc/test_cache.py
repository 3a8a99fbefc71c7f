"""When a stored answer is given again: the flags, the limits 0 and 65535, ages."""

from __future__ import annotations

import pytest

from whywire.apps.calc.cache import (
    Entry,
    age,
    described,
    is_fresh,
    key,
    key_of,
    may_store,
    serves,
    variant,
    wants_cached,
)
from whywire.protocols.calc import Message, Reader, write

NOW = 1_700_000_000


def ask(text: str = "1+1", *, c: bool = True, seconds: int = 65535, steps: bool = False, time: int = NOW) -> Message:
    return Message(True, time, text.encode(), may_cache=c, steps=steps, cache_seconds=seconds)


def said(*, c: bool = True, seconds: int = 60, status: int = 200, time: int = NOW) -> Message:
    raw = write(Message(False, time, b'{"result": 2, "steps": []}', status, c, False, seconds))
    reader = Reader(keep_raw=True)
    reader.feed(raw)
    message = reader.next_message()
    assert isinstance(message, Message)
    assert message.raw == raw
    return message


@pytest.mark.parametrize(("request_", "wants"), [
    (ask(), True), (ask(seconds=1), True), (ask(seconds=0), False), (ask(c=False), False),
    (ask(c=False, seconds=0), False),
])
def test_what_a_client_takes(request_: Message, wants: bool) -> None:
    assert wants_cached(request_) is wants
    assert serves(Entry(NOW, said(seconds=65535)), request_, NOW) is wants


@pytest.mark.parametrize(("answer", "may"), [
    (said(), True), (said(seconds=65535), True), (said(seconds=0), False), (said(c=False), False),
    (said(c=False, seconds=65535), False), (said(status=400), False), (said(status=502), False), (ask(), False),
])
def test_what_may_be_stored(answer: Message, may: bool) -> None:
    assert may_store(answer) is may


@pytest.mark.parametrize(("stated", "received", "now", "wanted"), [
    (NOW, NOW, NOW, 0), (NOW, NOW, NOW + 7, 7), (NOW - 5, NOW, NOW, 5), (NOW - 5, NOW, NOW + 7, 12),
    (NOW + 100, NOW, NOW + 7, 7), (NOW, NOW, NOW - 50, 0), (NOW - 5, NOW, NOW - 50, 5), (NOW, NOW + 0.9, NOW + 1.9, 1),
])
def test_age(stated: int, received: float, now: float, wanted: float) -> None:
    """A clock that is ahead makes no answer younger than it came; one that is behind makes it old at once."""
    assert age(Entry(received, said(time=stated)), now) == pytest.approx(wanted)


def test_fresh_until_its_time_is_over_or_for_good() -> None:
    assert is_fresh(Entry(NOW, said(seconds=60)), NOW + 59.9)
    assert not is_fresh(Entry(NOW, said(seconds=60)), NOW + 60)
    assert not is_fresh(Entry(NOW, said(seconds=60, time=NOW - 60)), NOW)
    assert is_fresh(Entry(NOW, said(seconds=65535)), NOW + 10 ** 9)
    assert not is_fresh(Entry(NOW, said(seconds=65534)), NOW + 65534)


@pytest.mark.parametrize(("oldest", "now", "wanted"), [
    (10, NOW + 10, True), (10, NOW + 10.5, False), (65535, NOW + 59, True), (65535, NOW + 61, False),
    (65534, NOW + 59, True), (1, NOW, True),
])
def test_the_oldest_that_a_client_takes(oldest: int, now: float, wanted: bool) -> None:
    assert serves(Entry(NOW, said(seconds=60)), ask(seconds=oldest), now) is wanted


def test_the_key_is_the_server_and_the_expression_the_variant_the_steps() -> None:
    same = key(ask(), "a:1")
    assert key(ask(seconds=3, time=5, c=False, steps=True), "a:1") == same
    different = [key(ask("1+2"), "a:1"), key(ask("1 + 1"), "a:1"), key(ask(), "a:2"),
                 key(ask("1" * 500), "a:1"), key(ask("1" * 501), "a:1"), key(ask("π"), "a:1"), key(ask("\n"), "a:1")]
    assert len({same, *different}) == len(different) + 1
    assert same == "calc://a:1/1+1"
    assert all(len(each) < 200 and each.isascii() and each.isprintable() for each in different)
    assert (variant(ask()), variant(ask(steps=True))) == ("", "steps")


def test_no_expression_has_the_key_of_another_one_s_digest() -> None:
    long = key(ask("1" * 500))
    assert key(ask(long.removeprefix("calc:///"))) != long


@pytest.mark.parametrize("text", ["1+1", "1/2", "1" * 500, "π", "", "sha256:", "sha256:1"])
def test_what_a_person_writes_names_the_same_key(text: str) -> None:
    wanted = key(ask(text), "a:1")
    assert key_of(f"calc://A:1/{text}") == wanted
    assert key_of(wanted) == wanted


def test_a_list_needs_no_answer() -> None:
    assert described(Entry(NOW, said(seconds=60, time=NOW - 5)).meta, NOW + 10) == {
        "status": 200, "age": 15, "fresh_for": 45}
    assert described(Entry(NOW, said(seconds=65535)).meta, NOW)["fresh_for"] > 10 ** 9
    assert described(b"", NOW) == described(b"x" * 21, NOW) == {}


def test_entries_come_back_from_a_store() -> None:
    entry = Entry(NOW + 0.25, said())
    back = Entry.unpack(entry.pack())
    assert back == entry
    assert back is not None
    assert back.answer.raw == entry.answer.raw


@pytest.mark.parametrize("data", [
    b"", b"1234567", Entry(NOW, said()).pack()[:-1], Entry(NOW, said()).pack() + b"x", b"\x00" * 40,
    Entry(NOW, said(status=400)).pack(), Entry(NOW, said(c=False)).pack(),
])
def test_other_bytes_are_no_entry(data: bytes) -> None:
    assert Entry.unpack(data) is None
