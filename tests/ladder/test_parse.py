"""Lines: comments, declarations, events; and what is refused, with its place."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whywire.ladder import LadderError, parse
from whywire.ladder.records import (
    AtLine,
    CallLine,
    Comment,
    ConnectionLine,
    HostLine,
    Line,
    PacketLine,
    ProgramLine,
    StartLine,
)


@pytest.mark.parametrize(("text", "line"), [
    ("#", Comment("")), ("  #  why? # because ", Comment("why? # because")),
    ("host a 10.0.0.1", HostLine("a", "10.0.0.1")), ("host a FE80:0::1 # x", HostLine("a", "fe80::1", "x")),
    ("connection c2 a:1 > b:2", ConnectionLine("c2", "a", 1, "b", 2)),
    ("connection c2 a:1>b:2 isn * 4294967295", ConnectionLine("c2", "a", 1, "b", 2, None, 4294967295)),
    ("program a client.py", ProgramLine("a", "client.py")),
    ('program a "my client" pid 5', ProgramLine("a", "my client", 5)),
    ("start 1700000000.5", StartLine(1_700_000_000_500_000_000)), ("at b", AtLine("b")),
    ("a>b - 0:0(0)", PacketLine("a", "b", "", 0)),
    ("+1.5 c3 a: x()", CallLine("a", "x", delta_ns=1_500_000_000, tag="c3")),
    ("host>at - 0:0(0)", PacketLine("host", "at", "", 0)), ("at: close()", CallLine("at", "close")),
    ("c1: close()", CallLine("c1", "close")),
    ("-0.000000001 a: x() # y", CallLine("a", "x", delta_ns=-1, comment="y"))])
def test_lines(text: str, line: Line) -> None:
    assert parse(text).lines == (line,)


def test_windows_line_ends_and_empty_lines() -> None:
    assert parse("# a\r\n\r\n   \n# b") == parse("# a\n# b\n")


@pytest.mark.parametrize(("text", "column", "what"), [
    ("?", 1, "expected a time (+0.010), a host, a declaration"), ("+0.1", 5, "expected a host, the line ends"),
    ("+x a: y()", 1, "expected a time, found '+x'"), ("+0.0000000001 a: x()", 1, "expected a time"),
    ("abc", 4, "expected '>' and the receiver, or ':' and a call"), ("host a 1.2.3", 8, "neither an IPv4 nor an IPv6"),
    ("host a 10.0.0.1 x", 17, "expected the end of the line"), ("connection x a:1 > b:2", 12, "expected a tag"),
    ("connection c1 a:1 > b:2 isn 5", 30, "the server's initial sequence number"),
    ("connection c1 a:1 > b:99999", 23, "a port is 99999"), ("start 99999999999", 7, "64 bits of nanoseconds"),
    ("start soon", 7, "expected seconds since 1970"), ("connection c1 a:1 > a:1", 0, "both ends of the connection")])
def test_what_is_refused(text: str, column: int, what: str) -> None:
    with pytest.raises(LadderError) as caught:
        parse("# first\n" + text)
    assert what in caught.value.what
    assert (caught.value.line, caught.value.column) == (2, column)


@given(st.text() | st.text("ab>c1:() SA0,<+=.\"`\\#\n"))
def test_any_text(text: str) -> None:
    try:
        lines = parse(text).lines
    except LadderError as error:
        assert 1 <= error.line <= text.count("\n") + 1
    else:
        assert len(lines) <= text.count("\n") + 1
