"""The JSON of the founding captures, made by the functions that ``whywire explain --format json`` calls."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent.parent / "captures" / "founding"
STAND_INS = {"a-http-browser.pcapng": "a-http-browser-snap640.pcapng"}
"""Files that the repository keeps in another form: the same frames, fewer bytes of each."""

Json = dict[str, Any]


def captures() -> list[str]:
    """Return the names of the capture files."""
    return sorted(path.name for path in FOLDER.glob("*.pcap*"))


@cache
def _text(path: Path) -> str:
    from whywire.cli.show import Wishes, explained

    text, damage = explained(path, Wishes("json"))
    assert damage is None
    return text


def explain(name: str) -> Json:
    """Return a founding capture's JSON, a fresh copy each time."""
    return explain_path(FOLDER / STAND_INS.get(name, name))


def explain_path(path: Path) -> Json:
    """Return any capture's JSON, a fresh copy each time."""
    loaded: Json = json.loads(_text(path))
    return loaded


def window_fields(name: str) -> list[int]:
    """Return the window field of every packet of a capture, as it stands in the header."""
    from whywire.capture.opening import open_capture
    from whywire.packets import decode_capture

    source = open_capture(FOLDER / STAND_INS.get(name, name))
    try:
        return list(decode_capture(source, name).table.window)
    finally:
        source.close()


def packets(story: Json, connection: str | None = None) -> list[Json]:
    """Return what is said of the packets, of one connection or of all."""
    return [one for one in story["packets_explained"] if connection in (None, one["connection"])]


def packet(story: Json, number: int) -> Json:
    """Return what is said of one packet."""
    [found] = [one for one in story["packets_explained"] if one["packet"] == number]
    return found


def consumed(one: Json) -> int:
    """Return how many sequence numbers a packet takes: its bytes, one for a SYN, one for a FIN."""
    return int(one["length"]) + sum(kind in ("syn", "syn-ack", "fin") for kind in one["kinds"])


def is_pure_ack(one: Json) -> bool:
    """Tell whether a packet does nothing but acknowledge."""
    return one["length"] == 0 and not {"syn", "syn-ack", "fin", "rst"} & set(one["kinds"])
