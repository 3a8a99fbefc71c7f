"""`Tables`: the four tables of one capture, each made when somebody asks for it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

from whywire.base.errors import WhywireError
from whywire.connections.model import Account
from whywire.connections.tally import Tally
from whywire.connections.track import Tracker
from whywire.packets.rows import tcp_count
from whywire.packets.table import Capture
from whywire.tables.table import Table

TYPE_CHECKING = False
if TYPE_CHECKING:
    from whywire.exchanges.model import Exchanges

DETAIL_LIMIT = 500_000
"""TCP packets up to which connections are laid out without being told to: about two kilobytes of memory each."""
KILOBYTES = 2
"""What a laid out packet takes, about."""


class Tables:
    """Packets and connections of any capture; exchanges, findings and causes of those up to a number of packets.

    ``lay_out`` returns the account of ``capture``; it is called when one of the latter is asked for.
    """

    def __init__(self, capture: Capture, lay_out: Callable[[], Account], limit: int = DETAIL_LIMIT) -> None:
        self.capture = capture
        self.limit = limit
        self._lay_out = lay_out

    @cached_property
    def _tracker(self) -> Tracker:
        tracker = Tracker(self.capture.table)
        tracker.track()
        return tracker

    @cached_property
    def account(self) -> Account:
        """All connections laid out. Raises WhywireError where they have more packets than the limit."""
        count = tcp_count(self.capture.table)
        if count > self.limit:
            raise WhywireError(
                f"{self.capture.name}: exchanges, findings and causes need every connection laid out in memory, and "
                f"its {count:,} TCP packets are more than the limit of {self.limit:,}",
                f"packets and connections have no limit; --detail-limit {count} (detail_limit={count} in Python) "
                f"raises this one, at about {count * KILOBYTES / 1e6:,.1f} GB of memory")
        return self._lay_out()

    @cached_property
    def found(self) -> Exchanges:
        """The exchanges as objects. Raises WhywireError above the limit."""
        from whywire.exchanges import find, payload_of

        return find(self.account, payload_of(self.capture))

    @cached_property
    def packets(self) -> Table:
        """The packets, as the pass has them."""
        from whywire.tables.packets import packets

        return packets(self._tracker)

    @cached_property
    def packets_with_causes(self) -> Table:
        """The packets, each with its cause. Raises WhywireError above the limit."""
        from whywire.tables.packets import packets

        return packets(self._tracker, self.account)

    @cached_property
    def connections(self) -> Table:
        """The TCP connections."""
        from whywire.tables.connections import connections

        one = self._tracker
        return connections(one, Tally(one.table, one.rows, one.flows, one.connections, one.count))

    @cached_property
    def exchanges(self) -> Table:
        """Requests with their responses. Raises WhywireError above the limit."""
        from whywire.tables.exchanges import exchanges

        return exchanges(self.found.exchanges)

    @cached_property
    def findings(self) -> Table:
        """What the rules found. Raises WhywireError above the limit."""
        from whywire.findings import find
        from whywire.tables.findings import findings

        return findings(find(self.account, self.capture, exchanges=self.found))
