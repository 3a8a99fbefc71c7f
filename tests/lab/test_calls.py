from __future__ import annotations

from pathlib import Path
from typing import Any

from whywire.base.records import Call
from whywire.lab.calls import CallMaker, TracedProgram


def ended(number: int, name: str, at: int, until: int, **more: Any) -> dict[str, Any]:
    """Return the line of a call that is whole."""
    return {"t": "e", "ns": at, "end": until, "i": number, "pid": 2, "tid": 2, "n": name, **more}


def made(*lines: dict[str, Any], stop: int = 1000, gone: dict[int, int] | None = None, script: str | None = "/a/p.py",
         host: str = "client", address: str = "10.0.0.1") -> list[Call]:
    """Return the calls of one program."""
    program = TracedProgram(host, address, "p.py", script, list(lines), gone or {})
    return CallMaker(lambda _, file: Path(file).name).calls([program], stop)


def test_calls_are_numbered_by_start_over_all_hosts() -> None:
    lines = [ended(1, "connect", 5, 9), ended(2, "send", 10, 11)]
    client = TracedProgram("client", "10.0.0.1", "c.py", None, lines, {})
    lines = [ended(1, "accept", 2, 9), ended(2, "recv", 10, 12)]
    server = TracedProgram("server", "10.0.0.2", "s.py", None, lines, {})
    found = CallMaker(lambda *_: None).calls([client, server], 100)
    assert [(call.number, call.host, call.name) for call in found] == [
        (1, "server", "accept"), (2, "client", "connect"), (3, "client", "send"), (4, "server", "recv")]


def test_a_socket_keeps_its_number_in_a_forked_child_and_hosts_have_their_own() -> None:
    lines = [ended(1, "bind", 1, 2, ino=50), ended(2, "accept", 3, 4, ino=50, ai=51),
             {**ended(1, "recv", 5, 6, ino=51), "pid": 9}]
    found = made(*lines)
    assert found[0].socket == found[1].socket != found[1].accepted == found[2].socket
    assert found[2].pid == 9


def test_a_refused_connection_gets_the_hosts_address() -> None:
    [call] = made(ended(1, "connect", 1, 2, ino=5, lo="0.0.0.0:4711", to="10.0.0.2:80", x="ConnectionRefusedError: no"))
    assert (call.local, call.peer, call.error) == ("10.0.0.1:4711", "10.0.0.2:80", "ConnectionRefusedError: no")


def test_an_accepted_connection_has_its_own_ends() -> None:
    [call] = made(ended(1, "accept", 1, 2, ino=5, lo="0.0.0.0:80", ai=6, alo="10.0.0.2:80", ape="10.0.0.1:4711"))
    assert (call.local, call.peer) == ("10.0.0.2:80", "10.0.0.1:4711")


def test_how() -> None:
    lines = [ended(1, "close", 1, 2, ino=5, a="garbage"), ended(2, "shutdown", 3, 4, ino=6, a="write"),
             ended(3, "setsockopt", 5, 6, ino=6, a="SO_LINGER = on 1, 0 s")]
    assert [(call.how, call.args) for call in made(*lines)] == [
        ("garbage", ""), ("write", ""), ("SO_LINGER", "SO_LINGER = on 1, 0 s")]


def test_the_source_line(tmp_path: Path) -> None:
    (tmp_path / "p.py").write_text("import socket\n\n    s.send(b'x')  \n")
    file = str(tmp_path / "p.py")
    lines = [ended(1, "send", 1, 2, f=file, l=3, fn="main"), ended(2, "recv", 3, 4, f=file, l=99, fn="main"),
             ended(3, "recv", 5, 6, f="<string>", l=1, fn="<module>"), ended(4, "recv", 7, 8)]
    assert [(call.file, call.line, call.source) for call in made(*lines)] == [
        ("p.py", 3, "s.send(b'x')"), ("p.py", 99, None), ("<string>", 1, None), (None, None, None)]


def test_another_script_in_a_child_has_its_own_name() -> None:
    lines = [{"t": "p", "ns": 0, "pid": 2, "main": "p.py"}, {"t": "p", "ns": 0, "pid": 3, "main": "worker.py"},
             {"t": "p", "ns": 0, "pid": 4, "main": "-c"}]
    lines += [{**ended(1, "recv", pid, 9), "pid": pid} for pid in (2, 3, 4)]
    assert [call.program for call in made(*lines)] == ["p.py", "worker.py", "p.py"]


def test_what_a_process_left_open_is_closed_by_its_exit() -> None:
    lines = [ended(1, "connect", 1, 2, ino=5, lo="10.0.0.1:9", pe="10.0.0.2:80"), ended(2, "connect", 3, 4, ino=6),
             ended(3, "close", 5, 6, ino=6, a="call"), {"t": "x", "ns": 7, "i": 4, "pid": 2, "tid": 2}]
    found = made(*lines, gone={2: 20})
    assert [(call.name, call.how, call.start_ns, call.end_ns) for call in found] == [
        ("connect", None, 1, 2), ("connect", None, 3, 4), ("close", "call", 5, 6), ("exit", None, 7, 20),
        ("close", "exit", 7, 20)]
    assert (found[4].local, found[4].peer, found[4].socket) == ("10.0.0.1:9", "10.0.0.2:80", found[0].socket)


def test_a_socket_that_a_living_child_has_is_not_closed() -> None:
    lines = [ended(1, "accept", 1, 2, ino=4, ai=5), {**ended(1, "recv", 3, 4, ino=5), "pid": 9}]
    found = made(*lines, gone={2: 20})
    assert [(call.name, call.socket == found[0].socket) for call in found] == [
        ("accept", True), ("recv", False), ("close", True)]


def test_nothing_after_the_recording() -> None:
    lines = [ended(1, "recv", 1, 2), ended(2, "send", 50, 60), {"t": "x", "ns": 70, "i": 3, "pid": 2, "tid": 2}]
    assert [call.name for call in made(*lines, stop=40)] == ["recv"]


def test_a_connect_by_name_that_failed_has_the_address() -> None:
    lines = [ended(1, "connect", 1, 2, ino=5, lo="0.0.0.0:4711", to="server:80", x="ConnectionRefusedError: no"),
             ended(2, "connect", 3, 4, ino=6, to="elsewhere:80", x="gaierror: no")]
    client = TracedProgram("client", "10.0.0.1", "c.py", None, lines, {})
    server = TracedProgram("server", "10.0.0.2", "s.py", None, [], {})
    found = CallMaker(lambda *_: None).calls([client, server], 100)
    assert [(call.local, call.peer) for call in found] == [("10.0.0.1:4711", "10.0.0.2:80"), (None, "elsewhere:80")]
