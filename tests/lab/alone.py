"""A network of a test's own: nothing in it but loopback, and nobody else's packets."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from whywire.lab.isolation import enter_user_namespace, is_privileged, own_network
from whywire.lab.netlink import Netlink
from whywire.lab.probe import attempt

ROOT = Path(__file__).resolve().parent.parent.parent
LOOPBACK = 1
"""The index of lo in every network namespace."""


def enter() -> None:
    """Move this process to a network of its own."""
    if not is_privileged():
        enter_user_namespace()
    os.close(own_network())
    route = Netlink()
    route.set_up(LOOPBACK)
    route.commit()
    route.close()


def alone(check: Callable[[], object]) -> None:
    """Hold that ``check`` returns None in a child that has a network of its own."""
    def action() -> None:
        enter()
        try:
            found = check()
        except Exception as error:
            raise OSError(1, f"{type(error).__name__}: {error}") from error
        if found is not None:
            raise OSError(1, f"found {found!r}")

    assert attempt(action) is None


def script(code: str, timeout: float = 60.0) -> subprocess.CompletedProcess[str]:
    """Run Python code as a process of its own in such a network."""
    return subprocess.run([sys.executable, "-c", f"from tests.lab.alone import enter\nenter()\n{code}"], check=False,
                          capture_output=True, text=True, timeout=timeout, cwd=ROOT, stdin=subprocess.DEVNULL,
                          env={**os.environ, "PYTHONPATH": f"{ROOT}/src:" + os.environ.get("PYTHONPATH", "")})
