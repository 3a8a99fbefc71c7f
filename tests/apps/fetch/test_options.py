"""Exit codes, and what is done unless something else is said."""

from __future__ import annotations

import pytest

from whywire.apps.fetch.options import ALL, ELSEWHERE, FAILED, REFUSED, Options, worst


@pytest.mark.parametrize(("codes", "code"), [
    (set(), ALL), ({ALL}, ALL), ({ALL, ELSEWHERE}, ELSEWHERE), ({ELSEWHERE, REFUSED}, REFUSED),
    ({REFUSED, FAILED, ALL}, FAILED),
])
def test_the_worst(codes: set[int], code: int) -> None:
    assert worst(codes) == code


def test_nothing_dangerous_is_the_default() -> None:
    options = Options()
    assert (options.overwrite, options.follow_hosts, options.redirects, options.page) == (False, False, 1, False)
