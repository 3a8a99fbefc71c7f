from __future__ import annotations

import pytest

from tests.story.factories import call
from whywire.connections.model import Value
from whywire.story.values import Values, byte_count, call_list, call_name, call_source, file_name, place


@pytest.mark.parametrize(("name", "raw", "text"), [
    ("delay_ns", 4500, "4.50 us"),
    ("bytes", 10_952, "10,952 bytes"),
    ("bytes", 1, "1 byte"),
    ("packet", 12_345, "12345"),
    ("before", 65_536, "65,536"),
    ("seq", 4_000_000_000, "4000000000"),
    ("side", "client", "client"),
    ("what", "fin", "a FIN"),
    ("unread", 0, None),
    ("how", "call", None),
    ("call", 99, None),
    ("calls", (), None),
    ("bytes", None, None),
])
def test_a_value_as_people_read_it(name: str, raw: Value, text: str | None) -> None:
    assert Values({name: raw}, {}, {}).get(name) == text


def test_what_is_no_parameter_comes_from_the_place() -> None:
    values = Values({"side": None}, {}, {"side": "server", "sender": "client"})
    assert (values.get("side"), values.get("sender"), values.get("call")) == ("server", "client", None)


def test_a_call_is_named_by_its_place() -> None:
    made = call(7, "send", file="lib/chat/client.py", line=7, source="s.send(data)")
    assert (place(made), call_name(made), call_source(made)) == \
        ("client.py:7", "client.py:7 send()", "client.py:7 s.send(data)")
    assert place(call(7, "send", file=None, line=None)) == "client.py"


def test_a_long_source_line_is_cut() -> None:
    text = call_source(call(1, "send", source="x" * 200))
    assert text.endswith("x...")
    assert len(text) < 80


def test_many_calls_are_counted_by_place() -> None:
    calls = [call(n, "send", line=max(n, 3)) for n in range(1, 9)]
    assert call_list(calls) == ("3 calls of client.py:3 send(), client.py:4 send(), client.py:5 send(), "
                                "client.py:6 send(), 2 others")


@pytest.mark.parametrize(("name", "title"), [
    ("/home/ann/x.pcap", "x.pcap"), ("x.pcap", "x.pcap"), ("runs/v2-1/", "v2-1"), ("/dev/stdin", "standard input"),
    ("/", "/"),
])
def test_a_title_does_not_say_where_a_file_lies(name: str, title: str) -> None:
    assert file_name(name) == title


def test_counts_are_grouped() -> None:
    assert byte_count(13_000) == "13,000 bytes"
