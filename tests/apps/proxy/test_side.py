"""Where the administrator's address may be."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from whywire.apps.proxy.side import listening
from whywire.base.errors import WhywireError


def test_a_socket_that_was_left_behind_is_taken(tmp_path: Path) -> None:
    where = tmp_path / "proxy.sock"
    tmp_path.chmod(0o700)
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(where))
    listening(str(where)).close()


@pytest.mark.parametrize("where", ["0.0.0.0:0", "192.0.2.1:9", "[::]:0", "example.com:80", "127.0.0.1:x"])
def test_addresses_that_others_reach_are_refused(where: str) -> None:
    with pytest.raises(WhywireError, match="administrator"):
        listening(where)


def test_a_folder_that_others_may_write_to_is_refused(tmp_path: Path) -> None:
    (tmp_path / "open").mkdir()
    (tmp_path / "open").chmod(0o777)
    with pytest.raises(WhywireError, match="others may write"):
        listening(str(tmp_path / "open" / "proxy.sock"))
