"""How frames and damage are accounted for."""

from __future__ import annotations

from whywire.capture.framing import Account


def test_damage_of_one_kind_is_told_once_and_counted() -> None:
    account = Account()
    for offset in (10, 20, 30):
        account.note("time", f"time at {offset}", offset)
    account.note("room", "no room", 40)
    account.conclude("")
    assert [(problem.what, problem.offset) for problem in account.problems] == \
        [("time at 10; 2 more like this", 10), ("no room", 40)]
    assert not any(problem.fatal for problem in account.problems)


def test_the_input_has_the_last_word() -> None:
    account = Account()
    account.frames = 3
    account.conclude("the gzip data is cut")
    (problem,) = account.problems
    assert (problem.what, problem.frame, problem.fatal) == ("the gzip data is cut", 4, True)


def test_no_frames_is_said_only_where_nothing_else_is() -> None:
    account = Account()
    account.stop("bad", 5)
    account.conclude("")
    assert [problem.what for problem in account.problems] == ["bad"]
