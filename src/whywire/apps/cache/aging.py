"""How old a stored answer is, whatever the protocol: the arithmetic of RFC 9111 section 4.2.3, without a clock.

The one file here that the calculator's rules share with HTTP's. Times are seconds since 1970; answers say theirs in
whole seconds, so what is left of the second that an answer names is no age.
"""

from __future__ import annotations

GREATEST = 1 << 31
"""What larger ages count as (RFC 9111 section 1.2.2)."""


def initial_age(received: float, date: int, stated: int = 0, delay: float = 0.0) -> float:
    """Return how old an answer was when it came, in seconds (corrected_initial_age), never negative.

    ``date``: when it was made, by its own word. ``stated``: the age that it gave itself. ``delay``: from question to
    answer. A clock that is ahead makes no answer younger than it came.
    """
    apparent = max(0, int(received) - date)
    return min(max(apparent, stated + max(0.0, delay)), float(GREATEST))


def age(initial: float, received: float, now: float) -> float:
    """Return the present age: ``initial``, and the time that it has lain here, which a clock set back can't shorten."""
    return initial + max(0.0, now - received)
