"""What the client takes: content codings and, for error pages, HTML or plain text (RFC 9110 12.4.2, 12.5)."""

from __future__ import annotations

import re
from functools import lru_cache

CODINGS = {"br": ".br", "zstd": ".zst", "gzip": ".gz"}
"""Content codings in the order we prefer them, and the suffix of the file that holds it (RFC 7932, 8878, 1952)."""

IDENTITY = ""

Ranking = tuple[str, ...]
"""Codings that a client takes, the best first; `IDENTITY` is the file as it is."""

# RFC 9110 12.4.2  weight = OWS ";" OWS "q=" qvalue;  qvalue = ( "0" [ "." 0*3DIGIT ] ) / ( "1" [ "." 0*3("0") ] )
_QVALUE = re.compile(r"0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?")
_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_MOST_ELEMENTS = 64
_UNLISTED = 0.0001
"""The weight of the file as it is when the field does not name it: taken, but after all that is named (12.5.3)."""


def _weight(parameters: list[str]) -> float | None:
    """Return the weight among parameters, 1 without one, None when it can't be read."""
    for parameter in parameters:
        name, _, value = parameter.strip(" \t").partition("=")
        if name.lower() == "q":
            return float(value) if _QVALUE.fullmatch(value) else None
    return 1.0


@lru_cache(maxsize=1024)
def ranking(field: str | None) -> Ranking:
    """Return which codings an Accept-Encoding takes, the best first. Without a field: the file as it is.

    RFC 9110 12.5.3 allows any coding where the field is missing; clients without it mostly understand none.
    """
    if field is None:
        return (IDENTITY,)
    listed: dict[str, float] = {}
    for element in field.split(",", _MOST_ELEMENTS)[:_MOST_ELEMENTS]:
        name, *parameters = element.split(";")
        coding = name.strip(" \t").lower()
        weight = _weight(parameters)
        if weight is not None and _TOKEN.fullmatch(coding):
            listed["gzip" if coding == "x-gzip" else coding] = weight  # 8.4.1.3
    star = listed.get("*")
    weights = {coding: listed.get(coding, star or 0.0) for coding in CODINGS}
    weights[IDENTITY] = listed.get("identity", _UNLISTED if star is None else star)
    taken = [coding for coding, weight in weights.items() if weight > 0]
    return tuple(sorted(taken, key=lambda coding: -weights[coding]))


@lru_cache(maxsize=256)
def prefers_plain(field: str | None) -> bool:
    """Tell whether an Accept field prefers text/plain to text/html (12.5.1: the most specific range counts)."""
    if field is None:
        return False
    ranges: dict[str, float] = {}
    for element in field.split(",", _MOST_ELEMENTS)[:_MOST_ELEMENTS]:
        name, *parameters = element.split(";")
        weight = _weight(parameters)
        if weight is not None:
            ranges[name.strip(" \t").lower()] = weight
    wide = ranges.get("text/*", ranges.get("*/*", 0.0))
    return ranges.get("text/plain", wide) > ranges.get("text/html", wide)
