from __future__ import annotations

from pathlib import Path

import pytest

from whywire.lab import spawner
from whywire.lab.command import Program
from whywire.lab.links import HostLink
from whywire.lab.plan import HostPlan
from whywire.lab.spawner import Launch


def launches() -> list[Launch]:
    """Return two launches that nobody starts."""
    found = []
    for number, name in enumerate(("client", "server"), start=1):
        host = HostPlan(name, f"10.0.0.{number}", "x")
        program = Program(host, "/x", ("x",), "x")
        found.append(Launch(program, program, -1, {}, HostLink(host, b"", -1, (), 10 + number)))
    return found


@pytest.mark.parametrize(("switch", "replaced"), [
    ("hosts: files dns\n", None), ("passwd: files\n", None), (None, None),
    ("passwd: files\nhosts: resolve [!UNAVAIL=return] files\n", "passwd: files\nhosts: files dns\n"),
])
def test_hosts_are_looked_up_in_the_file_first(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch, switch: str | None, replaced: str | None) -> None:
    path = tmp_path / "nsswitch.conf"
    if switch is not None:
        path.write_text(switch)
    monkeypatch.setattr(spawner, "Path", lambda _: path)
    files = spawner._name_files(launches())
    assert files.pop("/etc/hosts") == "127.0.0.1 localhost\n10.0.0.1 client\n10.0.0.2 server\n"
    assert files == ({} if replaced is None else {str(path): replaced})
