from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.story.accounts import founding, of_run
from tests.story.factories import account, call, connection, conversation, end, skipped
from whywire.connections.model import Account
from whywire.report.json import as_object, pieces, render
from whywire.story import packet_page, tell

LADDERS = Path(__file__).resolve().parent.parent / "story" / "ladders"
TOP = {"whywire", "file", "packets", "tcp_packets", "skipped", "connections", "packets_explained", "findings", "view"}
CONNECTION = {"id", "client", "server", "roles", "first_packet", "last_packet", "packets", "isn", "open", "bytes",
              "data_segments", "close", "history", "exchanges"}
CLOSE = {"kind", "half_close", "first", "fins", "rsts", "time_wait", "cause"}
PACKET = {"packet", "connection", "from", "kinds", "text", "cause"}


def told(found: Account) -> dict[str, Any]:
    """Return a story's JSON, read back."""
    loaded: dict[str, Any] = json.loads(render(tell(found)))
    return loaded


def test_every_field_of_the_format_is_there() -> None:
    found = told(account(connection()))
    (one,) = found["connections"]
    assert set(found) >= TOP
    assert set(one) >= CONNECTION
    assert set(one["close"]) >= CLOSE
    assert set(one["close"]["cause"]) >= {"kind", "or", "certainty", "packet", "text"}
    assert set(one["open"]) >= {"kind", "syn_to_synack_ns", "synack_to_ack_ns"}
    assert set(found["packets_explained"][0]) >= PACKET
    assert set(found["packets_explained"][0]["cause"]) >= {"kind", "ref", "certainty"}


def test_the_example_of_the_spec() -> None:
    found = told(founding("a-v1.pcapng"))
    (one,) = found["connections"]
    assert one["isn"] == {"client": 3178576893, "server": 2842456210}
    assert one["open"]["syn_to_synack_ns"] == 13065
    assert one["close"]["fins"] == [{"packet": 8, "from": "client"}, {"packet": 9, "from": "server"}]
    assert found["packets_explained"][4]["acknowledges"] == {
        "before": 1, "after": 14, "syn": 0, "data": 13, "fin": 0, "packets": [4]}


def test_what_is_not_known_is_null_and_never_0() -> None:
    one = connection(server=end("10.0.0.2:80", isn=None), segments=tuple(
        replace(made, ack=None) for made in conversation()))
    found = told(account(one, first_ns=None))
    assert found["first_ns"] is None
    assert found["connections"][0]["isn"]["server"] is None
    assert found["packets_explained"][0]["ack"] is None
    assert (found["findings"], found["connections"][0]["exchanges"], found["run"]) == (None, None, None)


def test_packets_of_all_connections_stand_in_their_order() -> None:
    late = connection(2, segments=tuple(replace(made, packet=2 * made.packet) for made in conversation()))
    numbers = [one["packet"] for one in told(account(connection(), late))["packets_explained"]]
    assert numbers == sorted(numbers)
    assert len(numbers) == 20


@pytest.mark.parametrize("name", ["a-v1.pcapng", "b-http-own-client.pcapng"])
def test_the_pieces_are_the_object(name: str) -> None:
    for story in (tell(founding(name)), tell(account()), tell(founding(name), findings=())):
        parts = list(pieces(story))
        assert "".join(parts) == render(story) == json.dumps(as_object(story), indent=2) + "\n"
    parts = list(pieces(tell(founding(name))))
    assert max(len(part) for part in parts) < len("".join(parts)) // 4  # a packet, or a connection, each


def test_a_page_has_its_packet_only() -> None:
    found = as_object(packet_page(account(connection()), 4, ()))
    assert [one["packet"] for one in found["packets_explained"]] == [4]


def test_references_are_text() -> None:
    found = told(account(connection(calls=(call(3, "send"),)), skipped=(skipped("arp", 2),)))
    assert found["packets_explained"][4]["cause"]["ref"] == "p4"
    assert found["connections"][0]["calls"][0]["id"] == "k3"
    assert found["skipped"] == [{"reason": "arp", "packets": 2}]


@pytest.mark.parametrize("ladder", ["unread", "sleep", "refused"])
def test_a_run_points_only_to_what_is_there(ladder: str, tmp_path: Path) -> None:
    found = told(of_run((LADDERS / f"{ladder}.ladder").read_text(), tmp_path / "run"))
    there = {f"p{one['packet']}" for one in found["packets_explained"]}
    there |= {made["id"] for one in found["connections"] for made in one["calls"]} | {None}
    for one in found["packets_explained"]:
        assert {one["cause"]["ref"], *one["cause"]["because"], *(part["call"] for part in one["carries"])} <= there
    assert found["view"] == "merged"


def test_it_is_ascii_whatever_was_captured() -> None:
    text = render(tell(account(connection(), name="\x1b\u202e日\ud800")))
    assert text.isascii()
    assert "\x1b" not in text
