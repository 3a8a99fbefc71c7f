from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whywire.apps.site.accept import CODINGS, IDENTITY, prefers_plain, ranking


@pytest.mark.parametrize(("field", "ranked"), [
    (None, ("",)),
    ("", ("",)),
    ("gzip", ("gzip", "")),
    ("gzip, deflate, br, zstd", ("br", "zstd", "gzip", "")),
    ("GZIP;Q=1.0", ("gzip", "")),
    ("x-gzip", ("gzip", "")),
    ("br;q=0.5, gzip;q=0.8", ("gzip", "br", "")),
    ("gzip;q=0.5, identity", ("", "gzip")),
    ("gzip;q=0", ("",)),
    ("gzip, identity;q=0", ("gzip",)),
    ("identity;q=0", ()),
    ("*;q=0", ()),
    ("*", ("br", "zstd", "gzip", "")),
    ("*;q=0, gzip", ("gzip",)),
    ("*;q=0, identity;q=0.1", ("",)),
    ("*, br;q=0", ("zstd", "gzip", "")),
    ("br ; q=0.001 , gzip ;q=0.002", ("gzip", "br", "")),
    ("br;q=2, gzip", ("gzip", "")),
    ("br;q=, gzip", ("gzip", "")),
    ("br;q=0.0000, gzip", ("gzip", "")),
    ("b r, gzip", ("gzip", "")),
    ("deflate", ("",)),
    ("br;level=5;q=0.3", ("br", "")),
])
def test_ranking(field: str | None, ranked: tuple[str, ...]) -> None:
    assert ranking(field) == ranked


@given(st.text(st.sampled_from("gzip*br,;q=01. "), max_size=40))
def test_whatever_is_asked_the_ranking_holds_each_coding_once(field: str) -> None:
    ranked = ranking(field)
    assert len(ranked) == len(set(ranked)) and set(ranked) <= {*CODINGS, IDENTITY}


@pytest.mark.parametrize(("field", "plain"), [
    (None, False), ("*/*", False), ("text/plain", True), ("text/plain, */*;q=0.1", True), ("text/html", False),
    ("text/*", False), ("text/html;q=0.5, text/plain;q=0.6", True), ("text/plain;q=0", False),
    ("text/html;q=0, */*", True), ("application/json", False), ("TEXT/PLAIN", True),
    ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", False)])
def test_who_gets_plain_text(field: str | None, plain: bool) -> None:
    assert prefers_plain(field) == plain
