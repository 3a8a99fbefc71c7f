"""Checksums are looked at where the file holds the whole segment."""

from __future__ import annotations

import pytest

from tests.findings.cases import opened, path_of
from whywire.findings import bytes as bytes_of
from whywire.findings.bytes import checksums


def states(name: str) -> list[str]:
    """Return the states of a capture's checksums."""
    with opened(path_of(name)) as (capture, _):
        return [state for _, state in checksums(capture)]


def test_states() -> None:
    assert set(states("TCP112/fires.ladder")) == {"right"}
    assert states("CAP009/fires.pcap").count("wrong") == 1


def test_cut_packets_are_left_out() -> None:
    with opened(path_of("formats/snap68.pcap")) as (capture, _):
        assert len(list(checksums(capture))) == len(capture.table) - 2


def test_only_the_first_packets_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bytes_of, "MOST", 3)
    assert len(states("TCP112/fires.ladder")) == 3
