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
def _text(name: str) -> str:
    from whywire.cli.show import explained

    return explained(FOLDER / STAND_INS.get(name, name), "json")


def explain(name: str) -> Json:
    """Return a capture's JSON, a fresh copy each time."""
    loaded: Json = json.loads(_text(name))
    return loaded
