from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import Any

import pytest

from tests.lab.bench import can_run_labs, plan
from whywire.lab.engine import EngineSetup, engine


@pytest.fixture(autouse=True)
def needs_a_lab() -> None:
    can_run_labs()


def started(setup: Any, parent: int) -> tuple[int, bytes]:
    """Run an engine in a child; return its exit code and what it said."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    child = os.fork()
    if child == 0:
        ours.close()
        engine(setup, parent, theirs, theirs)
    theirs.close()
    with ours:
        said = ours.recv(8192)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), said


def test_an_engine_whose_parent_is_gone_ends_at_once(tmp_path: Path) -> None:
    setup = EngineSetup(plan(tmp_path), [], [], [], str(tmp_path), tmp_path.joinpath, lambda _: None)
    assert started(setup, parent=-1) == (1, b"")


def test_a_bug_in_the_engine_is_told_with_its_traceback() -> None:
    code, said = started(None, os.getpid())
    kind, what, detail = said.decode().split("\0")
    assert (code, kind) == (1, "bug")
    assert what.startswith("AttributeError")
    assert "engine.py" in detail
