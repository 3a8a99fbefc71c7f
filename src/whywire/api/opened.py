"""`Opened`: a capture file or run folder as tables and as a story. What `whywire.open` returns."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from whywire.base.errors import WhywireError
from whywire.cli.show import Wishes, open_path, render, tell
from whywire.connections import account
from whywire.tables import DETAIL_LIMIT, Table, Tables

if TYPE_CHECKING:
    from whywire.capture.run import RunFolder
    from whywire.packets.table import Capture

Path = str | os.PathLike[str]


class Opened:
    """A capture that was read: its tables are made when they are asked for. A context; `close` lets go of the file."""

    def __init__(self, path: str, run: RunFolder | None, capture: Capture, detail_limit: int) -> None:
        self.path = path
        self._run = run
        self._capture = capture
        self._tables = Tables(capture, lambda: account(capture, run), detail_limit)
        self._closed = False

    def _detailed(self, name: str) -> Table:
        """Return a table that needs the packets' bytes."""
        if self._closed and name not in vars(self._tables):
            raise WhywireError(f"{self.path} is closed, and its {name.replace('_', ' ')} were not asked for before",
                               "ask for them inside the with block")
        table: Table = getattr(self._tables, name)
        return table

    @property
    def view(self) -> str:
        """``file``; of a run ``merged`` or ``at HOST``."""
        return self._capture.view

    @property
    def problems(self) -> tuple[str, ...]:
        """Sentences about damage in the file, in its order; what was read before it is there."""
        return (*self._capture.problems, *(() if self._run is None else self._run.problems))

    @property
    def packets(self) -> Table:
        """The packets, a row each, TCP or not."""
        return self._tables.packets

    @property
    def packets_with_causes(self) -> Table:
        """The packets, each with its cause and round-trip time. Raises WhywireError above the detail limit."""
        return self._detailed("packets_with_causes")

    @property
    def connections(self) -> Table:
        """The TCP connections, a row each."""
        return self._tables.connections

    @property
    def exchanges(self) -> Table:
        """Requests with their responses, a row each. Raises WhywireError above the detail limit."""
        return self._detailed("exchanges")

    @property
    def findings(self) -> Table:
        """What is worth a look, a row each. Raises WhywireError above the detail limit."""
        return self._detailed("findings")

    def story(self, *, connection: int | None = None, packet: int | None = None, all_packets: bool = False,
              width: int = 100) -> str:
        """Return the text that ``whywire explain`` prints: of all, of one connection, or of one packet.

        Raises WhywireError for a connection or packet that is not there, and when it is closed.
        """
        if self._closed:
            raise WhywireError(f"{self.path} is closed", "ask for its story inside the with block")
        wish = Wishes(connection=connection, packet=packet, all=all_packets)
        told, _ = tell(self._run, self._capture, wish)
        return "".join(render(told, wish, width, False))

    def __enter__(self) -> Opened:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the files. Tables that were made stay."""
        self._closed = True
        self._capture.close()

    def __repr__(self) -> str:
        counted = ", ".join(f"{len(table):,} {name}{'s' if len(table) != 1 else ''}" for name, table in (
            ("packet", self.packets), ("connection", self.connections)))
        return (f"<whywire {self.path}: {counted}; "
                ".packets .connections .exchanges .findings .story()>")


def open(path: Path, *, at: str | None = None, detail_limit: int = DETAIL_LIMIT) -> Opened:  # noqa: A001
    """Open a capture (pcap or pcapng, also inside gzip or zstd) or a run folder, and read its packets.

    ``at`` is the host whose capture of a run is read; None: both merged. Up to ``detail_limit`` TCP packets exchanges,
    findings and causes are worked out when they are asked for. Raises WhywireError for what can't be opened.
    """
    name = os.fspath(path)
    run, capture = open_path(name, at)
    return Opened(name, run, capture, detail_limit)
