"""`run`: from a plan to a run folder."""

from __future__ import annotations

import os
import platform
import shutil
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import whywire
from whywire.base.errors import WhywireError
from whywire.base.times import duration
from whywire.capture.run import CUT, NOT_STARTED, RUNNING, HostMeta, ProgramMeta, RunMeta, RunWriter, safe_name
from whywire.lab.calls import CallMaker, TracedProgram
from whywire.lab.command import Program, prepare
from whywire.lab.engine import EngineSetup
from whywire.lab.isolation import is_privileged
from whywire.lab.plan import CLIENT, Plan
from whywire.lab.session import Child, EngineError, Session, Show, program_error
from whywire.lab.trace import TraceFile
from whywire.lab.watch import Running, Watch
from whywire.lab.workplace import workplaces

INJECT = str(Path(__file__).with_name("inject"))
TIMEOUT, INTERRUPTED, FAILED = "timeout", "interrupted", "failed"
ISSUE = "this is a bug in whywire; please report it"
_LISTEN_POLL_S, _POLL_S = 0.001, 0.002


@dataclass(frozen=True, slots=True)
class ProgramOutcome:
    """How a program of the run ended."""

    host: str
    name: str
    command: str
    exit_code: int | None
    """None: ended by a signal, or by the lab after the recording."""
    signal: int | None
    output: Path
    ended_by_lab: bool = False

    @property
    def how(self) -> str:
        """How it ended, as ``run.toml`` has it: by itself, by the lab, or not at all, because it was never started."""
        if self.exit_code is not None or self.signal is not None:
            return ""
        return RUNNING if self.ended_by_lab else NOT_STARTED


@dataclass(frozen=True, slots=True)
class RunOutcome:
    """What a run left."""

    path: Path
    """The run folder."""
    ended: str
    """``closed``, ``quiet``, ``timeout``, ``interrupted`` or ``failed``."""
    programs: tuple[ProgramOutcome, ...]
    problems: tuple[str, ...] = ()
    """Sentences: what went wrong in the run, first the worst."""
    notes: tuple[str, ...] = ()
    """Sentences a reader should know: a program that was not traced, and why."""


class RunError(WhywireError):
    """The run went wrong after it began; ``outcome.path`` holds what was recorded."""

    def __init__(self, what: str, hint: str, outcome: RunOutcome) -> None:
        super().__init__(what, hint, 1)
        self.outcome = outcome


def run(plan: Plan, folder: str | Path, show: Show | None = None) -> RunOutcome:
    """Run the programs of ``plan`` and record them into ``folder``, which must be empty or not exist.

    ``show(host, line)`` is called for each line of output as it comes. Ctrl-C and SIGTERM end the run, not the
    caller. Raises WhywireError where a command can't be run or the machine can't do it, RunError where the run
    went wrong after it began; nothing that was started is left.
    """
    _check(plan)
    _prepared(plan)  # says what is wrong before there is a folder
    with RunWriter(folder) as writer, workplaces(plan, writer.path) as placed:
        return _Run(placed, _prepared(placed), writer, show).go()


def _prepared(plan: Plan) -> list[tuple[Program, Program]]:
    """Return each host's program, and the same with addresses for names. Raises WhywireError."""
    names = {host.name: host.name for host in plan.hosts}
    addresses = {host.name: host.address for host in plan.hosts}
    return [(prepare(host, names), prepare(host, addresses)) for host in plan.hosts]


def _check(plan: Plan) -> None:
    names = [host.name for host in plan.hosts]
    for name in names:
        if not safe_name(name) or names.count(name) > 1:
            raise WhywireError(f"{name!r} can't be a host's name",
                               "give each host a name of its own, of letters, digits and '-'")
    if not any(host.role == CLIENT for host in plan.hosts):
        raise WhywireError("a run needs a client: a program whose end is the end of the run")


class _Run:
    def __init__(self, plan: Plan, programs: list[tuple[Program, Program]], writer: RunWriter,
                 show: Show | None) -> None:
        self._plan = plan
        self._programs = programs
        self._writer = writer
        self._session = Session(show)
        self._traces: list[TraceFile | None] = []
        self._started_ns = time.time_ns()
        self._stopped_ns = 0
        self._frames_lost = 0
        self._problems: list[str] = []
        self._error: tuple[str, str] | None = None
        self._ended_alone: list[bool] = []
        """Of each program: it was gone before the lab began to end what is left."""

    def go(self) -> RunOutcome:
        ended = FAILED
        recording = False
        try:
            with _terminate_as_interrupt():
                self._begin()
                recording = True
                ended = self._watch()
        except KeyboardInterrupt:
            ended = INTERRUPTED
        except EngineError as error:
            if not recording:
                raise self._refused(error) from error
            self._fail(error.step, error.detail or ISSUE)
        finally:
            with _unstoppable():
                self._end(recording)
        return self._outcome(ended)

    # -- beginning

    def _begin(self) -> None:
        sys.stdout.flush()
        sys.stderr.flush()
        pipes = [os.pipe() for _ in self._programs]
        setup = EngineSetup(self._plan, self._programs, [write for _, write in pipes],
                            [self._environment(program) for program, _ in self._programs],
                            str(self._writer.path.resolve()), self._writer.capture_path,
                            self._writer.add_wire_event)
        self._session.start(setup)
        for number, (program, by_address) in enumerate(self._programs):
            if not self._session.names_resolve:
                program = by_address
            running = Running(number, program.host.name, self._session.tables[number], self._traces[number],
                              program.host.role == CLIENT)
            path = self._writer.output_path(program.host.name, program.name)
            self._session.add(Child(program, pipes[number][0], path.open("wb"), running,
                                    times_left=program.host.times))
        self._write_cut()

    def _environment(self, program: Program) -> dict[str, str]:
        environment = {**os.environ, "PYTHONUNBUFFERED": "1", **dict(program.host.environment)}
        trace = None
        if self._plan.trace:
            trace = TraceFile(self._writer.path.resolve() / f".trace-{program.host.name}")
            before = environment.get("PYTHONPATH")
            environment["PYTHONPATH"] = INJECT + (os.pathsep + before if before else "")
            environment["WHYWIRE_TRACE"] = str(trace.path)
        self._traces.append(trace)
        return environment

    # -- while it lasts

    def _watch(self) -> str:
        deadline = time.monotonic() + self._plan.timeout_s
        servers = [child for child in self._session.children if not child.running.is_client]
        clients = [child for child in self._session.children if child.running.is_client]
        for server in servers:
            self._session.launch(server)
            self._write_cut()
            if not self._listening(server):
                return FAILED
        for client in clients:
            self._session.launch(client)
        self._write_cut()
        watch = Watch([child.running for child in self._session.children], self._session.state, self._plan.quiet_s)
        while time.monotonic() < deadline:
            self._session.turn(_POLL_S)
            for client in clients:
                if client.start_error:
                    self._fail(*_texts(program_error(client)))
                    return FAILED
            if (why := watch.look()) is not None:
                return why
        self._problems.append(f"the run was ended after {self._plan.timeout_s:g} s (--timeout)")
        return TIMEOUT

    def _listening(self, server: Child) -> bool:
        """Wait until a server listens; tell whether it does."""
        limit_s = min(self._plan.listen_s, self._plan.timeout_s)
        deadline = time.monotonic() + limit_s
        name = f"the server {server.program.command!r}"
        while time.monotonic() < deadline:
            if server.start_error:
                self._fail(*_texts(program_error(server)))
                return False
            if server.running.listens():
                if all(row.only_local for row in server.running.rows if row.state == 0x0A):
                    self._problems.append(f"{name} listens on 127.0.0.1 only: no other host can reach it; "
                                          "bind to '0.0.0.0' or ''")
                return True
            if server.running.gone:
                self._session.turn(0.02)
                self._fail(f"{name} ended before it listened: {_how(server)}{_said(server)}",
                           "run it by itself first; a server has to call listen() and stay")
                return False
            self._session.turn(_LISTEN_POLL_S)
        self._fail(f"{name} did not listen on any TCP port within {limit_s:g} s{_said(server)}",
                   "the client is started when the server listens; is it the right program?")
        return False

    def _refused(self, error: EngineError) -> WhywireError:
        """Return what to say of a machine that can't run labs; a folder that nothing came into is taken back."""
        from whywire.lab.doctor import explain

        self._writer.close()
        for path in self._writer.path.iterdir():
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()
        with suppress(OSError):
            self._writer.path.rmdir()
        return explain(error)

    def _fail(self, what: str, hint: str) -> None:
        self._error = (what, hint)
        self._problems.insert(0, what)

    # -- the end

    def _end(self, recording: bool) -> None:
        try:
            if recording:
                self._stopped_ns = time.time_ns()
                self._stopped_ns, _, self._frames_lost = self._session.stop_recording()
        except EngineError as error:
            if self._error is None:
                self._fail(error.step, error.detail)
        finally:
            self._ended_alone = [child.running.gone for child in self._session.children]
            self._session.end_programs()
            self._session.close()
            for trace in self._traces:
                if trace is not None:
                    trace.follow()
                    trace.close()

    def _outcome(self, ended: str) -> RunOutcome:
        if self._frames_lost:
            self._fail(f"the lab itself lost {self._frames_lost} frames: this machine was too busy for the run, and "
                       "its story would not be true", "run it again with less load, or with a lower --rate")
            ended = FAILED
        programs = tuple(map(self._program, self._session.children, self._ended_alone))
        notes = self._notes()
        self._write_calls()
        self._write_meta(ended, programs, notes)
        outcome = RunOutcome(self._writer.path, ended, programs, tuple(self._problems), notes)
        if self._error is not None:
            raise RunError(*self._error, outcome)
        return outcome

    def _program(self, child: Child, alone: bool) -> ProgramOutcome:
        status = child.status if alone else None
        code = os.waitstatus_to_exitcode(status) if status is not None else None
        return ProgramOutcome(child.program.host.name, child.program.name, child.program.command,
                              code if code is not None and code >= 0 else None,
                              -code if code is not None and code < 0 else None,
                              Path(child.file.name), not alone and child.was_launched)

    def _notes(self) -> tuple[str, ...]:
        notes = []
        for child, trace, alone in zip(self._session.children, self._traces, self._ended_alone, strict=False):
            if not child.was_launched:
                continue
            what = f"{child.program.name} on {child.program.host.name}"
            if trace is None or trace.processes:
                continue
            if child.program.untraced_by:
                notes.append(f"{what} was not traced: Python's option {child.program.untraced_by} keeps the tracer out")
            elif child.program.is_python and not alone:
                notes.append(f"{what} was not traced: its Python had not begun to run it when the recording stopped")
            elif child.program.is_python:
                notes.append(f"{what} was not traced: its Python did not load the tracer")
            else:
                notes.append(f"{what} was not traced: it is not a Python program")
        if not self._session.names_resolve:
            notes.append("host names don't resolve on this machine; addresses were used in their place")
        return tuple(notes)

    def _write_calls(self) -> None:
        traced = []
        for child, trace in zip(self._session.children, self._traces, strict=False):
            program = child.program
            if program.script is not None:
                self._writer.copy_source(program.host.name, Path(program.host.cwd) / program.script)
            if trace is not None:
                ended = {pid: ns for pid, ns in child.ended_ns.items() if ns <= self._stopped_ns}
                traced.append(TracedProgram(program.host.name, program.host.address, program.name, program.script,
                                            trace.lines, ended))
        for call in CallMaker(self._writer.copy_source).calls(traced, self._stopped_ns):
            self._writer.add_call(call)

    def _write_cut(self) -> None:
        """Write what stays if this process is killed: which programs were started by now."""
        self._write_meta(CUT, tuple(ProgramOutcome(child.program.host.name, child.program.name, child.program.command,
                                                   None, None, Path(child.file.name), child.was_launched)
                                    for child in self._session.children), ())

    def _write_meta(self, ended: str, programs: tuple[ProgramOutcome, ...], notes: tuple[str, ...]) -> None:
        plan = self._plan
        self._writer.write_meta(RunMeta(
            plan.name, plan.title, self._started_ns, ended, "root" if is_privileged() else "user namespace",
            whywire.__version__, platform.python_version(), platform.release(), plan.delay_ns, plan.rate_bits,
            (*self._problems, *notes, *_of_the_wire(plan)),
            tuple(HostMeta(host.name, host.address) for host in plan.hosts),
            tuple(ProgramMeta(each.host, each.command, each.name, None, each.exit_code, each.signal,
                              str(each.output.relative_to(self._writer.path)), each.how) for each in programs)))


def _of_the_wire(plan: Plan) -> tuple[str, ...]:
    """Return what a reader of the packets' times should know of the wire, beside delay, rate and rules."""
    if not plan.burst_ns:
        return ()
    return (f"frames due within {duration(plan.burst_ns)} of each other were handed over together, up to the delay "
            "early, while the receiver was halted",)


def _texts(error: WhywireError) -> tuple[str, str]:
    return error.what, error.hint


def _how(child: Child) -> str:
    code = os.waitstatus_to_exitcode(child.status) if child.status is not None else 0
    return f"exit code {code}" if code >= 0 else f"signal {signal.Signals(-code).name}"


def _said(child: Child) -> str:
    return "".join(f"\n    {line}" for line in child.recent) if child.recent else ", and printed nothing"


@contextmanager
def _terminate_as_interrupt() -> Iterator[None]:
    """Let SIGTERM and SIGHUP end the run like Ctrl-C does. Only the main thread gets signals."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    before = {each: signal.signal(each, interrupt) for each in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


@contextmanager
def _unstoppable() -> Iterator[None]:
    """Let nothing interrupt the ending of what was started; it takes no longer than a few seconds."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    held = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {each: signal.signal(each, signal.SIG_IGN) for each in held}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
