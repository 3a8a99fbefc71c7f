"""Process 1 of the programs' PID namespace: starts the programs, tells how they end.

When it ends, for whatever reason, the kernel kills every process of the namespace: grandchildren and daemons too
(pid_namespaces(7)). It gets its orders over a socket: ``start N``, ``end``; it says ``up``, ``exit N STATUS NS PID``;
the child itself says ``started N`` (the kernel adds the sender's process id) and ``failed N ERRNO``.
"""

from __future__ import annotations

import os
import select
import signal
import socket
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from whywire.lab import kernel
from whywire.lab.command import Program
from whywire.lab.isolation import own_mounts, replace_files
from whywire.lab.links import HostLink

_GRACE_S = 0.3
_IGNORED_BY_PYTHON = ("SIGPIPE", "SIGXFSZ")


@dataclass(frozen=True, slots=True)
class Launch:
    """What the spawner needs for one program."""

    program: Program
    by_address: Program
    """The same with addresses for names, for a system where names can't be made to resolve."""
    output: int
    """Descriptor for its standard output and error."""
    environment: dict[str, str]
    link: HostLink


def serve(launches: list[Launch], orders: socket.socket, workplace: str) -> None:
    """Start programs as told until ``end`` or the end of the socket; then end them all."""
    kernel.die_with_parent(signal.SIGKILL)
    named = _dress(launches, workplace)
    wake_read, wake_write = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    signal.set_wakeup_fd(wake_write, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    orders.send(b"up 1" if named else b"up 0")
    running: dict[int, int] = {}
    while True:
        ready, _, _ = select.select([orders.fileno(), wake_read], [], [])
        if wake_read in ready:
            os.read(wake_read, 512)
            _reap(running, orders)
        if orders.fileno() in ready:
            order = orders.recv(512).split()
            if not order or order[0] == b"end":
                break
            number = int(order[1])
            running[_start(launches[number], number, orders, named)] = number
    for child in running:
        os.kill(child, signal.SIGTERM)
    deadline = time.monotonic() + _GRACE_S
    while running and (left := deadline - time.monotonic()) > 0:
        if select.select([wake_read], [], [], left)[0]:
            os.read(wake_read, 512)
        _reap(running, orders)


def _dress(launches: list[Launch], workplace: str) -> bool:
    """Make the hosts' names known to the programs and show them their own /proc; tell whether names work."""
    try:
        own_mounts()
        replace_files(_name_files(launches), workplace)
    except OSError:
        return False
    with suppress(OSError):  # a container that hides parts of /proc: programs see the machine's process ids there
        kernel.mount("proc", "/proc", "proc")
    return True


def _name_files(launches: list[Launch]) -> dict[str, str]:
    hosts = {each.link.host.name: each.link.host.address for each in launches}
    lines = ["127.0.0.1 localhost", *(f"{address} {name}" for name, address in hosts.items())]
    files = {"/etc/hosts": "\n".join(lines) + "\n"}
    switch = Path("/etc/nsswitch.conf")
    text = switch.read_text("utf-8", "replace") if switch.is_file() else ""
    order = [line.split()[1:2] for line in text.splitlines() if line.startswith("hosts:")]
    if order and order[0] != ["files"]:  # something else, such as resolved, is asked before /etc/hosts
        kept = [line for line in text.splitlines() if not line.startswith("hosts:")]
        files[str(switch)] = "\n".join([*kept, "hosts: files dns"]) + "\n"
    return files


def _reap(running: dict[int, int], orders: socket.socket) -> None:
    while True:
        try:
            child, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if child == 0:
            return
        number = running.pop(child, None)
        if number is not None:
            orders.send(b"exit %d %d %d %d" % (number, status, time.time_ns(), child))


def _start(launch: Launch, number: int, orders: socket.socket, named: bool) -> int:
    child = os.fork()
    if child == 0:
        code = 127
        try:
            _become(launch, number, orders, launch.program if named else launch.by_address)
        except OSError as error:
            orders.send(b"failed %d %d" % (number, error.errno or 0))
        finally:
            os._exit(code)
    return child


def _become(launch: Launch, number: int, orders: socket.socket, program: Program) -> None:
    """Turn this process into the program: its network, name, folder, descriptors, signals."""
    signal.set_wakeup_fd(-1)
    kernel.setns(launch.link.namespace, kernel.NEW_NET)
    kernel.unshare(kernel.NEW_UTS)
    kernel.set_host_name(launch.link.host.name)
    terminal = launch.link.host.role == "client" and os.isatty(0)
    if not terminal:
        os.setsid()  # Ctrl-C is for whywire, which ends the programs after the recording
    if launch.link.host.role != "client":
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(launch.output, 1)
    os.dup2(launch.output, 2)
    os.chdir(launch.link.host.cwd)
    for each in (*_IGNORED_BY_PYTHON, "SIGTERM", "SIGHUP", "SIGCHLD"):
        signal.signal(getattr(signal, each), signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN if terminal else signal.SIG_DFL)
    orders.send(b"started %d" % number)
    os.execve(program.path, program.arguments, launch.environment)
