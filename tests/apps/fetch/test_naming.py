"""Names to save under."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whywire.apps.fetch.naming import LONGEST, name, names, numbered, safe


@pytest.mark.parametrize(("target", "found"), [
    ("/", "index.html"), ("/a/", "index.html"), ("/a/b.jpg", "b.jpg"), ("/a?x=1/2", "a_x=1_2"),
    ("/..", "_."), ("/%2e%2e%2fetc%2fpasswd", "_._etc_passwd"), ("/.bashrc", "_bashrc"),
    ("/a%00b%0a%1b[1m", "a_b__[1m"),
    ("/%E2%80%AEgnp.exe", "_gnp.exe"), ("/c:\\x", "c__x"), ("/%20", "_"), ("/\u00fc.txt", "\u00fc.txt"),
])
def test_names(target: str, found: str) -> None:
    assert name(target) == found


def test_folders_are_kept_for_pages_and_dots_are_not() -> None:
    assert names("/a/b/1.jpg") == ("a", "b", "1.jpg")
    assert names("//../%2e%2e/./a/../x") == ("a", "x")
    assert names("/") == ("index.html",)


@given(st.text(max_size=400), st.text(max_size=400))
def test_no_text_makes_a_dangerous_name(part: str, query: str) -> None:
    found = safe(part, query)
    assert found not in ("", ".", "..")
    assert not found.startswith(".")
    assert not set(found) & set("/\0\\\n\x1b")
    assert len(found.encode()) <= LONGEST + 17


def test_numbers_stand_before_the_ending() -> None:
    assert [numbered(text, 2) for text in ("a.jpg", "a", "a.tar.gz")] == ["a-2.jpg", "a-2", "a.tar-2.gz"]
    assert numbered("a.jpg", 1) == "a.jpg"
