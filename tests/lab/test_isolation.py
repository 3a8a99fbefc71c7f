from __future__ import annotations

import errno
import os
import socket
import sys
from pathlib import Path

import pytest

from tests.lab.bench import can_run_labs
from whywire.lab import isolation, kernel
from whywire.lab.isolation import IsolationError
from whywire.lab.probe import attempt


@pytest.fixture(autouse=True)
def needs_a_lab() -> None:
    can_run_labs()


def alone() -> None:
    """Enter what a lab enters: a user namespace where one is needed."""
    if not isolation.is_privileged():
        isolation.enter_user_namespace()


def test_the_user_stays_who_he_is() -> None:
    before = os.geteuid(), os.getegid()

    def look() -> None:
        alone()
        isolation.own_network()
        if (os.geteuid(), os.getegid()) != before:
            raise OSError(1, "another user")

    assert attempt(look) is None
    assert (os.geteuid(), os.getegid()) == before


def test_a_network_of_its_own_with_its_own_settings() -> None:
    def look() -> None:
        alone()
        isolation.own_network()
        isolation.set_sysctls()
        names = [name for _, name in socket.if_nameindex()]
        settings = {name: Path("/proc/sys", name).read_text().split() for name in isolation.SYSCTLS
                    if Path("/proc/sys", name).exists()}
        wrong = {name: value for name, value in settings.items() if value != isolation.SYSCTLS[name].split()}
        if "lo" not in names or "eth0" in names or wrong:
            raise OSError(1, f"{names} {wrong}")

    outside = Path("/proc/sys/net/ipv4/tcp_congestion_control").read_text()
    assert attempt(look) is None
    assert Path("/proc/sys/net/ipv4/tcp_congestion_control").read_text() == outside


def test_a_file_is_replaced_for_nobody_else(tmp_path: Path) -> None:
    (tmp_path / "work").mkdir()
    target = tmp_path / "names"
    target.write_text("as it was")

    def look() -> None:
        alone()
        isolation.own_mounts()
        isolation.replace_files({str(target): "as it is shown"}, str(tmp_path / "work"))
        if target.read_text() != "as it is shown" or list((tmp_path / "work").iterdir()):
            raise OSError(1, target.read_text())

    mounts = Path("/proc/self/mountinfo").read_text()
    assert attempt(look) is None
    assert target.read_text() == "as it was"
    assert Path("/proc/self/mountinfo").read_text() == mounts


def test_a_refusal_names_its_step(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: int) -> None:
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(kernel, "unshare", refuse)
    with pytest.raises(IsolationError) as caught:
        isolation.enter_user_namespace()
    assert "user namespace" in caught.value.step
    assert caught.value.error.errno == errno.EPERM
    with pytest.raises(IsolationError, match="network namespace"):
        isolation.own_network()


@pytest.mark.skipif(sys.platform != "linux", reason="capabilities are Linux's")
def test_privileges_are_read_from_the_kernel() -> None:
    bits = int(next(line for line in Path("/proc/self/status").read_text().splitlines()
                    if line.startswith("CapEff:")).split()[1], 16)
    assert isolation.is_privileged() == all(bits >> bit & 1 for bit in (12, 13, 21))
