"""Every fact of ``connections.tsv`` is in the JSON, row by row (its column ``http`` belongs to a later issue)."""

from __future__ import annotations

import csv
from typing import Any

import pytest

from tests.founding.explained import FOLDER, STAND_INS, Json, captures, explain

SIDES = {"C": "client", "S": "server"}


def rows() -> list[dict[str, str]]:
    """Return the table."""
    with (FOLDER / "connections.tsv").open(newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def marks(text: str) -> list[tuple[int, str]]:
    """Read ``8C 9S``: packet 8 of the client, packet 9 of the server."""
    return [] if text == "-" else [(int(word[:-1]), SIDES[word[-1]]) for word in text.split()]


def side(text: str) -> str | None:
    """Read ``C``, ``S``, ``both (simultaneous)``, ``none`` or ``-``; what stands behind is a comment."""
    word = text.partition(" ")[0]
    return {"-": None, "none": "none", "both": "both", **SIDES}[word]


def nanoseconds(microseconds: str) -> int:
    """Read ``13.065``."""
    return round(float(microseconds) * 1000)


def expected(row: dict[str, str]) -> dict[str, Any]:
    """Return a row of the table in the words of the JSON."""
    rsts = marks(row["rst_frames"])
    return {
        "client": row["opener"], "server": row["server"],
        "first_packet": int(row["first_frame"]), "last_packet": int(row["last_frame"]), "packets": int(row["frames"]),
        "isn": (int(row["isn_client"]), int(row["isn_server"])),
        "syn_to_synack_ns": nanoseconds(row["syn_synack_us"]), "syn_to_ack_ns": nanoseconds(row["syn_ack_us"]),
        "bytes": (int(row["bytes_up"]), int(row["bytes_down"])),
        "data_segments": (int(row["data_segments_up"]), int(row["data_segments_down"])),
        "fins": marks(row["fin_frames"]), "rsts": rsts,
        # The table's closer is the sender of the first FIN; where there was none, the JSON names that of the RST
        "first": side(row["closer"]) or (rsts[0][1] if rsts else None),
        "time_wait": side(row["time_wait"]),
    }


def told(connection: Json) -> dict[str, Any]:
    """Return the same facts of a connection in the JSON."""
    opened, closed = connection["open"], connection["close"]
    return {
        **{key: connection[key] for key in ("client", "server", "first_packet", "last_packet", "packets")},
        **{key: (connection[key]["client"], connection[key]["server"]) for key in ("isn", "bytes", "data_segments")},
        "syn_to_synack_ns": opened["syn_to_synack_ns"],
        "syn_to_ack_ns": opened["syn_to_synack_ns"] + opened["synack_to_ack_ns"],
        "fins": [(mark["packet"], mark["from"]) for mark in closed["fins"]],
        "rsts": [(mark["packet"], mark["from"]) for mark in closed["rsts"]],
        "first": closed["first"], "time_wait": closed["time_wait"],
    }


@pytest.mark.parametrize("row", rows(), ids=[f"{row['file']}-{row['stream']}" for row in rows()])
def test_a_connection_is_as_the_table_says(row: dict[str, str]) -> None:
    connection = explain(row["file"])["connections"][int(row["stream"])]
    assert told(connection) == expected(row)
    assert connection["open"]["kind"] == "handshake"
    assert connection["roles"] == "handshake"


@pytest.mark.parametrize("name", captures())
def test_the_table_has_every_connection(name: str) -> None:
    originals = [name, *(original for original, kept in STAND_INS.items() if kept == name)]
    listed = [row for row in rows() if row["file"] in originals]
    assert len(explain(name)["connections"]) == len(listed)
    assert len(listed) > 0
