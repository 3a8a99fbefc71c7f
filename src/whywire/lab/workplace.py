"""The folders that a run's programs work in: their own ones where they need files, and one to scribble in."""

from __future__ import annotations

import shlex
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from whywire.lab.files import lay_out
from whywire.lab.plan import HostPlan, Plan

FILES = "files"
SCRATCH = "{scratch}"


@contextmanager
def workplaces(plan: Plan, run_folder: Path) -> Iterator[Plan]:
    """Make what the hosts of ``plan`` need below the run folder; yield the plan with its places filled in.

    ``files/HOST`` stays with the run: what a client saved is there. What stands for ``{scratch}`` goes.
    """
    scratches: list[str] = []

    def placed(host: HostPlan) -> HostPlan:
        cwd, command = host.cwd, host.command
        if host.files:
            cwd = str(run_folder.absolute() / FILES / host.name)
            lay_out(Path(cwd), host.files)
        if SCRATCH in command:
            scratches.append(tempfile.mkdtemp(prefix="whywire-"))
            command = command.replace(SCRATCH, shlex.quote(scratches[-1]))
        return replace(host, cwd=cwd, command=command)

    try:
        yield replace(plan, hosts=tuple(placed(host) for host in plan.hosts))
    finally:
        for scratch in scratches:
            shutil.rmtree(scratch, ignore_errors=True)
