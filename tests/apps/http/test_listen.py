"""Listening sockets."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from whywire.apps.http import listen
from whywire.base.errors import WhywireError


def closed(*sockets: socket.socket) -> None:
    for one in sockets:
        one.close()


def test_copies_share_one_port() -> None:
    copies = listen.tcp("127.0.0.1", 0, 3)
    ports = {one.getsockname()[1] for copy in copies for one in copy}
    assert len(copies) == 3 and len(ports) == 1 and listen.shown(copies[0][0]) == f"http://127.0.0.1:{ports.pop()}/"
    closed(*(one for copy in copies for one in copy))


def test_a_port_that_is_taken_is_said_for_one_worker_and_for_many() -> None:
    (taken,), = listen.tcp("127.0.0.1", 0, 1)
    for copies in (1, 2):
        with pytest.raises(WhywireError, match=r"Can't listen on .*\n.*Another program"):
            listen.tcp("127.0.0.1", taken.getsockname()[1], copies)
    closed(taken)


def test_ipv6_and_a_host_that_is_none() -> None:
    (six,), = listen.tcp("::1", 0)
    assert listen.shown(six, "https").startswith("https://[::1]:")
    closed(six)
    with pytest.raises(WhywireError, match="no address for the host"):
        listen.tcp("no host", 0)
    with pytest.raises(WhywireError, match="not an address of this machine"):
        listen.tcp("192.0.2.1", 0)


def test_a_unix_socket_replaces_its_dead_predecessor_only(tmp_path: Path) -> None:
    path = str(tmp_path / "s")
    first = listen.unix(path)
    with pytest.raises(WhywireError, match="Another program listens"):
        listen.unix(path)
    first.close()
    second = listen.unix(path)
    assert listen.shown(second) == f"unix:{path}"
    listen.remove(path)
    assert not os.path.lexists(path)
    closed(second)
    (tmp_path / "file").write_text("mine")
    with pytest.raises(WhywireError, match="is no socket"):
        listen.unix(str(tmp_path / "file"))
    assert (tmp_path / "file").read_text() == "mine"


def test_sockets_that_systemd_hands_over() -> None:
    assert listen.handed_over({}, 1) == listen.handed_over({"LISTEN_PID": "2", "LISTEN_FDS": "1"}, 1) == []
    code = ("import os\nfrom whywire.apps.http import listen\n"
            "found = listen.handed_over({'LISTEN_PID': str(os.getpid()), 'LISTEN_FDS': '1'}, os.getpid())\n"
            "print(listen.shown(found[0]), os.get_inheritable(3))")
    (listener,), = listen.tcp("127.0.0.1", 0)
    shown = listen.shown(listener)
    done = subprocess.run([sys.executable, "-c", f"import os; os.dup2({listener.fileno()}, 3)\n{code}"],
                          pass_fds=(listener.fileno(),), capture_output=True, text=True, check=True, timeout=20)
    closed(listener)
    assert done.stdout == f"{shown} False\n"
