"""The door's own pages."""

from __future__ import annotations

from whywire.apps.http.pages import HINTS, error_page, reason_of


def test_what_is_said_is_escaped() -> None:
    page = error_page(400, "<b>", "a & b \xe4")
    assert b"<h1>400 &lt;b&gt;</h1>" in page and "a &amp; b \xe4".encode() in page


def test_every_hint_has_a_status_with_a_name() -> None:
    for status, hint in HINTS.items():
        page = error_page(status).decode()
        assert reason_of(status) in page and hint[:20] in page
    assert reason_of(299) == "" and b"<h1>299 Status</h1>" in error_page(299)
