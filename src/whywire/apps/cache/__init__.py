"""The HTTP cache engine (RFC 9111): decides, and does no I/O. The proxy holds bodies, sockets and the clock.

    model       what goes in and comes out      rules       what can be set
    lookup      a request: serve, forward       response    its response: pass, store, update, combine
    failure     no response came, or a 5xx      key         target URI, same origin, what to invalidate
    freshness   lifetime and age                directives  Cache-Control, read safely
    storable    may it be stored                structured  structured fields (RFC 9651), the needed subset
    vary        selecting fields                validators  entity tags, dates, which one a 304 means
    ranges      partial content                 hygiene     which fields are kept, updated, served
    status      Cache-Status (RFC 9211)         packing     metadata to bytes and back
    dates       HTTP dates                      plain       the quick path

How a conversation goes::

    decision = lookup(request, entries, now)            # entries: the Stored of store.find(key(request.uri))
    # decision.do == "serve":   send decision.answer
    # decision.do == "forward": send the request with decision.set_fields / drop_fields, then
    outcome = on_response(request, response, request_time, response_time, decision, entries)
    # or, when no response came (refused, reset, time-out) before its head was complete:
    answer = on_failure(request, decision, now)         # an Answer from the store, or None: `failure_status`
"""

from __future__ import annotations

from whywire.apps.cache.failure import failure_status, on_failure
from whywire.apps.cache.key import SAFE, key
from whywire.apps.cache.lookup import lookup, plain_forward
from whywire.apps.cache.model import (
    Answer,
    Decision,
    Outcome,
    Part,
    Piece,
    Request,
    Response,
    Stored,
)
from whywire.apps.cache.packing import pack, unpack
from whywire.apps.cache.plain import is_plain, plain_hit
from whywire.apps.cache.response import broken_off, completed, on_response
from whywire.apps.cache.rules import RULES, Rules

__all__ = [
    "RULES", "SAFE", "Answer", "Decision", "Outcome", "Part", "Piece", "Request", "Response", "Rules", "Stored",
    "broken_off", "completed", "failure_status", "is_plain", "key", "lookup", "on_failure", "on_response", "pack",
    "plain_forward", "plain_hit", "unpack",
]
