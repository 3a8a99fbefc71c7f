"""What the tests of the lab share: programs in a folder, plans for them, and a look at what a run leaves behind."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from whywire.base.errors import WhywireError
from whywire.lab.doctor import require
from whywire.lab.isolation import enter_user_namespace, is_privileged
from whywire.lab.links import HostLink, build
from whywire.lab.plan import HostPlan, Plan, two_hosts
from whywire.lab.probe import attempt

ECHO_SERVER = """\
import socket, sys
server = socket.socket()
server.bind(("", 4000))
server.listen(5)
while True:
    conn, addr = server.accept()
    while data := conn.recv(1000):
        conn.send(data)
    conn.close()
"""
ONE_MESSAGE = """\
import socket, sys
s = socket.create_connection((sys.argv[1], 4000))
s.send(b"hello")
print("got", s.recv(100).decode())
s.close()
"""

HOSTS = tuple(HostPlan(name, f"10.0.0.{number}", "") for number, name in enumerate(("a", "b", "c"), start=1))


def can_run_labs() -> None:
    """Fail in CI, and leave the test out elsewhere, where this machine can't run labs."""
    try:
        require()
    except WhywireError as error:
        if os.environ.get("CI"):
            pytest.fail(str(error))
        pytest.skip(str(error))


def plan(folder: Path, server: str = ECHO_SERVER, client: str = ONE_MESSAGE, **changes: Any) -> Plan:
    """Return a plan for two programs, written to ``folder``; 1 ms each way, so that tests are short."""
    (folder / "server.py").write_text(server)
    (folder / "client.py").write_text(client)
    found = two_hosts("test", "{python} server.py", "{python} client.py {server}", cwd=str(folder))
    fields = {name: getattr(found, name) for name in Plan.__slots__}
    return Plan(**{**fields, "delay_ns": 1_000_000, "timeout_s": 10.0, **changes})


def calls(folder: Path) -> list[dict[str, Any]]:
    """Return the calls of a run folder."""
    return [json.loads(line) for line in (folder / "calls.jsonl").read_text().splitlines()]


@dataclass(frozen=True)
class Frame:
    """A frame of one of the lab's captures."""

    time_ns: int
    leaves: bool
    number: int
    data: bytes

    @property
    def flags(self) -> str:
        """TCP flags: ``S``, ``SA``, ``PA``, ..."""
        return "".join(name for bit, name in enumerate("FSRPA") if self.data[47] >> bit & 1)

    @property
    def payload(self) -> bytes:
        """What the segment carries."""
        start = 34 + (self.data[46] >> 4) * 4
        return self.data[start : 14 + int.from_bytes(self.data[16:18], "big")]


def frames(path: Path) -> list[Frame]:
    """Return the frames of a pcapng file of the lab, in file order."""
    data, found, at = path.read_bytes(), [], 0

    def word(offset: int) -> int:
        return int.from_bytes(data[at + offset : at + offset + 4], "little")

    while at < len(data):
        if word(0) == 6:
            size = word(20)
            options = at + 28 + (size + 3 & ~3)
            found.append(Frame(word(12) << 32 | word(16), data[options + 4] & 3 == 2,
                               int.from_bytes(data[options + 12 : options + 20], "little"),
                               data[at + 28 : at + 28 + size]))
        at += word(4)
    return found


def eventually(condition: Callable[[], bool], seconds: float = 5.0) -> bool:
    """Tell whether ``condition`` comes true in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.005)
    return True


def processes_of(folder: Path) -> list[int]:
    """Return the processes that were started for a run into ``folder``: it is in their environment or command."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            text = b""
            for name in ("cmdline", "environ"):
                with suppress(OSError):  # gone, or not ours to look at
                    text += (entry / name).read_bytes()
            if str(folder).encode() in text:
                found.append(int(entry.name))
    return found


def network_namespaces(processes: list[int] | None = None) -> set[str]:
    """Return the network namespaces that these processes are in (all: those that can be looked at), but our own."""
    chosen = processes if processes is not None else [int(each.name) for each in Path("/proc").iterdir()
                                                      if each.name.isdigit()]
    found = set()
    for process in chosen:
        with suppress(OSError):
            found.add(str(Path(f"/proc/{process}/ns/net").readlink()))
    return found - {str(Path("/proc/self/ns/net").readlink())}


def inside(check: Callable[[list[HostLink]], object]) -> None:
    """Build a network of three hosts in a child and hold what ``check`` returns to be true."""
    def action() -> None:
        if not is_privileged():
            enter_user_namespace()
        found = check(build(HOSTS))
        if found is not True:
            raise OSError(1, f"found {found!r}")

    assert attempt(action) is None
