"""Who is who in a ladder, and the contradictions that are refused."""

from __future__ import annotations

import pytest

from whywire.base.address import address
from whywire.capture.plan import Plan
from whywire.ladder import LadderError, parse


def plan(text: str) -> Plan:
    """Return the plan of a ladder."""
    return Plan(parse(text))


def ends(text: str) -> list[str]:
    """Return each connection of a ladder as text."""
    made = plan(text)
    return [f"{each.tag} {made.endpoint(each, each.client)} {made.endpoint(each, each.server)} "
            f"{each.client_isn} {each.server_isn}" for each in made.connections]


def test_hosts_get_addresses_in_order_of_appearance() -> None:
    made = plan("host c 10.0.0.2\nz: sleep(1)\na>c - 0:0(0)\nhost d 10.0.0.77\n")
    assert {name: address(raw) for name, raw in made.hosts.items()} == \
        {"c": "10.0.0.2", "z": "10.0.0.1", "a": "10.0.0.3", "d": "10.0.0.77"}
    assert [made.number(name) for name in "cz"] == [1, 2]


@pytest.mark.parametrize(("text", "found"), [
    ("a>b S 0:0(0)\nb>a SA 0:0(0) ack 1", ["c1 10.0.0.1:50001 10.0.0.2:80 1000000 2001000000"]),
    ("a: connect(('server', 8080))\na>b S 0:0(0)", ["c1 10.0.0.1:50001 10.0.0.2:8080 1000000 2001000000"]),
    ("connection c7 a:5 > b:6 isn * 9\nb>a - 0:0(0)", ["c7 10.0.0.1:5 10.0.0.2:6 1000000 9"]),
    ("c1 a>b S 0:0(0)\na:5>b:6 S 0:0(0)\nb:6>a:5 - 0:0(0)\na>b - 0:0(0)",
     ["c1 10.0.0.1:50001 10.0.0.2:80 1000000 2001000000", "c2 10.0.0.1:5 10.0.0.2:6 2000000 2002000000"]),
    ("host a fd00::1\nhost b fd00::2\na>b S 0:0(0)", ["c1 [fd00::1]:50001 [fd00::2]:80 1000000 2001000000"])])
def test_connections(text: str, found: list[str]) -> None:
    assert ends(text) == found


def test_two_tags_may_share_their_ports() -> None:
    made = plan("connection c1 a:5 > b:6\nconnection c2 a:5 > b:6\nc2 a>b S 0:0(0)")
    (packet,) = parse("c2 a>b S 0:0(0)").packets
    assert made.connection_of(packet).client_isn == 2_000_000


@pytest.mark.parametrize(("text", "line", "what"), [
    ("host a 10.0.0.1\nhost a 10.0.0.2", 2, "host a is declared twice"),
    ("host a 10.0.0.1\nhost b 10.0.0.1", 2, "is the address of another host already"),
    ("connection c1 a:1 > b:2\nconnection c1 a:3 > b:4", 2, "c1 is declared twice"),
    ("connection c1 a:1 > b:2\nc1 a>z - 0:0(0)", 2, "c1 is between a and b, this packet goes from a to z"),
    ("connection c1 a:1 > b:2\nc1 a:1>b:3 - 0:0(0)", 2, "c1 has other ports than this packet"),
    ("host a ::1\na>b - 0:0(0)", 2, "a and b have addresses of different IP versions")])
def test_contradictions(text: str, line: int, what: str) -> None:
    with pytest.raises(LadderError, match=what) as caught:
        plan(text)
    assert caught.value.line == line


def test_an_unknown_tag() -> None:
    with pytest.raises(LadderError, match="there is no connection c9"):
        plan("a>b - 0:0(0)").tagged("c9", 4)
