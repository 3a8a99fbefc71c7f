"""Call lines, part by part."""

from __future__ import annotations

import pytest

from whywire.ladder import LadderError, parse
from whywire.ladder.parse_call import balanced
from whywire.ladder.records import ENDED, STARTED, CallLine


def call(text: str) -> CallLine:
    """Return the call of a line."""
    (line,) = parse(text).calls
    return line


def test_everything_at_once() -> None:
    line = call('a: recv_into(buffer) = "5 and more" fd 4 tid 3 pid 2 program "my x" listening moved 5 how late '
                "in main at x.py:3 `f(\"#\")` takes 0.25 # slow")
    assert line == CallLine(
        "a", "recv_into", args="buffer", result="5 and more", takes_ns=250_000_000, listening=True, file="x.py",
        lineno=3, source='f("#")', function="main",
        how="late", byte_count=5, program="my x", pid=2, tid=3, fd=4, comment="slow")


@pytest.mark.parametrize(("text", "args"), [
    ("a: x()", ""), ("a: x( 5 )", "5"), ("a: x(('server', 12345), (1, 2))", "('server', 12345), (1, 2)"),
    ('a: x(")\\n")', ")\n"), ("a: x(# not a comment)", "# not a comment")])
def test_arguments(text: str, args: str) -> None:
    assert call(text).args == args


@pytest.mark.parametrize(("text", "result", "error"), [
    ("a: x() = 5", "5", None), ("a: x() = -1", "-1", None), ("a: x() = 13 bytes", "13 bytes", None),
    ("a: x() = 1 byte # y", "1 byte", None), ("a: x() = None", "None", None), ("a: x() = `b'a'`", "b'a'", None),
    ('a: x() ! "OSError: [Errno 9]"', None, "OSError: [Errno 9]"), ("a: x()", None, None)])
def test_outcomes(text: str, result: str | None, error: str | None) -> None:
    line = call(text)
    assert (line.result, line.error) == (result, error)


def test_start_and_end() -> None:
    assert call("a: recv(5) ... at x.py").phase == STARTED
    line = call("a: ... recv = 5 bytes")
    assert (line.phase, line.name, line.result) == (ENDED, "recv", "5 bytes")


def test_a_file_with_space_in_its_name() -> None:
    line = call('a: x() at "my file.py":7')
    assert (line.file, line.lineno, line.source) == ("my file.py", 7, None)


def test_balanced() -> None:
    assert [balanced(text) for text in ("", "a(b)c", ")(", "(", "())(")] == [True, True, False, False, False]


@pytest.mark.parametrize(("text", "column", "what"), [
    ("a: x", 5, "expected '('"), ("a: x(5", 5, "the parenthesis of the arguments is not closed"),
    ("a: 5()", 4, "expected the call's name"), ('a: x(b"")', 7, "a double quote among the arguments"),
    ("a: x() = soon", 10, "expected what it returned"), ("a: x() ! Error", 10, "expected the error in quotes"),
    ("a: x() ... = 5", 12, "expected the end of the line"),
    ("a: x() ... takes 5", 12, "only a whole call takes a time"),
    ("a: x() pid 5 pid 6", 14, "pid is given twice"), ("a: x() when 5", 8, "'when' is not known here; there are takes"),
    ("a: x() at", 10, "expected the file"), ("a: x() at f:0", 13, "a line number is 0")])
def test_what_is_refused(text: str, column: int, what: str) -> None:
    with pytest.raises(LadderError) as caught:
        parse(text)
    assert what in caught.value.what
    assert caught.value.column == column
