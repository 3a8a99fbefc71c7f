"""The whole room: any capture gives an account; everything it points to exists."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.connections.accounts import OPEN, of_file, of_run, trap
from tests.connections.tshark import files, name_of
from whywire.base.errors import WhywireError
from whywire.base.ref import Ref
from whywire.capture import open_bytes
from whywire.connections import Account, account
from whywire.connections.model import Cause, Certainty, Reason
from whywire.packets import decode_capture


def causes(found: Account) -> Iterator[Cause]:
    """Yield every cause of an account."""
    for connection in found.connections:
        yield from (s.cause for s in connection.segments)
        yield from (p.cause for p in connection.pauses)
        yield from (w.cause for w in connection.waits)
        if connection.closing.cause is not None:
            yield connection.closing.cause


def reasons(found: Account) -> Iterator[Reason]:
    """Yield every statement of an account."""
    for cause in causes(found):
        yield cause.reason
        yield from cause.others
    for connection in found.connections:
        yield from connection.beliefs
        for segment in connection.segments:
            yield from segment.notes


def check(found: Account) -> None:
    """Hold what is so of every account."""
    calls = {c.number for connection in found.connections for c in connection.calls}
    for reason in reasons(found):
        for ref in reason.refs:
            assert isinstance(ref, Ref)
            assert 1 <= ref.number <= found.packets if ref.kind == "p" else ref.number in calls
    for cause in causes(found):
        if cause.others:
            assert cause.certainty is Certainty.LIKELY
        if cause.certainty is Certainty.LIKELY and cause.kind != "unknown":
            assert cause.others, "likely without the other reading"
    numbers = sorted(s.packet for connection in found.connections for s in connection.segments)
    assert len(numbers) == found.tcp_packets == found.packets - sum(s.packets for s in found.skipped)


@pytest.mark.parametrize("path", files(), ids=name_of)
def test_every_capture_has_an_account(path: Path) -> None:
    try:
        check(of_file(path))
    except WhywireError as error:
        assert error.what


def test_without_a_trace_nothing_is_known() -> None:
    found = trap("13_rst_unread_data")
    assert Certainty.KNOWN not in {cause.certainty for cause in causes(found)}


def test_a_run_brings_its_programs(tmp_path: Path) -> None:
    found = of_run(OPEN, tmp_path)
    check(found)
    assert found.run is not None
    assert [(p.host, p.address, p.name) for p in found.run.programs] == [
        ("a", "10.0.0.1", "client.py"), ("b", "10.0.0.2", "server.py")]
    assert (found.connections[0].client.host, found.connections[0].client.program) == ("a", "client.py")


SMALL = [(Path(p), p.read_bytes()) for p in files() if 24 <= p.stat().st_size < 6_000 and p.suffix == ".pcap"]


@settings(derandomize=True, max_examples=200, deadline=None)
@given(st.sampled_from(SMALL), st.lists(st.tuples(st.integers(24, 6_000), st.integers(0, 255)), max_size=12),
       st.integers(0, 6_000))
def test_mutated_and_cut_captures_have_an_account(
    chosen: tuple[Path, bytes], changes: list[tuple[int, int]], cut: int
) -> None:
    data = bytearray(chosen[1])
    for at, value in changes:
        data[at % len(data)] = value
    try:
        source = open_bytes(bytes(data[:max(24, cut)]))
    except WhywireError:
        return
    check(account(decode_capture(source, "mutated")))
