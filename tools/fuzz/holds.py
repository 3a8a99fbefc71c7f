"""What is true of every explanation, whatever bytes it explains."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
NONE = re.compile(r"\bNone\b")
_REF = re.compile(r"([pckxw])([0-9]+)[<>]?(?:\[.*)?")
_REFS = re.compile(r"\.(ref|because\[\]|carries\[\]\.call|links\[\]\.(from|to))$")
_TEXTS = ("text", "or_text")


class BrokenError(AssertionError):
    """An explanation says what can't be."""


def hold(told: dict[str, Any], text: str) -> None:
    """Hold a story (as `report.json.as_object` gives it, and as text) against what is always true.

    Raises BrokenError with what is wrong.
    """
    _counts(told)
    most = {"p": told["packets"], "c": max((int(c["id"][1:]) for c in told["connections"]), default=0),
            "k": 1 << 62, "w": 1 << 62,
            "x": sum(len(c["exchanges"] or ()) for c in told["connections"])}
    for path, value in walk(told, ""):
        key = path.rsplit(".", 1)[-1].rstrip("[]")
        if isinstance(value, str) and key in _TEXTS:
            check_text(value, path)
        if isinstance(value, str) and _REFS.search(path):
            found = _REF.fullmatch(value)
            want(found is not None and 1 <= int(found[2]) <= most[found[1]], f"{path} points to {value}")
        if isinstance(value, dict) and value.get("certainty") == "likely" and "or" in value:
            want(bool(value["or"]) or value.get("kind") == "unknown", f"{path} is likely, without another reading")
    check_text(text, "the text")


def check_text(text: str, where: str) -> None:
    """Hold a text: nothing unfilled in it, and nothing that a terminal would obey."""
    for pattern, what in ((CONTROL, "a control character"), (NONE, "None")):
        found = pattern.search(text)
        if found is not None:
            at = found.start()
            raise BrokenError(f"{where} holds {what}: {text[max(0, at - 60):at + 20]!r}")


def want(right: bool, what: str) -> None:
    """Raise BrokenError unless ``right``."""
    if not right:
        raise BrokenError(what)


def walk(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Yield every value of a tree of dicts and lists, with where it stands."""
    yield path, value
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from walk(inner, f"{path}.{key}")
    elif isinstance(value, list):
        for inner in value:
            yield from walk(inner, f"{path}[]")


def _counts(told: dict[str, Any]) -> None:
    connections, packets = told["connections"], told["packets_explained"]
    numbers = [packet["packet"] for packet in packets]
    want(len(numbers) == told["tcp_packets"] == sum(c["packets"] for c in connections),
         f"{told['tcp_packets']} packets of TCP, {len(numbers)} explained, "
         f"{sum(c['packets'] for c in connections)} in connections")
    want(numbers == sorted(set(numbers)), "a packet is explained twice")
    want(all(1 <= number <= told["packets"] for number in numbers), "a packet that is not there is explained")
    skipped = sum(item["packets"] for item in told["skipped"])
    want(skipped == told["packets"] - told["tcp_packets"], f"{skipped} skipped of {told['packets']}, "
         f"{told['tcp_packets']} of TCP")
    want([c["id"] for c in connections] == [f"c{n}" for n in range(1, len(connections) + 1)], "connections in order")
    for connection in connections:
        first, last = connection["first_packet"], connection["last_packet"]
        want(1 <= first <= last <= told["packets"], f"{connection['id']}: from {first} to {last}")
        want(all(count is None or count >= 0 for count in connection["bytes"].values()), f"{connection['id']}: bytes")
    for packet in packets:
        want(bool(packet["text"]) and bool(packet["cause"]["text"]), f"p{packet['packet']} without text")
        want(bool(packet["kinds"]) or not packet["flags"] & 23, f"p{packet['packet']} without a kind")
        step = packet["acknowledges"]
        if step is not None:
            want(step["before"] + step["syn"] + step["data"] + step["fin"] == step["after"],
                 f"p{packet['packet']}: {step}")
            want(min(step["syn"], step["data"], step["fin"]) >= 0, f"p{packet['packet']}: {step}")
    for finding in told["findings"] or ():
        where = f"{finding['code']} at p{finding['packet']}"
        want(finding["count"] >= 1 and bool(finding["text"]), where)
        want(finding["packet"] is None or 1 <= finding["packet"] <= told["packets"], where)
        want(finding["connection"] is None or 1 <= int(finding["connection"][1:]) <= len(connections), where)
