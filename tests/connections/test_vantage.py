"""Where a capture was taken, and when that can't be told."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.connections.accounts import OPEN, founding, of_ladder, of_run, only, trap
from whywire.connections.model import Certainty


@pytest.mark.parametrize(("times", "ttls", "place"), [
    (("0.050", "0.0001"), (64, 60), "client"),
    (("0.050", "0.0001"), (64, 64), "client"),
    (("0.0001", "0.050"), (60, 64), "server"),
    (("0.0001", "0.050"), (64, 64), "server"),
    (("0.020", "0.030"), (64, 64), "unknown"),
    (("0.020", "0.030"), (60, 58), "between"),
    (("0.050", "0.0001"), (60, 58), "between"),  # both came through routers, so it is at neither end
    (("0.00001", "0.00009"), (64, 64), "unknown"),  # scheduling, not a network
    (("0.050", "0.0001"), (60, 64), "unknown"),  # times and hops contradict each other
])
def test_times_and_hop_counts(times: tuple[str, str], ttls: tuple[int, int], place: str) -> None:
    found = only(of_ladder(f"""
+0.000 a>b S  0:0(0)       win 64240 ttl {ttls[0]}
+{times[0]} b>a SA 0:0(0) ack 1 win 64240 ttl {ttls[1]}
+{times[1]} a>b A  1:1(0) ack 1 win 64240 ttl {ttls[0]}
"""))
    assert found.vantage.place == place


def test_both_ends_and_one_of_them(tmp_path: Path) -> None:
    assert only(of_run(OPEN, tmp_path)).vantage.place == "both"
    at = only(of_run(OPEN, tmp_path / "again", at="b")).vantage
    assert (at.place, at.certainty) == ("server", Certainty.KNOWN)


@pytest.mark.parametrize("name", ["a-v1.pcapng", "c-v3-read-all.pcap"])
def test_a_machine_that_talks_to_itself(name: str) -> None:
    assert only(founding(name)).vantage.place == "one host"


def test_a_guest_behind_nat_is_the_client() -> None:
    assert founding("c-names-twice.pcap").connections[0].vantage.place == "client"


def test_connections_that_contradict_each_other_are_not_believed() -> None:
    assert {c.vantage.place for c in founding("b-http-page-start.pcapng").connections} == {"unknown"}
    assert {c.vantage.place for c in founding("c-names-twice.pcap").connections} == {"client"}


def test_one_connection_that_can_not_tell_is_enough_not_to_believe_the_times() -> None:
    assert {c.vantage.place for c in founding("b-http-redirect.pcapng").connections} == {"unknown"}


def test_an_ack_that_comes_back_sooner_than_the_round_trip_contradicts_it() -> None:
    assert only(trap("29_syn_retx_then_ok")).vantage.place == "unknown"
