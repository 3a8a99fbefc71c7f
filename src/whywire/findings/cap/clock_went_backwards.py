"""A packet that is earlier than the one before it."""

from __future__ import annotations

from collections.abc import Iterator

from whywire.connections.model import Certainty
from whywire.findings.rule import Hit, Level, LooksAt, Repeat, Rule, hit
from whywire.packets import table as t

RULE = Rule(
    code="CAP010", name="clock-went-backwards", level=Level.NOTE, certainty=Certainty.ARTEFACT,
    looks_at=LooksAt.CAPTURE, repeat=Repeat.CAPTURE, title="The capture's clock went backwards",
    says="{packet} is stamped {back_ns} earlier than the packet before it in the file.",
    means="The clock of the capturing host was set back (by NTP, by hand, by a virtual machine's host), or packets of "
          "several processors or files were written out of order.",
    matters="Times around this place are not to be trusted: pauses and round trips can come out wrong or negative.",
    do="Nothing for one capture; `reordercap` sorts a file by time if its order is what is wrong.",
    spec="of the capture", silent_on="traps/01_one_byte_retx.pcap",
)


def check(capture: t.Capture) -> Iterator[Hit]:
    """Within one interface of one file, by more than a millisecond."""
    table = capture.table
    latest: dict[tuple[int, int], int] = {}
    for row in range(len(table)):
        if table.present[row] & t.TIME:
            place = table.file[row], table.interface[row]
            back = latest.get(place, table.time_ns[row]) - table.time_ns[row]
            if back > 1_000_000 and capture.view == "file":
                yield hit(row + 1, packet=row + 1, back_ns=back)
            latest[place] = table.time_ns[row]
