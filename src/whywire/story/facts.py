"""What a story says of single packets and ends, for papers that want each on its own."""

from __future__ import annotations

from collections.abc import Iterator

from whywire.connections.model import Connection
from whywire.story import ending
from whywire.story.document import PacketRow, Story
from whywire.story.packet import packet_row, statement_text
from whywire.story.teller import Teller


def connection_rows(story: Story, connection: Connection) -> Iterator[PacketRow]:
    """Yield the row of every packet of a connection, none folded."""
    teller = Teller(story.account, story.calls)
    start = connection.segments[0].time_ns if connection.segments else 0
    return (packet_row(teller, segment, start) for segment in connection.segments)


def ending_texts(story: Story, connection: Connection) -> str:
    """Return how a connection ended and why, as one text."""
    why = ending.reason(Teller(story.account, story.calls), connection)
    parts = [ending.summary(connection) if connection.closing.kind.value == "refused" else ending.ended(connection)]
    if why is not None:
        parts.append(statement_text(why))
    return " ".join(part for part in parts if part)
