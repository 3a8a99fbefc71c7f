from __future__ import annotations

from pathlib import Path

from tests.lab.inject.traced import PAIR, named, traced


def test_options_are_named(tmp_path: Path) -> None:
    calls = traced(tmp_path, "import socket, struct\ns = socket.socket()\n"
                   "s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))\n"
                   "s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, True)\n"
                   "s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)\n")
    assert [call["a"] for call in named(calls, "setsockopt")] == [
        "SO_LINGER = on 1, 0 s", "TCP_NODELAY = True", "SO_REUSEADDR = 1"]


def test_long_arguments_are_cut(tmp_path: Path) -> None:
    calls = traced(tmp_path, PAIR + "conn.settimeout(1)\nclient.send(b'x' * 1000)\n"
                   "try: client.connect(('x' * 500, 1))\nexcept OSError: pass\n")
    assert named(calls, "send")[0]["a"] == "1000 bytes"
    assert len(named(calls, "connect")[1]["a"]) == 120
