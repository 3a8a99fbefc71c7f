"""Packets cut by the snap length."""

from __future__ import annotations

from collections.abc import Iterator

from whywire.connections.model import Certainty
from whywire.findings.rule import Hit, Level, LooksAt, Repeat, Rule, hit
from whywire.packets.table import Capture

RULE = Rule(
    code="CAP007", name="cut-by-snap-length", level=Level.INFO, certainty=Certainty.ARTEFACT,
    looks_at=LooksAt.CAPTURE, repeat=Repeat.EACH, title="The capture holds only the beginning of its packets",
    says="{cut} of {packets} were cut by the capture's snap length, the first at {kept_bytes} of {whole_bytes}.",
    means="The capturing program kept a given number of bytes of each packet (`tcpdump -s`).",
    matters="Headers are there, so TCP can be explained; payload beyond the cut can't be shown, and messages in it "
            "can't be read.",
    do="Capture without -s (or with -s 0) if the contents matter.",
    spec="of the capture", fires_on="formats/snap68.pcap", silent_on="traps/03_gro_superseg.pcap",
)


def check(capture: Capture) -> Iterator[Hit]:
    """Fewer bytes in the file than on the wire."""
    table = capture.table
    cut = [row for row in range(len(table)) if table.captured[row] < table.original[row]]
    if cut:
        yield hit(cut[0] + 1, cut=len(cut), packets=len(table), kept_bytes=table.captured[cut[0]],
                  whole_bytes=table.original[cut[0]])
