"""Rules are asked, counted and put in packet order."""

from __future__ import annotations

import pytest

from tests.findings.cases import case, fired, opened, path_of
from whywire.base.errors import WhywireError
from whywire.connections import account
from whywire.exchanges import find as exchanges_of
from whywire.exchanges import payload_of
from whywire.findings import Level, find
from whywire.findings.rule import Finding


def codes(name: str, **wishes: list[str]) -> list[str]:
    """Return the codes of the findings of a capture, chosen as ``wishes`` say."""
    with opened(path_of(name)) as (capture, run):
        return [finding.code for finding in find(account(capture, run), capture, **wishes)]


def test_findings_are_in_packet_order_those_without_a_packet_last() -> None:
    packets = [finding.packet for finding in case("CALL005/fires.ladder").findings]
    assert packets == sorted(packets, key=lambda packet: (packet is None, packet))
    assert case("formats/cut_midrecord.pcap").findings[-1].packet is None


def test_once_a_connection_with_a_count() -> None:
    [finding] = fired("TCP116/fires.ladder", "TCP101")
    assert finding.count == 4
    assert finding.text.endswith("; the first of 4 in this connection.")


def test_once_a_capture_with_a_count() -> None:
    [finding] = fired("traps/04_any_duplicates.pcap", "CAP001")
    assert (finding.count, finding.connection, finding.packet) == (10, 1, 2)
    assert finding.text.endswith("; the first of 10 in this capture.")


def test_a_finding_can_be_written_down() -> None:
    [finding] = fired("traps/22_zero_window.pcap", "TCP104")
    assert isinstance(finding, Finding)
    assert (finding.code, finding.name, finding.level, finding.certainty.value, finding.connection, finding.packet) == (
        "TCP104", "zero-window", Level.WARNING, "inferred", 1, 5)
    assert [str(ref) for ref in finding.because] == ["p4"]


def test_select_and_ignore() -> None:
    name = "TCP013/fires.ladder"
    assert codes(name) == ["TCP012", "TCP013"]
    assert codes(name, select=["congestion-echoed"]) == ["TCP013"]
    assert codes(name, select=["tcp"], ignore=["TCP012"]) == ["TCP013"]
    assert codes(name, select=["CALL"]) == []
    assert codes(name, ignore=["TCP0"]) == []


def test_a_name_that_names_nothing_is_said() -> None:
    with pytest.raises(WhywireError, match="no rule is named by 'TCP999'"):
        codes("traps/22_zero_window.pcap", ignore=["TCP999"])


def test_without_the_capture_the_rules_on_its_bytes_are_silent() -> None:
    with opened(path_of("formats/snap68.pcap")) as (capture, run):
        found = account(capture, run)
        assert [finding.code for finding in find(found)] == []
        assert [finding.code for finding in find(found, capture)] == ["CAP007"]


def test_without_the_exchanges_the_rules_about_requests_are_silent() -> None:
    with opened(path_of("HTTP006/fires.ladder")) as (capture, run):
        found = account(capture, run)
        spoken = exchanges_of(found, payload_of(capture))
        assert "HTTP006" not in [finding.code for finding in find(found, capture)]
        assert "HTTP006" in [finding.code for finding in find(found, capture, exchanges=spoken)]


def test_rules_about_requests_are_counted_by_connection() -> None:
    two = fired("founding/c-http-until-close.pcap", "HTTP001")
    assert [(finding.connection, finding.packet) for finding in two] == [(1, 8), (2, 18)]
    [finding] = fired("traps/24_pipelining.pcap", "HTTP009")
    assert (finding.connection, finding.count) == (1, 2)
