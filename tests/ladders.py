"""Fixtures as ladders: a few lines of text that become a real capture, its calls, or a whole run folder.

    source, calls = capture_of('''
        a: connect(b:80) = 0
        +0.000 a>b S  0:0(0)       win 64240
        +0.010 b>a SA 0:0(0) ack 1 win 64240
    ''')

The grammar is in docs/design/ladder.md.
"""

from __future__ import annotations

from pathlib import Path

from whywire.base.address import address
from whywire.base.records import Call
from whywire.capture import open_bytes
from whywire.capture.compile import Compiled
from whywire.capture.run import HostMeta, ProgramMeta, RunMeta, RunWriter
from whywire.capture.source import CaptureFile
from whywire.ladder import parse


def compiled(text: str) -> Compiled:
    """Return a ladder made real."""
    return Compiled(parse(text))


def capture_of(text: str, name: str = "ladder") -> tuple[CaptureFile, tuple[Call, ...]]:
    """Return a ladder's capture, opened, and its calls."""
    made = compiled(text)
    return open_bytes(made.capture(), name), made.calls


def capture_file(text: str, path: Path) -> Path:
    """Write a ladder's capture to ``path``."""
    path.write_bytes(compiled(text).capture())
    return path


def run_of(text: str, folder: Path, name: str = "ladder") -> Path:
    """Write a ladder as a run folder: a capture for each host, the calls, what the wire dropped."""
    made = compiled(text)
    programs = tuple(ProgramMeta(line.host, f"python {line.name}", line.name, line.pid, exit_code=0)
                     for line in made.plan.programs.values())
    hosts = tuple(HostMeta(host, address(raw)) for host, raw in made.plan.hosts.items())
    with RunWriter(folder) as run:
        for host in made.hosts:
            run.capture_path(host).write_bytes(made.capture_at(host))
        for call in made.calls:
            run.add_call(call)
        for event in made.wire_events:
            run.add_wire_event(event)
        run.write_meta(RunMeta(name, ended="closed", hosts=hosts, programs=programs))
    return folder
