"""A story as comments of packets, for tools that show a capture their own way (Wireshark: packet comments).

The first comment says what the packet is and why it was sent, with its certainty; each finding at the packet follows
as a comment of its own, so that a display filter finds it by its code.
"""

from __future__ import annotations

from whywire.report.escape import visible
from whywire.report.layout import marked
from whywire.story.document import Statement, Story
from whywire.story.packet import packet_row, readings
from whywire.story.records import Connection, Finding, Segment
from whywire.story.teller import Teller


class Comments:
    """The comments of a story's packets; called with a packet's number it returns them, none for other traffic."""

    def __init__(self, story: Story) -> None:
        self._teller = Teller(story.account, story.calls)
        self._segments: dict[int, tuple[Connection, Segment]] = {
            segment.packet: (connection, segment)
            for connection in story.connections for segment in connection.segments}
        self._findings: dict[int, list[Finding]] = {}
        for finding in story.findings or ():
            if finding.packet is not None:
                self._findings.setdefault(finding.packet, []).append(finding)

    def __len__(self) -> int:
        """Return how many packets are told."""
        return len(self._segments)

    def __call__(self, number: int) -> tuple[str, ...]:
        """Return the comments of packet ``number``, each on one line."""
        told = self._segments.get(number)
        texts = [] if told is None else [self._reason(*told)]
        texts += [f"{found.level.word} {found.code} ({found.name}): {found.text}"
                  for found in self._findings.get(number, ())]
        return tuple(visible(text) for text in texts)

    def _reason(self, connection: Connection, segment: Segment) -> str:
        row = packet_row(self._teller, segment, connection.segments[0].time_ns, brief=True)
        parts = [f"c{connection.number} {row.side.value}: {row.what}.", row.numbers, _stated(row.why),
                 *(_stated(note) for note in row.notes)]
        return " ".join(part for part in parts if part)


def _stated(statement: Statement) -> str:
    """Return a statement with its certainty; a comment is read alone, so none goes without saying."""
    return marked(statement.text, statement.certainty, None, readings(statement))
