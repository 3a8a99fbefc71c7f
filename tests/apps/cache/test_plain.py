"""The quick path says the same as the rules."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from whywire.apps.cache import Request, is_plain, lookup, plain_hit
from whywire.apps.cache.model import stored

START = 1_800_000_000.0
DIRECTIVES = st.lists(st.sampled_from(["max-age=60", "max-age=0", "no-cache", "s-maxage=30", "must-revalidate", "immutable", "x"]), max_size=3)


@given(DIRECTIVES, st.integers(0, 80), st.floats(0, 100))
def test_a_plain_hit_is_what_lookup_serves(directives: list[str], age: int, later: float) -> None:
    one = stored(200, "OK", (("cache-control", ", ".join(directives)),), request_time=START, response_time=START, age_value=age, length=3)
    decision = lookup(Request("GET", "http://h/"), [one], START + later)
    if plain_hit(one, START + later):
        assert decision.do == "serve" and not decision.background and decision.answer is not None
        assert (decision.answer.status, decision.answer.span) == (200, (0, 3))
    else:
        assert decision.do == "forward"


def test_requests_that_say_something_about_caching_are_not_plain() -> None:
    assert is_plain([("accept", "x"), ("cookie", "a=b"), ("authorization", "x")])
    for name in ("cache-control", "pragma", "range", "if-none-match", "if-modified-since", "if-match", "if-range", "if-unmodified-since"):
        assert not is_plain([("accept", "x"), (name, "")])
