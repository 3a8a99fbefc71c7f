"""Keys and invalidation."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whywire.apps.cache import Request, Response
from whywire.apps.cache.key import invalidated, key, origin


@pytest.mark.parametrize(("uri", "same"), [
    ("HTTP://Host.Example:80", "http://host.example/"), ("https://h:443/a", "https://h/a"), ("http://h:/a", "http://h/a"),
    ("http://h:443/a", "http://h:443/a"), ("http://[::1]:80/", "http://[::1]/"), ("http://h?q", "http://h/?q"), ("http://h/a#f", "http://h/a#f"),
])
def test_normal_form(uri: str, same: str) -> None:
    assert key(uri) == same


@given(st.text("ab/.%;?&=2fF", max_size=12), st.text("ab/.%;?&=2fF", max_size=12))
def test_two_targets_never_share_a_key(one: str, other: str) -> None:
    assert (key(f"http://h/{one}") == key(f"http://h/{other}")) is (one == other)


@pytest.mark.parametrize(("location", "found"), [
    ("/b", ["http://h/b"]), ("b", ["http://h/x/b"]), ("//h/b", ["http://h/b"]), ("//other/b", []), ("http://h:80/b", ["http://h/b"]),
    ("https://h/b", []), ("http://u@h/b", []), ("", []), ("http://[", []), ("mailto:a@b", []), ("http://h.evil/b", []), ("/\\evil", ["http://h/\\evil"]),
])
def test_what_location_makes_invalid(location: str, found: list[str]) -> None:
    request = Request("POST", "http://h/x/a")
    assert list(invalidated(request, Response(201, (("location", location),)))) == ["http://h/x/a", *found]


@given(st.text(max_size=20))
def test_a_location_never_reaches_another_origin(location: str) -> None:
    request = Request("POST", "http://h/a")
    assert all(origin(one) == "http://h" for one in invalidated(request, Response(200, (("content-location", location),))))
