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
    from whywire.connections.survey import Survey

INTERRUPTED = 130


def summary(path: str, wish: Wishes, output: str | None) -> int:
    """Print the summary of a capture or run; return the exit code. Raises WhywireError as `show` does."""
    from whywire.cli.show import write
    from whywire.cli.terminal import colours, columns
    from whywire.findings.tallied import tallied
    from whywire.story.summary import summarise

    with Progress(path) as progress:
        capture, found = _counted(path, wish.at, progress)
    with capture:
        told = summarise(found, tallied(found.tally), (progress.share or 0) if progress.interrupted else None)
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


def _counted(path: str, at: str | None, progress: Progress) -> tuple[Capture, Survey]:
    """Return a capture file, counted block by block and with no packets left; or a run in one of its views."""
    from whywire.connections.survey import Surveyor, survey

    if _is_run(path, at):
        capture = read(path, at, progress)
        return capture, survey(capture)
    from whywire.capture.opening import open_capture
    from whywire.packets.decode import decode_blocks
    from whywire.packets.table import PacketTable

    source = open_capture("/dev/stdin" if path == "-" else path, again=False)
    table = PacketTable()
    surveyor = Surveyor(table)
    for offset in decode_blocks(table, source, 0):
        surveyor.add()
        surveyor.forget()
        if not progress.step(offset, table.forgotten):
            break
    capture = Capture(path, "file", table, tuple(problem.what for problem in source.problems), (source,))
    return capture, surveyor.result(capture)


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
