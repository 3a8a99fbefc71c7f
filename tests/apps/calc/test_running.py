"""Addresses that can't be listened on, in words."""

from __future__ import annotations

import socket

import pytest

from whywire.apps.calc.running import until_signal
from whywire.apps.calc.server import Options, run
from whywire.base.errors import WhywireError


def test_a_port_that_is_taken() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(WhywireError) as caught:
            run(Options(port=port))
    assert caught.value.what == f"the calculator can't listen on 127.0.0.1:{port}: Address already in use"
    assert caught.value.hint == "another program listens there; stop it, or choose another --port"
    assert caught.value.exit_code == 1


def test_an_address_of_somebody_else() -> None:
    with pytest.raises(WhywireError, match=r"127\.0\.0\.1 is, and 0\.0\.0\.0 stands for all"):
        run(Options(host="192.0.2.1"))


def test_it_starts_waits_and_stops() -> None:
    told: list[str] = []

    async def start() -> int:
        told.append("start")
        return 5

    async def over() -> None:
        told.append("over")

    async def stop() -> None:
        told.append("stop")

    assert until_signal("it", "here", 0, start, stop, told.append, over) == 0
    assert told == ["start", "it listens on here:5", "over", "stop"]
