"""The same requests, raw, to nginx and to us over the same folder: every difference is one that is meant."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.apps.site import nginx, ours
from tests.apps.site.asked import CANARY, REQUESTS, build
from tests.apps.site.compare import Difference, differences, meant
from tests.apps.site.raw import Answer, ask
from tests.conftest import needed

SAID: list[str] = []


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, tuple[Answer, Answer]]]:
    """Return nginx's answer and ours to each request."""
    program = needed("nginx", "./dev test installs it where it may, or says what to install")
    top = tmp_path_factory.mktemp("beside")
    root = build(top)
    with nginx.running(program, root, top / "nginx") as theirs, ours.running(root, SAID) as own:
        yield {name: (ask(theirs, request), ask(own, request)) for name, request in REQUESTS.items()}


@pytest.fixture(scope="module")
def found(answers: dict[str, tuple[Answer, Answer]]) -> list[Difference]:
    """Return all differences."""
    return [one for name, pair in answers.items() for one in differences(name, *pair)]


def test_there_are_enough_requests() -> None:
    assert len(REQUESTS) >= 200


def test_every_difference_is_meant(found: list[Difference]) -> None:
    lines = meant()
    assert [one for one in found if not any(line.covers(one) for line in lines)] == []


def test_every_line_of_the_list_is_needed_and_has_its_reason(found: list[Difference]) -> None:
    assert [line for line in meant() if len(line.reason) < 20 or not any(line.covers(one) for one in found)] == []


def test_each_request_has_an_answer_and_nothing_behind_it(answers: dict[str, tuple[Answer, Answer]]) -> None:
    assert [name for name, (_, own) in answers.items() if own.status == 0 or own.rest or "date" not in own.fields] == []
    assert SAID == []


def test_the_canary_stays_outside(answers: dict[str, tuple[Answer, Answer]]) -> None:
    assert [name for name, (_, own) in answers.items() if CANARY in own.body or b"root:x:" in own.body] == []
    assert [name for name, (theirs, _) in answers.items() if CANARY in theirs.body], "no request finds the way out"


def test_what_is_hidden_stays_hidden(answers: dict[str, tuple[Answer, Answer]]) -> None:
    assert [name for name, (_, own) in answers.items() if b"secret=" in own.body] == []
