"""Held against tshark: stream counts and every flag, over all captures of the repository.

Each difference stands in oracle/differences.tsv with its reason, and that table holds only cases where we are right:
a difference that is not in it fails, and so does a line of it that no longer is one.
"""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from tests.connections.accounts import of_file, segments
from tests.connections.tshark import FIELDS, ask, files, name_of, stored, version
from whywire.base.errors import WhywireError

DIFFERENCES = Path(__file__).parent / "oracle" / "differences.tsv"
WORDS = set(FIELDS.values())


def reasons() -> dict[tuple[str, str, str], tuple[str, set[int], str]]:
    """Return (capture, tshark's word, ours) -> the packets and the reason."""
    with DIFFERENCES.open(newline="") as file:
        return {(row["capture"], row["tshark"], row["whywire"]): (
            row["capture"], {int(number) for number in row["packets"].split()}, row["reason"] or "")
            for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)}


def differences(path: Path) -> dict[tuple[str, str, str], set[int]]:
    """Return where we differ from tshark's stored answer: (capture, its words, ours) -> packet numbers."""
    try:
        found = of_file(path)
    except WhywireError:
        return {}
    theirs: dict[int, set[str]] = {}
    kinds = stored()[1][name_of(path)]["kinds"]
    assert isinstance(kinds, dict)
    for word, packets in kinds.items():
        for packet in packets:
            theirs.setdefault(packet, set()).add(word)
    different: dict[tuple[str, str, str], set[int]] = {}
    for segment in segments(found):
        ours, said = set(segment.kinds) & WORDS, theirs.pop(segment.packet, set())
        if ours != said:
            key = (name_of(path), " ".join(sorted(said)) or "-", " ".join(sorted(ours)) or "-")
            different.setdefault(key, set()).add(segment.packet)
    for packet, said in theirs.items():
        different.setdefault((name_of(path), " ".join(sorted(said)), "not TCP"), set()).add(packet)
    return different


@pytest.mark.parametrize("path", files(), ids=name_of)
def test_kinds_are_tsharks_or_the_difference_has_its_reason(path: Path) -> None:
    expected = {key: packets for key, (capture, packets, _) in reasons().items() if capture == name_of(path)}
    assert differences(path) == expected


@pytest.mark.parametrize("path", files(), ids=name_of)
def test_the_number_of_streams_is_tsharks(path: Path) -> None:
    try:
        found = of_file(path)
    except WhywireError:
        assert stored()[1][name_of(path)]["streams"] == 0  # nothing in it, said at opening
        return
    assert len(found.connections) == stored()[1][name_of(path)]["streams"]


def test_the_stored_answers_are_what_tshark_says_here() -> None:
    if version() != stored()[0]:  # another version may say other things; the stored ones stay the oracle
        return
    answers = stored()[1]
    assert {name_of(path): ask(path) for path in files()} == answers


def test_every_difference_has_a_reason() -> None:
    assert all(len(reason) > 20 and packets for _, packets, reason in reasons().values())
