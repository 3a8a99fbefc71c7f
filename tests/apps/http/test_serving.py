"""The master and its parts; tests/cli/test_serve.py starts it as users do."""

from __future__ import annotations

import resource
import subprocess
import sys
from pathlib import Path

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


FAILING = """
import os
from whywire.apps.http.serving import Serving, serve
from whywire.base.errors import WhywireError

def make():
    raise WhywireError("the folder has gone")

try:
    serve(Serving(make=make, port=0, workers=2), lambda where: print("listens", len(where)))
except WhywireError as error:
    print(error.exit_code, error)
try:
    os.waitpid(-1, 0)
except ChildProcessError:
    print("no worker is left")
"""


def test_workers_that_can_t_begin_end_the_server() -> None:
    """They are not started again and again, and each says why."""
    source = str(Path(__file__).resolve().parents[3] / "src")
    done = subprocess.run([sys.executable, "-c", FAILING], env={"PYTHONPATH": source}, capture_output=True, text=True,
                          timeout=30, check=True)
    assert done.stdout.splitlines() == ["listens 1", "2 The workers could not begin; what they said stands above.",
                                        "no worker is left"]
    assert set(done.stderr.splitlines()) == {"whywire: the folder has gone"}
