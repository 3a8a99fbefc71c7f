from __future__ import annotations

from tests.story.factories import account, connection
from whywire.connections.model import Reason, Side
from whywire.connections.why import Why
from whywire.story.teller import Teller


def test_each_vantage_names_what_is_the_round_trip() -> None:
    teller = Teller(account(connection()))
    times: dict[str, str | None] = {**teller.context(Side.CLIENT), "syn_to_synack": "200 us", "synack_to_ack": "400 us"}
    at_client = teller.sentence(Reason(Why.VANTAGE_CLIENT), times)
    at_server = teller.sentence(Reason(Why.VANTAGE_SERVER), times)
    assert "SYN to SYN ACK, 200 us, is the round trip" in at_client
    assert "SYN ACK to ACK, 400 us, is the round trip" in at_server


def test_loopback_has_no_round_trip() -> None:
    teller = Teller(account(connection()))
    assert "neither handshake time is a network delay" in \
        teller.sentence(Reason(Why.VANTAGE_LOOPBACK), teller.context(Side.CLIENT))
