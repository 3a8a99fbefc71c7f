from __future__ import annotations

import subprocess
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


def test_what_is_there_is_left_alone(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    machine = Machine(monkeypatch, {"tshark", "apt-get"}, root=True)
    environment.install_tshark()
    assert machine.calls == []
    assert capsys.readouterr().out == ""


def test_root_installs_it_and_says_so(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    machine = Machine(monkeypatch, {"apt-get"}, root=True)
    environment.install_tshark()
    assert [" ".join(call) for call in machine.calls] == [
        "apt-get update -q", "apt-get install -y --no-install-recommends tshark"]
    assert "tshark, which is missing. Installing it" in capsys.readouterr().out


def test_sudo_that_does_not_ask_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    machine = Machine(monkeypatch, {"dnf", "sudo"}, root=False, sudo_asks=False)
    environment.install_tshark()
    assert machine.calls[-1] == ["sudo", "-n", "dnf", "install", "-y", "wireshark-cli"]


@pytest.mark.parametrize(("programs", "says"), [
    ({"apt-get", "sudo"}, "sudo apt-get install tshark"), ({"pacman"}, "sudo pacman -S wireshark-cli"),
    (set(), "package manager is not one that"),
])
def test_otherwise_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
                                           programs: set[str], says: str) -> None:
    machine = Machine(monkeypatch, programs, root=False)
    environment.install_tshark()
    assert all(call == ["sudo", "-n", "true"] for call in machine.calls)
    assert says in capsys.readouterr().out


def test_the_extras_of_whywire_itself_are_spelled_out() -> None:
    wanted = environment.dev_requirements()
    assert any(name.startswith("pytest") for name in wanted)
    assert any(name.startswith("backports.zstd") for name in wanted)
    assert not any(name.startswith("whywire") for name in wanted)
