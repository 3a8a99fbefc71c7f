"""A capture that could not be read whole."""

from __future__ import annotations

from collections.abc import Iterator

from whywire.connections.model import Account, Certainty
from whywire.findings.rule import Hit, Level, LooksAt, Repeat, Rule, hit

RULE = Rule(
    code="CAP011", name="problem-in-the-file", level=Level.WARNING, certainty=Certainty.ARTEFACT,
    looks_at=LooksAt.ACCOUNT, repeat=Repeat.CAPTURE, title="The file could not be read whole",
    says="Reading the file met with a problem: {problem}.",
    means="The capturing program was ended while it wrote, the disk was full, or the file was copied in part.",
    matters="Everything before the damage is explained; what comes after it is missing.",
    do="Copy the file again, or end the capture with Ctrl-C rather than with a kill.",
    spec="the file format (pcap, pcapng)", fires_on="formats/cut_midrecord.pcap",
    silent_on="traps/01_one_byte_retx.pcap",
)


def check(account: Account) -> Iterator[Hit]:
    """What the readers had to say."""
    for problem in account.problems:
        yield hit(None, problem=problem.rstrip("."))
