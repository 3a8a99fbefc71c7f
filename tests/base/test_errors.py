"""An error that is the user's to mend says what, and what to try."""

from __future__ import annotations

from whywire.base.errors import WhywireError


def test_the_hint_stands_on_a_line_of_its_own() -> None:
    error = WhywireError("there is no file a.pcap", "look at the name")
    assert str(error) == "there is no file a.pcap\n  look at the name"
    assert error.exit_code == 2


def test_without_a_hint_there_is_one_sentence() -> None:
    assert str(WhywireError("the run failed", exit_code=1)) == "the run failed"
