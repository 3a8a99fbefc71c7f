"""`whywire explain FILE --summary`: a capture of any size in one pass, in the memory of its connections."""

from __future__ import annotations

import sys
from pathlib import Path

from whywire.base.errors import WhywireError
from whywire.cli.progress import Progress
from whywire.packets.table import Capture

TYPE_CHECKING = False
if TYPE_CHECKING:
    from whywire.cli.show import Wishes
    from whywire.findings.tallied import Closer

INTERRUPTED = 130
SMALL = 2_000
"""Packets of a capture that is laid out whole, so that all rules are asked (a tenth of a second). Of a larger one the
worst connections are, as far as they have so many packets in all."""
KEPT = 100_000
"""Packets whose rows are kept for that. Of a larger capture nothing is laid out unless it is asked for."""
NAMED = 5
"""Connections that a summary names."""


def summary(path: str, wish: Wishes, output: str | None, worst: int | None = None) -> int:
    """Print the summary of a capture or run; return the exit code. Raises WhywireError as `show` does.

    ``worst``: so many connections are laid out even in a large capture.
    """
    from whywire.cli.show import write
    from whywire.cli.terminal import colours, columns
    from whywire.story.summary import summarise

    with Progress(path) as progress:
        capture, found = _counted(path, wish.at, progress, worst)
    with capture:
        told = summarise(found, (progress.share or 0) if progress.interrupted else None)
        damage = [problem.what for source in capture.sources for problem in source.problems if problem.fatal]
    if wish.format == "json":
        from whywire.report.summary import render as json_paper

        text = json_paper(told)
    else:
        from whywire.report.terminal import render

        coloured = colours(sys.stdout, wish.color) if output is None else wish.color == "always"
        text = render(told, columns(sys.stdout, wish.width), coloured)
    if output is None:
        sys.stdout.write(text)
    else:
        write(output, text)
    if damage and not progress.interrupted:
        raise WhywireError(f"{path}: {damage[0]}", "everything before it is counted")
    return INTERRUPTED if progress.interrupted else 0


def _counted(path: str, at: str | None, progress: Progress, worst: int | None) -> tuple[Capture, Closer]:
    """Return a capture and its numbers: of a small one or a run, with all connections laid out. A large one is counted
    block by block and no packets are left, or all of them for a closer look at the ``worst`` connections."""
    from whywire.findings.tallied import counted, patterns

    if _is_run(path, at):
        return _of_run(path, at, worst or NAMED)
    from whywire.capture.opening import open_capture
    from whywire.connections.survey import Surveyor
    from whywire.packets.decode import decode_blocks
    from whywire.packets.table import PacketTable

    source = open_capture("/dev/stdin" if path == "-" else path)
    table = PacketTable()
    surveyor = Surveyor(table, patterns())
    for offset in decode_blocks(table, source, 0):
        if worst is None and (table.forgotten or table.count > KEPT):
            source.forget()
            surveyor.add()
            surveyor.forget()
        if not progress.step(offset, table.forgotten + table.count):
            break
    capture = Capture(path, "file", table, tuple(problem.what for problem in source.problems), (source,))
    table.cut(table.count)
    surveyor.add()
    found = surveyor.result(capture, worst or NAMED)
    if table.forgotten:
        return capture, counted(found)
    from whywire.findings.closely import closer, whole

    if table.count > SMALL:
        return capture, closer(found, capture, surveyor.tracker, SMALL if worst is None else None)
    from whywire.cli.show import exchanges_in
    from whywire.connections.accounts import account

    told = account(capture)
    return capture, whole(found, told, capture, exchanges_in(told, capture))


def _of_run(path: str, at: str | None, worst: int) -> tuple[Capture, Closer]:
    """Return a run in one of its views, with its numbers."""
    from whywire.cli.show import exchanges_in, open_path
    from whywire.connections.accounts import account
    from whywire.connections.survey import survey
    from whywire.findings.closely import whole
    from whywire.findings.tallied import patterns

    run, capture = open_path(path, at)
    told = account(capture, run)
    return capture, whole(survey(capture, worst, patterns()), told, capture, exchanges_in(told, capture))


def read(path: str, at: str | None, progress: Progress, *, again: bool = False) -> Capture:
    """Return the columns of a capture file, read in blocks, or of a run in one of its views.

    ``again``: packets will be read a second time, so what a pipe brings is kept.
    """
    if _is_run(path, at):
        from whywire.cli.show import open_path

        return open_path(path, at)[1]
    from whywire.capture.opening import open_capture
    from whywire.packets.decode import decode_into
    from whywire.packets.table import PacketTable

    source = open_capture("/dev/stdin" if path == "-" else path, again=again)
    table = PacketTable()
    decode_into(table, source, 0, progress.step)
    return Capture(path, "file", table, tuple(problem.what for problem in source.problems), (source,))


def _is_run(path: str, at: str | None) -> bool:
    return at is not None or (path != "-" and Path(path).is_dir())  # a host of what is no run is refused there
