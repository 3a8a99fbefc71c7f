"""Metadata to bytes and back, for stores that keep it beside a body."""

from __future__ import annotations

import json

from whywire.apps.cache.model import Part, Stored, stored
from whywire.apps.cache.rules import RULES, Rules

_VERSION = 1
_ENCODER = json.JSONEncoder(separators=(",", ":"))


def pack(one: Stored) -> bytes:
    """Return a stored response's metadata as bytes."""
    part = None if one.part is None else [one.part.first, one.part.stop, one.part.total]
    record = [_VERSION, one.status, one.reason, one.headers, one.request_time, one.response_time, one.age_value,
              one.vary, one.length, part, one.heuristic]
    return _ENCODER.encode(record).encode("ascii")


def unpack(data: bytes, length: int | None = None, rules: Rules = RULES) -> Stored | None:
    """Return what `pack` wrote, ``length`` (of the body in the store) in place of the packed one; None: not readable.

    What another version of this program wrote, or nobody, is not readable: treat the entry as absent.
    """
    try:
        (version, status, reason, headers, request_time, response_time, age_value, vary, packed, part,
         heuristic) = json.loads(data)
        if version != _VERSION:
            return None
        return stored(int(status), str(reason), tuple((str(name), str(value)) for name, value in headers),
                      request_time=float(request_time), response_time=float(response_time), age_value=int(age_value),
                      vary=tuple((str(name), value) for name, value in vary),
                      length=packed if length is None else length, part=None if part is None else Part(*part),
                      heuristic=bool(heuristic), rules=rules)
    except (ValueError, TypeError, RecursionError):
        return None
