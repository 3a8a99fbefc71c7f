from __future__ import annotations

import subprocess
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tools import environment


class Machine:
    """A machine with some programs, on which commands are only written down."""

    def __init__(
            self, monkeypatch: pytest.MonkeyPatch, programs: set[str], *, root: bool, sudo_asks: bool = True) -> None:
        self.calls: list[list[str]] = []
        self.sudo_asks = sudo_asks
        monkeypatch.setattr("shutil.which", lambda name: f"/usr/bin/{name}" if name in programs else None)
        monkeypatch.setattr("os.geteuid", lambda: 0 if root else 1000)
        monkeypatch.setattr(subprocess, "run", self.run)

    def run(self, command: list[str], **_: Any) -> SimpleNamespace:
        """Write a command down; sudo works or asks for a password."""
        self.calls.append(command)
        return SimpleNamespace(returncode=1 if command == ["sudo", "-n", "true"] and self.sudo_asks else 0)


PEERS = set(environment.PEERS)


def test_what_is_there_is_left_alone(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    machine = Machine(monkeypatch, {*PEERS, "apt-get"}, root=True)
    environment.install_peers()
    assert machine.calls == []
    assert capsys.readouterr().out == ""


def test_root_installs_it_and_says_so(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    machine = Machine(monkeypatch, {*PEERS - {"tshark", "nginx"}, "apt-get"}, root=True)
    environment.install_peers()
    assert [call[4:] for call in machine.calls] == [["install", "-y", "--no-install-recommends", "tshark", "nginx"]]
    assert "missing: tshark, nginx. Installing it: apt-get install" in capsys.readouterr().out


@pytest.mark.parametrize("forbidden_already", [False, True])
def test_what_debian_installs_is_not_started(tmp_path: Path, forbidden_already: bool) -> None:
    policy = tmp_path / "policy-rc.d"
    if forbidden_already:
        policy.write_text("its owner's")
    apt = tmp_path / "apt-get"
    apt.write_text(f"#!/bin/sh\necho \"$@\"\ncat {policy}\n")
    apt.chmod(0o755)
    script = environment.WITHOUT_STARTING.replace("/usr/sbin/policy-rc.d", str(policy))
    done = subprocess.run(["sh", "-c", script, "sh", "install", "nginx"], capture_output=True, text=True, check=True,
                          env={"PATH": f"{tmp_path}:/usr/bin:/bin"})
    held = "its owner's" if forbidden_already else "#!/bin/sh\nexit 101\n"
    assert done.stdout == f"update -q\n{held}install nginx\n{held}"
    assert policy.exists() == forbidden_already


def test_sudo_that_does_not_ask_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    machine = Machine(monkeypatch, {*PEERS - {"tshark"}, "dnf", "sudo"}, root=False, sudo_asks=False)
    environment.install_peers()
    assert machine.calls[-1] == ["sudo", "-n", "dnf", "install", "-y", "wireshark-cli"]


@pytest.mark.parametrize(("programs", "says"), [
    ({"apt-get", "sudo"}, "sudo apt-get install tshark"), ({"pacman"}, "sudo pacman -S wireshark-cli"),
    (set(), "package manager is not one that"),
])
def test_otherwise_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
                                           programs: set[str], says: str) -> None:
    machine = Machine(monkeypatch, programs | PEERS - {"tshark"}, root=False)
    environment.install_peers()
    assert all(call == ["sudo", "-n", "true"] for call in machine.calls)
    assert says in capsys.readouterr().out


def test_the_extras_of_whywire_itself_are_spelled_out() -> None:
    wanted = environment.dev_requirements()
    assert any(name.startswith("pytest") for name in wanted)
    assert any(name.startswith("backports.zstd") for name in wanted)
    assert not any(name.startswith("whywire") for name in wanted)
