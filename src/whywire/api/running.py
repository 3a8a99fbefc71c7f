"""`run`: two programs on two virtual hosts, recorded, as `whywire run` does it."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from typing import Any

from whywire.api.opened import Opened, Path, open  # noqa: A004
from whywire.base.errors import WhywireError
from whywire.cli import values
from whywire.cli.bench import adjusted, new_folder


def run(server: str, client: str, *, delay: str | None = None, rate: str | None = None, quiet: str | None = None,
        timeout: str | None = None, folder: Path | None = None, name: str = "run") -> Opened:
    """Run a server and a client (commands as for a shell; ``{server}`` is the server's name); return what was recorded.

    ``delay`` of one way ("5ms"), ``rate`` of a link ("100M"), ``quiet`` and ``timeout`` end the run ("1s", "60s");
    ``folder`` is the run's (default: a new one below runs/). Raises WhywireError where it can't be run.
    """
    from whywire.lab.plan import two_hosts
    from whywire.lab.run import run as record

    chosen = argparse.Namespace(
        delay=_read("delay", values.delay, delay), rate=_read("rate", values.rate, rate),
        quiet=_read("quiet", values.seconds, quiet), timeout=_read("timeout", values.seconds, timeout))
    plan = adjusted(two_hosts(name, server, client), chosen)
    return open(record(plan, new_folder(name) if folder is None else os.fspath(folder)).path)


def _read(name: str, reader: Callable[[str], Any], text: str | None) -> Any:
    try:
        return None if text is None else reader(text)
    except argparse.ArgumentTypeError as error:
        raise WhywireError(f"{name}: {error}") from error
