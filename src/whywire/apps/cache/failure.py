"""The origin failed: no response, or a 5xx. May a stale one stand in (RFC 9111 section 4.2.4, RFC 5861 section 4)?"""

from __future__ import annotations

from whywire.apps.cache import status as cache_status
from whywire.apps.cache.answers import answer
from whywire.apps.cache.model import Answer, Decision, Request, Stored
from whywire.apps.cache.rules import RULES, Rules
from whywire.apps.cache.storable import request_directives

ERRORS = frozenset({500, 502, 503, 504})
"""What stale-if-error calls an error (RFC 5861 section 4)."""


def on_failure(request: Request, decision: Decision, now: float, rules: Rules = RULES) -> Answer | None:
    """Return the stored response to serve when the origin gave none; None: answer 502 or 504.

    The cache is then disconnected: what is stored may be served stale, but never past must-revalidate,
    proxy-revalidate, s-maxage or no-cache, nor to a client that said no-cache; for as long as stale-if-error says,
    else as the rules say.
    """
    return _stand_in(request, decision, now, rules, 0, rules.stale_disconnected)


def failure_status(decision: Decision, otherwise: int) -> int:
    """Return the status of the error answer when `on_failure` has nothing: 504 where a stored response had to be
    validated and could not be (RFC 9111 section 5.2.2.2), else what the failure itself suggests."""
    stored = decision.selected
    return 504 if stored is not None and stored.freshness.no_stale and otherwise == 502 else otherwise


def may_replace_error(request: Request, status: int, decision: Decision, now: float, rules: Rules) -> Answer | None:
    """Return the stored response to serve in place of a 5xx, if it may.

    stale-if-error of response or request decides; without it 502, 503 and 504 count as no answer (RFC 9111 section
    4.3.3), and a 500 is an answer.
    """
    otherwise = -1.0 if status == 500 else rules.stale_disconnected
    return _stand_in(request, decision, now, rules, status, otherwise) if status in ERRORS else None


def _stand_in(request: Request, decision: Decision, now: float, rules: Rules, status: int,
              otherwise: float) -> Answer | None:
    stored = decision.selected
    said = request_directives(request)
    if stored is None or stored.freshness.no_stale or said.restricts("no-cache"):
        return None
    asked = said.seconds("stale-if-error")
    allowed = _limit(stored, otherwise)
    allowed = allowed if asked is None else max(allowed, float(asked))
    staleness = stored.age(now) - stored.freshness.lifetime
    if staleness >= allowed and not (staleness < 0 and allowed >= 0):
        return None
    member = cache_status.member(rules.name, fwd=decision.fwd or "stale", fwd_status=status, ttl=-staleness,
                                 detail="stale-on-error" if status else "disconnected")
    return answer(request, stored, member, age=stored.age(now))


def _limit(stored: Stored, otherwise: float) -> float:
    seconds = stored.freshness.if_error
    return otherwise if seconds is None else float(seconds)
