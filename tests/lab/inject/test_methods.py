from __future__ import annotations

from pathlib import Path

from tests.lab.inject.traced import PAIR, named, traced


def test_a_conversation(tmp_path: Path) -> None:
    calls = traced(tmp_path, PAIR + "client.sendall(b'abc')\nprint(conn.recv(9))\nconn.shutdown(1)\nclient.recv(1)\n"
                   "conn.close()\nclient.close()\nserver.close()\n")
    assert [call["n"] for call in calls if call["n"] != "setsockopt"] == [
        "bind", "listen", "connect", "accept", "sendall", "recv", "shutdown", "recv", "close", "close", "close"]
    [connect], [accept], [send] = named(calls, "connect"), named(calls, "accept"), named(calls, "sendall")
    assert connect["lo"] == accept["ape"]
    assert connect["pe"] == accept["alo"]
    assert (send["a"], send["b"], send["l"], send["fn"]) == ("3 bytes", 3, 6, "<module>")
    assert [call["b"] for call in named(calls, "recv")] == [3, 0]
    assert named(calls, "recv")[0]["ino"] == accept["ai"]
    assert named(calls, "shutdown")[0]["a"] == "write"
    assert {call["a"] for call in named(calls, "close")} == {"call"}
    assert all(call["ns"] <= call["end"] for call in calls)


def test_makefile_connect_ex_and_vectors(tmp_path: Path) -> None:
    calls = traced(tmp_path, PAIR + "with client.makefile('wb') as file: file.write(b'line\\n')\n"
                   "print(conn.makefile('rb').readline())\nclient.sendmsg([b'ab', b'c'])\n"
                   "conn.recv_into(bytearray(9))\nother = socket.socket()\nserver.close()\n"
                   "print(other.connect_ex(('127.0.0.1', port)))\n")
    assert named(calls, "send")[0]["l"] == 6
    assert [call["b"] for call in named(calls, "recv_into")] == [5, 3]
    assert named(calls, "sendmsg")[0]["a"] == "2 parts"
    refused = named(calls, "connect")[1]
    assert refused["x"].startswith("ConnectionRefusedError: [Errno 111]")
    assert refused["to"] == named(calls, "connect")[0]["pe"]
    assert not refused["lo"].endswith(":0")


def test_close_is_told_when_the_descriptor_goes(tmp_path: Path) -> None:
    calls = traced(tmp_path, PAIR + "file = client.makefile('rb')\nclient.close()\nconn.send(b'x')\nfile.close()\n"
                   "conn.close()\nserver.close()\n")
    assert [(call["n"], call.get("l")) for call in calls if call["n"] in ("send", "close")][:2] == [
        ("send", 8), ("close", 9)]


def test_a_time_limit_is_in_the_start(tmp_path: Path) -> None:
    calls = traced(tmp_path, PAIR + "conn.settimeout(0.02)\ntry:\n    conn.recv(1)\nexcept OSError: pass\n")
    [recv] = named(calls, "recv")
    assert recv["u"] - recv["ns"] <= 20_000_000
    assert recv["x"] == "TimeoutError: timed out"


def test_other_families_are_left_alone(tmp_path: Path) -> None:
    calls = traced(tmp_path, "import socket\na, b = socket.socketpair()\na.send(b'x')\nb.recv(1)\na.close()\n")
    assert calls == []


def test_whom_a_call_speaks_to_is_known_before_it_returns(tmp_path: Path) -> None:
    """The accept queue is soon full, the kernel drops the next SYN, and the last connect() never ends."""
    calls = traced(tmp_path, "import os, socket, threading\nserver = socket.socket()\nserver.bind(('127.0.0.1', 0))\n"
                   "server.listen(0)\naddress = server.getsockname()\n"
                   "threading.Timer(0.3, os._exit, (0,)).start()\n"
                   "kept = [socket.create_connection(address) for _ in range(9)]\n")
    *_, last = named(calls, "connect")
    assert "end" not in last
    assert last["to"] == named(calls, "connect")[0]["pe"]
