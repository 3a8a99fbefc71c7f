"""From a response to what is stored of it (RFC 9111 sections 3.1 and 3.3)."""

from __future__ import annotations

from whywire.apps.cache.freshness import date_of, policy, read_age
from whywire.apps.cache.hygiene import kept, passed
from whywire.apps.cache.model import Fields, Part, Request, Response, Stored, stored
from whywire.apps.cache.rules import Rules
from whywire.apps.cache.vary import selecting


def to_store(request: Request, response: Response, request_time: float, response_time: float, rules: Rules,
             part: Part | None = None, sent: Fields | None = None) -> Stored:
    """Return the metadata to keep of a storable response; a 206 becomes an incomplete 200 with ``part``.

    ``sent``: the fields that are passed on, where they are known.
    """
    said, targeted = policy(response.headers, rules)
    dated = _dated(response, response_time)
    headers = kept(sent if sent is not None and dated is response.headers else passed(dated, response_time), said)
    headers = tuple(pair for pair in headers if pair[0] != "content-range") if part is not None else headers
    return stored(
        200 if part is not None else response.status, "OK" if part is not None else response.reason, headers,
        request_time=request_time, response_time=response_time, age_value=read_age(response.headers),
        vary=selecting(response.headers, request) or (), part=part,
        heuristic=request.get("cookie") is None and response.get("set-cookie") is None, rules=rules,
        said=None if said.reuse.hidden else (said, targeted))


def _dated(response: Response, response_time: float) -> tuple[tuple[str, str], ...]:
    """Return the fields without a Date that can't be read: the time of receipt takes its place (RFC 9110 6.6.1)."""
    if date_of(response.headers, "date", response_time) is not None:
        return response.headers
    return tuple(pair for pair in response.headers if pair[0] != "date")
