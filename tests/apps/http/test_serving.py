"""The master and its parts; tests/cli/test_serve.py starts it as users do."""

from __future__ import annotations

import resource

import pytest

from whywire.apps.http.serving import allow_many_files, side_door
from whywire.base.errors import WhywireError


@pytest.mark.parametrize("where", ["x", "host:", "host:99999", "127.0.0.1:-1"])
def test_an_address_that_is_none_is_said(where: str) -> None:
    with pytest.raises(WhywireError, match="no address for the metrics"):
        side_door(where)


def test_the_metrics_listen_on_this_machine_when_no_host_is_said() -> None:
    (listener,) = side_door(":0")
    assert listener.getsockname()[0] == "127.0.0.1"
    listener.close()
    assert side_door("") == ()


def test_as_many_files_as_allowed() -> None:
    allow_many_files()
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    assert soft == hard
