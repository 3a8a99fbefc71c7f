from __future__ import annotations

import os
import socket

import pytest

from whywire.lab.sockets import LISTEN, parse, read

HEAD = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"


def line(local: str, state: int, *, queues: str = "00000000:00000000", inode: int = 7) -> str:
    """Return one line of the kernel's table."""
    return f"   0: {local} 0200000A:1F90 {state:02X} {queues} 01:00000014 00000000     0        0 {inode} 2 0\n"


def test_a_line_is_read() -> None:
    [row] = parse(HEAD + line("0100000A:B0A1", 1, queues="00000014:00000005"))
    assert (row.local, row.remote, row.state, row.to_send, row.to_read, row.inode) == (
        "0100000A:B0A1", "0200000A:1F90", 1, 20, 5, 7)


def test_a_cut_line_is_left_out() -> None:
    assert parse(HEAD + line("0100000A:B0A1", 1)[:60]) == parse(HEAD) == parse("") == []


@pytest.mark.parametrize(("state", "inode", "over"), [
    (1, 7, False), (2, 7, False), (4, 0, False), (5, 7, False), (5, 0, True), (6, 0, True), (8, 7, False),
    (9, 0, False), (10, 7, True), (11, 0, False),
])
def test_which_states_are_over(state: int, inode: int, over: bool) -> None:
    [row] = parse(HEAD + line("0100000A:B0A1", state, inode=inode))
    assert row.over is over


@pytest.mark.parametrize(("local", "only_local"), [
    ("0100007F:1F90", True), ("00000000:1F90", False), ("0200000A:1F90", False), ("0" * 24 + "01000000:1F90", True),
    ("0" * 32 + ":1F90", False),
])
def test_who_can_reach_a_listening_socket(local: str, only_local: bool) -> None:
    [row] = parse(HEAD + line(local, LISTEN))
    assert row.only_local is only_local


def test_the_kernels_own_table() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        table = os.open("/proc/self/net/tcp", os.O_RDONLY)
        try:
            twice = [[row for row in read((table,)) if row.inode == os.fstat(server.fileno()).st_ino] for _ in range(2)]
        finally:
            os.close(table)
        port = server.getsockname()[1]
    assert [[(row.local, row.state) for row in rows] for rows in twice] == [[(f"0100007F:{port:04X}", LISTEN)]] * 2
