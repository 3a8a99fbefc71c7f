"""The founding captures: every HTTP line and every link that TRUTH.md and connections.tsv tell comes out."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from tests.exchanges.talk import CAPTURES, founding, links
from whywire.connections.model import Certainty, Side
from whywire.exchanges import Exchanges

FOLDER = CAPTURES / "founding"
STAND_INS = {"a-http-browser.pcapng": "a-http-browser-snap640.pcapng"}


def rows() -> list[dict[str, str]]:
    with (FOLDER / "connections.tsv").open() as file:
        return list(csv.DictReader(file, delimiter="\t"))


def told(found: Exchanges, connection: int) -> str:
    """Return the exchanges of a connection as connections.tsv writes them: the frame in which a message ends (R17)."""
    parts = []
    for one in found.of(connection):
        if one.request is not None:
            asked = one.request
            parts.append((asked.last_packet, f"f{asked.last_packet} {asked.method} {asked.target}"))
        if one.response is not None:
            parts.append((one.response.last_packet, f"f{one.response.last_packet} {one.response.status}"))
    return " | ".join(text for _, text in sorted(parts)) or "-"


@pytest.mark.parametrize("row", rows(), ids=lambda row: f"{row['file']}-{row['stream']}")
def test_the_http_column(row: dict[str, str]) -> None:
    found = founding(STAND_INS.get(row["file"], row["file"]))
    assert told(found, int(row["stream"]) + 1) == row["http"]


@pytest.mark.parametrize(("name", "sizes"), [
    ("a-http-404.pcapng", [(442, 45, 45, 0)]),
    ("b-http-redirect.pcapng", [(365, 77, 77, 0), (368, 178, 64, 114)]),
    ("b-http-own-client.pcapng", [(48, 3186, 60, 3126)]),
    ("c-http-until-close.pcap", [(339, 180, 43, 137), (260, 2321, 43, 2278)]),
    ("d-http-redirect.pcapng", [(449, 77, 77, 0), (452, 127, 63, 64)]),
    ("d-http-keep-alive.pcapng", [(59, 274, 64, 210), (59, 274, 64, 210)]),
    ("a-http-browser-snap640.pcapng", [
        (446, 220817, 67, 220750), (437, 232, 64, 168), (448, 186, 64, 122), (449, 667, 64, 603),
        (383, 531990, 67, 531923), (385, 531990, 67, 531923), (383, 220817, 67, 220750), (383, 220817, 67, 220750),
        (385, 220817, 67, 220750), (385, 220817, 67, 220750), (385, 531990, 67, 531923), (383, 531990, 67, 531923),
        (383, 220817, 67, 220750), (385, 220817, 67, 220750), (383, 531990, 67, 531923), (385, 531990, 67, 531923)]),
])
def test_sizes_by_what_was_on_the_wire(name: str, sizes: list[tuple[int, int, int, int]]) -> None:
    found = [(one.request.bytes, one.response.bytes, one.response.head_bytes, one.response.body_bytes)
             for one in founding(name).exchanges if one.request and one.response]
    assert found == sizes


def test_a_page_that_the_capture_cuts() -> None:
    found = founding("b-http-page-start.pcapng")
    assert [one.response is None for one in found.exchanges] == [False, True, True]
    assert [use.unused for use in found.uses] == [None, None, "so far", "so far", "so far"]
    assert links(found, "parallel") == [("c1", "c2"), ("c2", "c3"), ("c3", "c4"), ("c4", "c5")]
    assert links(found, "page") == [("x1", "x2"), ("x1", "x3")]


def test_bodies_that_end_with_the_connection() -> None:
    one, _ = founding("c-http-until-close.pcap").exchanges
    assert one.response is not None
    assert (one.response.until_close, one.response.first_packet, one.response.last_packet) == (True, 6, 8)
    assert links(founding("c-http-until-close.pcap"), "replaces") == [("c1", "c2")]


@pytest.mark.parametrize("name", ["b-http-redirect.pcapng", "d-http-redirect.pcapng"])
def test_redirects_are_followed_on_a_new_connection(name: str) -> None:
    found = founding(name)
    assert links(found, "redirect") == [("x1", "x2")]
    assert links(found, "replaces") == [("c1", "c2")]
    (link,) = [one for one in found.links if one.kind == "redirect"]
    assert link.detail["new_connection"] is True
    assert all(gap.ended_by == "request" for gap in found.uses[0].gaps)  # Connection: close, and no waiting


def test_keep_alive_that_expired() -> None:
    found = founding("d-http-keep-alive-expired.pcapng")
    (gap,) = found.uses[0].gaps
    assert (gap.after, gap.before, gap.ended_by, gap.timed_out, gap.certainty) == (
        6, 8, "fin", Side.SERVER, Certainty.LIKELY)
    assert all(gap.timed_out is None for gap in found.uses[1].gaps)
    assert links(found, "replaces") == [("c1", "c2")]


def test_a_connection_that_was_used_again() -> None:
    (use,) = founding("d-http-keep-alive.pcapng").uses
    assert use.reuse == 1
    assert [(gap.after, gap.before, gap.ended_by) for gap in use.gaps] == [(6, 8, "request"), (10, 12, "fin")]
    assert [round((gap.length_ns or 0) / 1e6) for gap in use.gaps] == [102, 1009]


# ---- the browser and the serial server ----

BROWSER = "a-http-browser-snap640.pcapng"


def test_the_serial_server_closes_every_connection_after_a_second() -> None:
    found = founding(BROWSER)
    for use in found.uses:
        last = use.gaps[-1]
        assert (last.ended_by, last.timed_out, last.certainty) == ("fin", Side.SERVER, Certainty.INFERRED)
        assert 1_000_000_000 <= (last.length_ns or 0) <= 1_001_500_000


def test_the_speculative_connection_carried_nothing() -> None:
    assert [use.connection for use in founding(BROWSER).uses if use.unused == "closed"] == [4]


def test_requests_waited_one_behind_the_other() -> None:
    waits = [wait for use in founding(BROWSER).uses for wait in use.waits]
    found = [(wait.behind, wait.acknowledged, wait.released, wait.answered) for wait in waits]
    assert found == [(5, 70, 186, 189), (6, 98, 225, 228), (7, 105, 245, 248), (8, 115, 265, 268), (9, 121, 285, 288)]
    assert [round(wait.wait_ns / 1e9, 3) for wait in waits] == [1.004, 2.006, 3.007, 4.009, 5.011]
    assert {wait.certainty for wait in waits} == {Certainty.LIKELY}


def test_the_page_and_its_connections() -> None:
    found = founding(BROWSER)
    assert found.uses[4].reuse == 7
    assert [target for source, target in links(found, "page") if source == "x4"] == [f"x{n}" for n in range(5, 17)]
    assert sorted(links(found, "parallel")) == [
        ("c5", "c6"), ("c5", "c7"), ("c5", "c8"), ("c5", "c9"), ("c6", "c10")]
    assert all(link.detail["busy"] for link in found.links if link.kind == "parallel")
    assert links(found, "replaces") == [("c1", "c2"), ("c2", "c3"), ("c3", "c4"), ("c4", "c5")]
    assert not any(one.pipelined for one in found.exchanges)
    assert not any(link.kind.startswith("proxy") for link in found.links)  # all on one host, and yet no proxy


# ---- the calculator's captures: filler, no messages ----

def test_miss_hit_miss() -> None:
    found = founding("e-calc-proxy.pcapng")
    assert found.exchanges == ()
    assert links(found, "proxy-forward") == [("c1", "c2"), ("c4", "c5")]
    assert links(found, "proxy-hit") == [("c3", "c1")]
    first = next(link for link in found.links if link.kind == "proxy-forward")
    assert first.detail["same"] == "bytes"
    assert [round(int(first.detail[name] or 0) / 1e6, 2) for name in ("answer_ns", "upstream_ns")] == [1.05, 0.48]
    hit = next(link for link in found.links if link.kind == "proxy-hit")
    assert round(int(hit.detail["answer_ns"] or 0) / 1e6, 2) == 0.23


def test_straight_to_the_origin_there_is_no_proxy() -> None:
    found = founding("e-calc-direct.pcapng")
    assert {link.kind for link in found.links} == {"replaces"}
    assert {link.detail["closed_by"] for link in found.links} == {"client"}


def test_filler_is_never_taken_for_messages() -> None:
    for path in sorted(Path(FOLDER).glob("e-calc-*")):
        assert [use.protocol for use in founding(path.name).uses] == [None] * len(founding(path.name).uses)
