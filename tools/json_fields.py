"""The fields of the JSON: what each means, and which there are in real stories."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

from tools.examples import ROOT

TABLE = ROOT / "tools" / "json_fields.tsv"
"""A line a field: its path (``[]`` the items of a list, ``SIDE`` client and server), a tab, what it means."""

SAME_AS_ELSEWHERE = ("connections[].waits[].cause", "connections[].pauses[].cause", "other_calls[]")
SIDED = ("connections[].isn", "connections[].bytes", "connections[].data_segments", "connections[].ends")
TYPES = {bool: "true or false", int: "integer", float: "number", str: "text", type(None): "null", list: "list",
         dict: "object"}


def fields() -> dict[str, str]:
    """Return what each field means, in the order of the page."""
    return dict(line.split("\t", 1) for line in TABLE.read_text().splitlines())


def walk(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield every field of a JSON value, by its path, and its type."""
    if path:
        yield path, TYPES[type(value)]
    if path in SAME_AS_ELSEWHERE:
        return
    if isinstance(value, dict):
        for name, inner in value.items():
            word = "SIDE" if path in SIDED else name
            yield from walk(inner, f"{path}.{word}" if path else word)
    elif isinstance(value, list):
        for inner in value:
            yield from walk(inner, f"{path}[]")


@cache
def seen() -> dict[str, set[str]]:
    """Return the fields of the stories of captures and of a recorded run, with the types they had there."""
    from whywire.cli.show import Wishes, explained

    found: dict[str, set[str]] = {}
    captures = ROOT / "tests" / "captures"
    paths = [ROOT / "src" / "whywire" / "labs" / "v2" / "recorded",
             *sorted((captures / "founding").glob("*.pcap*")), *sorted((captures / "traps").glob("[0-9]*.pcap"))]
    for path in paths:
        for name, kind in walk(json.loads(explained(path, Wishes("json"))[0])):
            found.setdefault(name, set()).add(kind)
    return found
