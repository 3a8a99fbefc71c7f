"""Call lines as `Call` records: sockets, ends, what was moved, and calls that wait."""

from __future__ import annotations

import pytest

from tests.ladders import compiled
from whywire.base.records import Call
from whywire.capture.compile import START_NS
from whywire.ladder import LadderError


def calls(text: str) -> list[Call]:
    """Return the calls of a ladder."""
    return list(compiled(text).calls)


HANDSHAKE = "a>b S 0:0(0)\nb>a SA 0:0(0) ack 1\n"


def test_a_call_that_waits() -> None:
    (connect,) = calls("a: connect(b:80) ... at c.py:2 `s.connect(x)` in main\n+0.010 " + HANDSHAKE
                       + "+0.005 a: ... connect = 0\n")
    assert (connect.start_ns, connect.end_ns) == (START_NS, START_NS + 15_000_000)
    assert (connect.args, connect.result, connect.error) == ("b:80", "0", None)
    assert (connect.local, connect.peer) == ("10.0.0.1:50001", "10.0.0.2:80")
    assert (connect.file, connect.line, connect.source, connect.function) == ("c.py", 2, "s.connect(x)", "main")


def test_a_call_that_never_returned_and_one_that_failed() -> None:
    first, second = calls(HANDSHAKE + 'b: recv(1024) ...\na: recv(5) ! "ConnectionResetError: [Errno 104]" takes 0.5')
    assert (first.end_ns, first.byte_count, first.socket != second.socket) == (None, None, True)
    assert (second.end_ns, second.byte_count) == (START_NS + 500_000_000, None)
    assert second.error == "ConnectionResetError: [Errno 104]"


def test_the_listening_socket_and_what_it_accepts() -> None:
    listen, accept, recv, closed, last = calls(
        HANDSHAKE + "b: listen(1) = None\nb: accept() = 5\nb: recv(9) = 3\nb: close()\nb: close() listening")
    assert listen.socket == accept.socket == last.socket
    assert (listen.local, listen.peer) == ("0.0.0.0:80", None)
    assert accept.accepted == recv.socket == closed.socket != listen.socket
    assert (accept.local, accept.peer) == ("10.0.0.2:80", "10.0.0.1:50001")


def test_without_a_tag_calls_go_to_the_connection_opened_last() -> None:
    text = """
        connection c1 a:1 > b:80
        connection c2 a:2 > b:80
        a: connect(b:80) = 0
        a: connect(b:80) = 0
        b: accept() ...
        b: accept() ...
        b: ... accept = 1
        b: recv(1) = 1
        b: ... accept = 2
        b: recv(1) = 1
        a: send(1 bytes) = 1
        c1 a: send(1 bytes) = 1
    """
    found = calls(text)
    assert [call.local for call in found if call.host == "a"] == \
        ["10.0.0.1:1", "10.0.0.1:2", "10.0.0.1:2", "10.0.0.1:1"]
    assert [call.peer for call in found if call.name == "recv"] == ["10.0.0.1:1", "10.0.0.1:2"]


@pytest.mark.parametrize(("line", "moved"), [
    ("a: send(13 bytes) = 13", 13), ("a: sendall(13 bytes) = None", 13), ("a: recv(5) = 3 bytes", 3),
    ("a: recv(5) = 0", 0), ("a: recv(5) = \"b'abc'\" moved 3", 3), ("a: recv(5) = \"b'abc'\"", None),
    ("a: close()", None), ("a: sleep(5)", None)])
def test_bytes_that_a_call_moved(line: str, moved: int | None) -> None:
    (call,) = calls(HANDSHAKE + line)
    assert call.byte_count == moved


@pytest.mark.parametrize(("line", "how"), [
    ("a: close()", "call"), ("a: close() how garbage", "garbage"), ("a: shutdown(SHUT_WR)", "write"),
    ("a: shutdown(write)", "write"), ("a: setsockopt(SO_LINGER) how SO_LINGER", "SO_LINGER"), ("a: recv(5)", None)])
def test_how(line: str, how: str | None) -> None:
    (call,) = calls(HANDSHAKE + line)
    assert call.how == how


def test_programs_and_processes() -> None:
    found = calls(HANDSHAKE + "program a client.py pid 17\n"
                  "a: send(1)\nb: send(1) tid 9 fd 4\na: exit() program x pid 3")
    assert [(call.number, call.program, call.pid, call.tid, call.fd) for call in found] == \
        [(1, "client.py", 17, 17, None), (2, "b", 1002, 9, 4), (3, "x", 3, 3, None)]
    assert found[2].socket is None


@pytest.mark.parametrize(("text", "what"), [
    ("a: ... recv = 5", "no recv of a is open"), ("c3 a: send(1)", "there is no connection c3"),
    ("connection c1 a:1 > b:2\nc1 z: send(1)", "z is no end of c1")])
def test_contradictions(text: str, what: str) -> None:
    with pytest.raises(LadderError, match=what):
        calls(text)
