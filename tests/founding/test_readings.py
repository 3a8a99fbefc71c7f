"""Each reading that TRUTH.md quotes as wrong, as a predicate on the JSON that would fail if we made that mistake.

``right`` holds for our story; ``mistake`` changes the story into what the reading would have told, and ``right`` must
then fail, so that no predicate is empty.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

import pytest

from tests.founding.explained import FOLDER, Json, explain, packet, packets


class Reading(NamedTuple):
    """What is often told of a capture, and how we would notice that we tell it too."""

    capture: str
    told: str
    right: Callable[[Json], bool]
    mistake: Callable[[Json], None]


def acknowledges(story: Json, number: int) -> tuple[int, int, list[int]]:
    """Return what a packet acknowledges for the first time: bytes, FINs, and the packets that brought them."""
    step = packet(story, number)["acknowledges"]
    return step["data"], step["fin"], step["packets"]


def fins(story: Json, index: int = 0) -> list[tuple[int, str]]:
    """Return the FINs of a connection."""
    return [(mark["packet"], mark["from"]) for mark in story["connections"][index]["close"]["fins"]]


def change(story: Json, number: int, **changed: object) -> None:
    """Change what is said of a packet."""
    packet(story, number).update(changed)


def change_step(story: Json, number: int, **changed: object) -> None:
    """Change what is said to be acknowledged by a packet."""
    packet(story, number)["acknowledges"].update(changed)


def change_close(story: Json, index: int, **changed: object) -> None:
    """Change what is said of a connection's end."""
    story["connections"][index]["close"].update(changed)


def swapped(story: Json, index: int) -> None:
    """Give each FIN of a connection to the other side."""
    for mark in story["connections"][index]["close"]["fins"]:
        mark["from"] = "server" if mark["from"] == "client" else "client"


def by_the_kernel(story: Json, number: int) -> bool:
    """Tell whether a packet is said to be the kernel's, not a program's."""
    return packet(story, number)["cause"]["kind"] in ("answers", "timer", "kernel")


def waits_for_idle(story: Json) -> bool:
    """Tell whether each connection's end begins a second after its own last byte, said to be its server's."""
    for connection in story["connections"]:
        own = packets(story, connection["id"])
        first_fin = packet(story, connection["close"]["fins"][0]["packet"])
        last = max([one["time_ns"] for one in own if one["length"]], default=own[2]["time_ns"])
        if not 1.0e9 < first_fin["time_ns"] - last < 1.01e9 or connection["close"]["first"] != "server":
            return False
    return True


READINGS = [
    Reading("a-v1.pcapng", "ack is always the sequence number of the last packet plus 1",
            lambda s: [acknowledges(s, n)[:2] for n in (5, 7, 9, 10)] == [(13, 0), (13, 0), (0, 1), (0, 1)],
            lambda s: change_step(s, 5, data=1)),
    Reading("a-v1.pcapng", "rows 9 and 10: client and server both send FIN",
            lambda s: fins(s) == [(8, "client"), (9, "server")] and packet(s, 10)["kinds"] == ["ack"],
            lambda s: change(s, 10, kinds=["fin"])),
    Reading("a-v2.pcapng", "PSH,ACK means the client is ready to transmit and the server acknowledged the receipt",
            lambda s: (packet(s, 4)["from"], packet(s, 4)["kinds"], packet(s, 4)["length"]) == ("client", ["data"], 20)
            and packet(s, 4)["acknowledges"] is None and packet(s, 4)["cause"]["kind"] == "call",
            lambda s: change(s, 4, kinds=["ack"], length=0)),
    Reading("a-v2.pcapng", "the server sends the first FIN",
            lambda s: s["connections"][0]["close"]["first"] == "client" and fins(s)[0] == (10, "client"),
            lambda s: swapped(s, 0)),
    Reading("a-v3.pcapng", "the client is unable to process the large packet (13,000 byte) and needs to terminate",
            lambda s: acknowledges(s, 7) == (13000, 0, [6]) and s["connections"][0]["bytes"]["server"] == 13000
            and s["connections"][0]["close"]["cause"]["kind"] == "unread-data",
            lambda s: change_step(s, 7, data=0)),
    Reading("a-v4.pcapng",
            "the client sent an empty data when he asked for termination, then the server has to delay 5 seconds",
            lambda s: packet(s, 14)["kinds"] == ["fin"] and s["connections"][0]["data_segments"]["client"] == 4
            and [pause["after"] for pause in s["connections"][0]["pauses"]] == [11, 15],
            lambda s: change(s, 14, kinds=["data", "fin"])),
    Reading("a-v4.pcapng", "each time it's getting ACKed from the server",
            lambda s: all(by_the_kernel(s, n) for n in (5, 7, 9, 11)),
            lambda s: change(s, 7, cause={"kind": "call", "ref": None, "certainty": "inferred"})),
    Reading("a-http-browser-snap640.pcapng", "after the client has sent all requests the connections begin to close",
            waits_for_idle,
            lambda s: change(s, 22, time_ns=packet(s, 21)["time_ns"])),
    Reading("b-names.pcapng", "phantom bit",
            lambda s: acknowledges(s, 8)[:2] == (0, 1) and s["connections"][0]["bytes"] == {"client": 13, "server": 13},
            lambda s: s["connections"][0]["bytes"].update(server=14)),
    Reading("b-names.pcapng", "it understood that the connection is over, so it closes too",
            lambda s: packet(s, 8)["cause"]["kind"] == "call",
            lambda s: change(s, 8, cause={"kind": "answers", "ref": "p6", "certainty": "inferred"})),
    Reading("b-http-page-start.pcapng", "about five connections",
            lambda s: [c["client"].rpartition(":")[2] for c in s["connections"]] == [f"5401{n}" for n in range(5)]
            and all((c["close"]["kind"], c["close"]["time_wait"]) == ("open", None) for c in s["connections"]),
            lambda s: change_close(s, 4, kind="orderly")),
    Reading("b-v3.pcapng", "the client acknowledges the first 1024 bytes, then the second",
            lambda s: acknowledges(s, 14) == (13000, 0, list(range(5, 14)))
            and [one["packet"] for one in packets(s) if one["from"] == "client" and one["acknowledges"]] == [3, 14],
            lambda s: change_step(s, 14, data=1024)),
    Reading("b-http-own-client.pcapng", "content in 2 packets, and the 200 message collects it",
            lambda s: s["connections"][0]["data_segments"]["server"] == 3
            and [packet(s, n)["length"] for n in (5, 6, 7)] == [1448, 1448, 290],
            lambda s: s["connections"][0]["data_segments"].update(server=2)),
    Reading("c-names-twice.pcap", "initial sequence number 0",
            lambda s: s["connections"][0]["isn"] == {"client": 1733959165, "server": 10868},
            lambda s: s["connections"][0]["isn"].update(client=0)),
    Reading("c-names-twice.pcap", "ack for the packet received before from the server",
            lambda s: packet(s, 5)["from"] == "server" and acknowledges(s, 5) == (29, 0, [4])
            and packet(s, 4)["from"] == "client",
            lambda s: change_step(s, 5, packets=[2])),
    Reading("c-v1.pcap", "when the client socket is empty the server closes",
            lambda s: fins(s) == [(7, "client"), (9, "server")] and by_the_kernel(s, 8)
            and packet(s, 9)["cause"]["kind"] == "call" and s["connections"][0]["close"]["first"] == "client",
            lambda s: swapped(s, 0)),
    Reading("c-http-until-close.pcap", "then the server sent the status of the request",
            lambda s: packet(s, 8)["kinds"] == ["fin"] and packet(s, 8)["length"] == 0
            and s["connections"][0]["bytes"]["server"] == packet(s, 6)["length"] == 180,
            lambda s: change(s, 8, kinds=["data", "fin"])),
    Reading("c-http-until-close.pcap", "the browser sent an ack for every packet",
            lambda s: packet(s, 9)["kinds"] == ["fin"] and acknowledges(s, 9)[:2] == (0, 1)
            and not any(one["from"] == "client" and one["kinds"] == ["ack"] and one["acknowledges"]["fin"]
                        for one in packets(s, "c1") if one["acknowledges"]),
            lambda s: change(s, 9, kinds=["ack"])),
    Reading("d-http-keep-alive.pcapng", "ack on all the bits (274 presumably)",
            lambda s: packet(s, 7)["ack"] == 275 and acknowledges(s, 7) == (274, 0, [6]),
            lambda s: change(s, 7, ack=274)),
    Reading("d-http-keep-alive.pcapng", "chrome opens 2 ports for every request",
            lambda s: len(s["connections"]) == 1 and s["connections"][0]["data_segments"] == {"client": 2, "server": 2},
            lambda s: s["connections"].append(s["connections"][0])),
    Reading("d-http-redirect.pcapng",
            "now we send a message that we moved permanently 301, close the connection from the client side",
            lambda s: packet(s, 6)["from"] == "server" and packet(s, 6)["kinds"] == ["data"]
            and packet(s, 8)["kinds"] == ["fin"] and fins(s) == [(8, "server"), (10, "client")],
            lambda s: swapped(s, 0)),
    Reading("d-http-redirect.pcapng", "after a second we close",
            lambda s: fins(s, 1)[0] == (19, "server") and s["connections"][1]["close"]["first"] == "server",
            lambda s: swapped(s, 1)),
]


def case(reading: Reading) -> str:
    """Return a test's name."""
    return f"{reading.capture}: {reading.told[:40]}"


@pytest.mark.parametrize("reading", READINGS, ids=case)
def test_we_do_not_read_it_so(reading: Reading) -> None:
    assert reading.right(explain(reading.capture))


@pytest.mark.parametrize("reading", READINGS, ids=case)
def test_we_would_notice(reading: Reading) -> None:
    story = explain(reading.capture)
    reading.mistake(story)
    assert not reading.right(story)


def test_every_quoted_reading_has_its_predicate() -> None:
    truth = " ".join((FOLDER / "TRUTH.md").read_text().split())
    quoted = re.findall(r'Often told as "([^"]*)"', truth)
    assert sorted(quoted) == sorted(reading.told for reading in READINGS)
