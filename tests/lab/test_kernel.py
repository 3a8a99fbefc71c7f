from __future__ import annotations

import errno
import os
import signal
import socket
from pathlib import Path

import pytest

from tests.lab.bench import eventually
from whywire.lab import kernel


def alive(pid: int) -> bool:
    """Tell whether a process is there."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_refused_call_raises_with_errno() -> None:
    with pytest.raises(OSError) as caught:
        kernel.setns(-1, kernel.NEW_NET)
    assert caught.value.errno == errno.EBADF


def test_a_child_dies_with_its_parent() -> None:
    read, write = os.pipe()
    parent = os.fork()
    if parent == 0:
        child = os.fork()
        if child == 0:
            kernel.die_with_parent(signal.SIGKILL)
            os.write(write, f"{os.getpid()}\n".encode())
            signal.pause()
        signal.pause()
    grandchild = int(os.read(read, 20))
    os.close(read)
    os.close(write)
    assert alive(grandchild)
    os.kill(parent, signal.SIGKILL)
    os.waitpid(parent, 0)
    assert eventually(lambda: not alive(grandchild))


def test_binding_what_is_no_packet_socket_fails() -> None:
    with socket.socket() as plain, pytest.raises(OSError):
        kernel.bind_packets(plain.fileno(), 3)


def test_timer_slack_can_be_set_back() -> None:
    kernel.timer_slack(1_000)
    assert Path("/proc/self/timerslack_ns").read_text() == "1000\n"
    kernel.timer_slack(0)  # 0: the default again
    assert Path("/proc/self/timerslack_ns").read_text() == "50000\n"
