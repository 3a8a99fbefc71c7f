"""The heads, as their sizes are fixed."""

from __future__ import annotations

import pytest

from whywire.apps.classic import answers
from whywire.protocols.http1.events import Request
from whywire.protocols.http1.writer import write_head


@pytest.mark.parametrize(("keeps", "size", "length"), [(True, 168, 64), (True, 220750, 67), (False, 3126, 60)])
def test_found(keeps: bool, size: int, length: int) -> None:
    request = Request(method="GET", target="/", keeps_alive=keeps)
    assert len(write_head(answers.found(request, size))) == length


def test_redirect_and_refusals() -> None:
    assert len(write_head(answers.redirect())) == 77
    assert len(write_head(answers.refusal(404))) == 45
    assert b"Allow: GET\r\n" in write_head(answers.refusal(405))
