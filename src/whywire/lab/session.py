"""One run while it lasts: the processes, their sockets and pipes, seen from the process that asked for it.

`Session` starts the engine (`engine.py`), passes orders, reads output, and ends everything; `run` drives it.
"""

from __future__ import annotations

import os
import select
import signal
import socket
import struct
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import BinaryIO

from whywire.base.errors import WhywireError
from whywire.lab.command import Program
from whywire.lab.engine import EngineSetup, engine
from whywire.lab.shared import WireState
from whywire.lab.watch import Running

Show = Callable[[str, str], None]
"""Called with (host, line of its output without the newline)."""

_CREDENTIALS = struct.Struct("=iII")
_READY_S = 5.0
_STOP_S = 2.0
_LINE_LIMIT = 65536


class EngineError(Exception):
    """The engine could not be set up or died: ``step``, ``errno`` (0: a bug of ours), ``detail``."""

    def __init__(self, step: str, number: int, detail: str = "") -> None:
        super().__init__(step)
        self.step = step
        self.errno = number
        self.detail = detail


@dataclass(slots=True)
class Child:
    """A program of the run."""

    program: Program
    output: int
    """The end of the pipe that is read."""
    file: BinaryIO
    running: Running
    status: int | None = None
    """Of waitpid, of the first that failed where there were several; None: has not ended by itself."""
    ended_ns: dict[int, int] = field(default_factory=dict)
    """Process, numbered as the program itself knows it -> when it ended."""
    times_left: int = 0
    start_error: int = 0
    tail: bytes = b""
    """A line that has no newline yet."""
    closed: bool = False
    recent: list[str] = field(default_factory=list)
    """The last lines, for an error message."""

    @property
    def was_launched(self) -> bool:
        """Whether it was started at all."""
        return self.times_left < self.program.host.times


class Session:
    """The processes of a run. `close` ends all of them, whatever happened."""

    def __init__(self, show: Show | None) -> None:
        self._show = show
        self.children: list[Child] = []
        self.state = WireState()
        self._engine = 0
        self._orders: socket.socket | None = None
        self._spawner: socket.socket | None = None
        self._poll = select.poll()
        self.tables: list[tuple[int, ...]] = []
        self.names_resolve = True
        self._up = False

    # -- beginning

    def start(self, setup: EngineSetup) -> None:
        """Fork the engine and wait until the network is there. Raises EngineError."""
        self.state = setup.state
        orders, engine_orders = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        spawner, spawner_orders = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        spawner.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        parent = os.getpid()
        self._engine = os.fork()
        if self._engine == 0:
            orders.close()
            spawner.close()
            engine(setup, parent, engine_orders, spawner_orders)
        engine_orders.close()
        spawner_orders.close()
        for output in setup.outputs:
            os.close(output)
        self._orders, self._spawner = orders, spawner
        orders.settimeout(_READY_S)
        self._receive_tables(orders)
        spawner.settimeout(_READY_S)
        self.names_resolve = self._spawner_up(spawner)
        self._poll.register(spawner, select.POLLIN)
        self._poll.register(orders, select.POLLIN)
        self._up = True

    def _receive_tables(self, orders: socket.socket) -> None:
        try:
            text, descriptors, _, _ = socket.recv_fds(orders, 8192, 64)
        except TimeoutError as error:
            raise EngineError("the network was not ready in time", 0) from error
        if not text.startswith(b"ready "):
            raise _engine_error(text)
        at = 0
        for count in map(int, text.split()[1:]):
            self.tables.append(tuple(descriptors[at : at + count]))
            at += count

    def _spawner_up(self, spawner: socket.socket) -> bool:
        try:
            return spawner.recv(64) == b"up 1"
        except TimeoutError as error:
            raise EngineError("the process that starts the programs did not come up", 0) from error

    def add(self, child: Child) -> None:
        """Take a program of the run in; its output is read from now on."""
        self.children.append(child)
        os.set_blocking(child.output, False)
        self._poll.register(child.output, select.POLLIN)

    def launch(self, child: Child) -> None:
        """Start a program."""
        assert self._spawner is not None
        self._spawner.send(b"start %d" % child.running.number)
        child.times_left -= 1

    # -- while it lasts

    def turn(self, seconds: float) -> None:
        """Wait for at most so long; read output and news of the programs. Raises EngineError when it died."""
        assert self._spawner is not None and self._orders is not None
        for descriptor, _ in self._poll.poll(seconds * 1000):
            if descriptor == self._spawner.fileno():
                self._news()
            elif descriptor == self._orders.fileno():
                raise _engine_error(self._orders.recv(8192))
            else:
                for child in self.children:
                    if child.output == descriptor:
                        self._read(child)

    def _news(self) -> None:
        assert self._spawner is not None
        data, ancillary, _, _ = self._spawner.recvmsg(512, socket.CMSG_SPACE(_CREDENTIALS.size))
        words = data.split()
        if not words:
            raise EngineError("the process that starts the programs died", 0)
        child = self.children[int(words[1])]
        if words[0] == b"started":
            for _, kind, value in ancillary:
                if kind == socket.SCM_CREDENTIALS:
                    child.running.pid = _CREDENTIALS.unpack(value)[0]
                    self.state.put_process(child.running.number, child.running.pid or 0)
        elif words[0] == b"failed":
            child.start_error = int(words[2])
        elif words[0] == b"exit":
            self.state.put_process(child.running.number, 0)
            self._read(child)
            child.status = child.status or int(words[2])
            child.ended_ns[int(words[4])] = int(words[3])
            child.running.gone = child.times_left == 0
            if child.times_left:
                self.launch(child)

    def _read(self, child: Child) -> None:
        while not child.closed:
            try:
                data = os.read(child.output, 65536)
            except BlockingIOError:
                return
            if not data:
                child.closed = True
                self._poll.unregister(child.output)
                break
            child.running.printed += len(data)
            child.file.write(data)
            child.file.flush()
            self._lines(child, data)
        if child.tail:
            self._line(child, child.tail)
            child.tail = b""

    def _lines(self, child: Child, data: bytes) -> None:
        *lines, child.tail = (child.tail + data).split(b"\n")
        if len(child.tail) > _LINE_LIMIT:
            lines.append(child.tail)
            child.tail = b""
        for line in lines:
            self._line(child, line)

    def _line(self, child: Child, line: bytes) -> None:
        text = line.decode("utf-8", "replace").rstrip("\r")
        child.recent = [*child.recent[-19:], text]
        if self._show is not None:
            self._show(child.program.host.name, text)

    # -- the end

    def stop_recording(self) -> tuple[int, int, int]:
        """Stop the wire and its recording; return (CLOCK_REALTIME ns, frames taken, frames lost by the lab)."""
        assert self._orders is not None
        stopped_ns = time.time_ns()
        self._poll.unregister(self._orders)
        self._orders.settimeout(_STOP_S)
        try:
            self._orders.send(b"stop")
            words = self._orders.recv(8192)
        except OSError as error:
            raise EngineError("the wire did not answer when it was stopped", 0) from error
        if not words.startswith(b"stopped "):
            raise _engine_error(words)
        _, taken, lost = words.split()
        return stopped_ns, int(taken), int(lost)

    def end_programs(self) -> None:
        """End every program and all that they started; their last output is read."""
        if self._spawner is None or not self._up:
            return
        try:
            self._spawner.send(b"end")
            deadline = time.monotonic() + _STOP_S
            while (left := deadline - time.monotonic()) > 0:
                self.turn(left)
        except (OSError, EngineError):  # its end of the socket is closed: all are gone
            pass
        for child in self.children:
            self._read(child)

    def close(self) -> None:
        """End what is still there, by force, and close everything."""
        if self._engine:
            try:
                os.kill(self._engine, signal.SIGKILL)
                os.waitpid(self._engine, 0)
            except (ProcessLookupError, ChildProcessError):
                pass
            self._engine = 0
        for child in self.children:
            os.close(child.output)
            child.file.close()
        for descriptor in (each for table in self.tables for each in table):
            os.close(descriptor)
        self.tables = []
        for end in (self._orders, self._spawner):
            if end is not None:
                end.close()


def _engine_error(text: bytes) -> EngineError:
    parts = text.decode("utf-8", "replace").split("\0")
    if parts[0] == "error" and len(parts) == 3:
        return EngineError(parts[1], int(parts[2]))
    if parts[0] == "bug" and len(parts) == 3:
        return EngineError(f"the lab's engine failed: {parts[1]}", 0, parts[2])
    return EngineError("the lab's engine died", 0)


def program_error(child: Child) -> WhywireError:
    """Return what to say of a program that the system refused to start."""
    reason = os.strerror(child.start_error)
    return WhywireError(f"the program of {child.program.host.name} could not be started: "
                        f"{child.program.command} ({reason})",
                        "check that the file and the interpreter in its first line exist and may be executed", 1)
