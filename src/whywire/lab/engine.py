"""The process that owns the network of a run: makes namespaces and links, forks the spawner, is the wire.

It dies with the process that asked for the run, and everything below dies with it.
"""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Callable
from dataclasses import dataclass, field

from whywire.base.records import WireEvent
from whywire.lab import kernel
from whywire.lab.command import Program
from whywire.lab.isolation import IsolationError, enter_user_namespace, is_privileged
from whywire.lab.links import build
from whywire.lab.plan import Plan
from whywire.lab.shared import WireState
from whywire.lab.spawner import Launch, serve
from whywire.lab.wire import Wire


@dataclass(slots=True)
class EngineSetup:
    """All that is handed over with the fork."""

    plan: Plan
    programs: list[tuple[Program, Program]]
    outputs: list[int]
    environments: list[dict[str, str]]
    folder: str
    capture_path: Callable[[str], object]
    log: Callable[[WireEvent], None]
    state: WireState = field(default_factory=WireState)


def engine(setup: EngineSetup, parent: int, orders: socket.socket, spawner_orders: socket.socket) -> None:
    """Run the network; never returns. ``orders`` carries ``ready`` with the table descriptors, or ``error``."""
    code = 1
    try:
        _reset_signals()
        _run(setup, parent, orders, spawner_orders)
        code = 0
    except IsolationError as error:
        orders.send(f"error\0{error.step}\0{error.error.errno}".encode())
    except BaseException as error:
        import traceback

        detail = "".join(traceback.format_exception(error))[-3000:]
        orders.send(f"bug\0{type(error).__name__}: {error}\0{detail}".encode())
    finally:
        os._exit(code)


def _run(setup: EngineSetup, parent: int, orders: socket.socket, spawner_orders: socket.socket) -> None:
    if not is_privileged():
        enter_user_namespace()
    kernel.die_with_parent(signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)
    links = build(setup.plan.hosts)
    launches = [Launch(program, by_address, output, environment, link)
                for (program, by_address), output, environment, link
                in zip(setup.programs, setup.outputs, setup.environments, links, strict=True)]
    try:
        kernel.unshare(kernel.NEW_PID)
    except OSError as error:
        raise IsolationError("a process namespace (unshare CLONE_NEWPID)", error) from error
    wire = Wire(setup.plan, links, setup.capture_path, setup.state, setup.log)
    if os.fork() == 0:
        try:
            orders.close()
            serve(launches, spawner_orders, setup.folder)
        finally:
            os._exit(0)
    for output in setup.outputs:
        os.close(output)
    spawner_orders.close()
    tables = [descriptor for link in links for descriptor in link.tables]
    counts = " ".join(str(len(link.tables)) for link in links)
    socket.send_fds(orders, [b"ready " + counts.encode()], tables)
    wire.run(orders.fileno())
    orders.recv(64)
    taken, lost = wire.stop()
    orders.send(b"stopped %d %d" % (taken, lost))
    orders.recv(64)


def _reset_signals() -> None:
    """Undo what the caller's handlers would do here.

    A signal to the whole process group (Ctrl-C, a closed terminal, `kill -- -PID`) is the caller's business: it ends
    the run in order. Should the caller die of it, the kernel kills this process (PR_SET_PDEATHSIG).
    """
    signal.set_wakeup_fd(-1)
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, signal.SIG_IGN)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
