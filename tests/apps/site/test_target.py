from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whywire.apps.site.refused import Refused
from whywire.apps.site.target import Place, place


@pytest.mark.parametrize(("target", "names", "folder"), [
    ("/", (), True),
    ("/a", (b"a",), False),
    ("/a/", (b"a",), True),
    ("/a/b.txt", (b"a", b"b.txt"), False),
    ("//a///b", (b"a", b"b"), False),
    ("/a/./b/../c", (b"a", b"c"), False),
    ("/a/..", (), True),
    ("/a/b/%2e%2E/c", (b"a", b"c"), False),
    ("/a/.", (b"a",), True),
    ("/a%2fb", (b"a/b",), False),
    ("/%61", (b"a",), False),
    ("/%2561", (b"%61",), False),
    ("/a%20b", (b"a b",), False),
    ("/%C3%A4", ("ä".encode(),), False),
    ("/\xc3\xa4", ("ä".encode(),), False),
    ("/%E4", (b"\xe4",), False),
    ("http://a.example", (), True),
    ("HTTP://a.example:80/b/c?x", (b"b", b"c"), False),
])
def test_a_target_becomes_names(target: str, names: tuple[bytes, ...], folder: bool) -> None:
    found = place(target)
    assert (found.names, found.folder) == (names, folder)


@pytest.mark.parametrize("target", [
    "", "a", "*", "ftp://a/b", "a.example:443", "/a#b", "/a b", "/\t", "/\x7f", "/%", "/%4", "/%zz", "/%00",
    "/a%00.txt", "/..", "/../a", "/a/../..", "/%2e%2e/a", "/%2e./a", "/%c0%ae%c0%ae/a", "/%c0%af", "/\xc0\xaf",
    "/%e0%80%af",
    "/%f0%80%80%af", "/%c1%9c"])
def test_what_is_no_path_is_refused(target: str) -> None:
    with pytest.raises(Refused) as refused:
        place(target)
    assert refused.value.status == 400


def test_overlong_forms_made_of_two_escapes_in_two_segments_are_names() -> None:
    assert place("/%c0/%af").names == (b"\xc0", b"\xaf")


@pytest.mark.parametrize(("target", "hidden"), [
    ("/.git/config", True), ("/a/.env", True), ("/.well-known/x", False), ("/.well-known/.x", True),
    ("/a/.well-known/x", True), ("/a%2fb", True), ("/a%5cb", True), ("/a\\b", True), ("/...", True), ("/a.b", False)])
def test_which_names_are_hidden(target: str, hidden: bool) -> None:
    assert place(target).hidden == hidden


def test_the_query_is_kept_apart() -> None:
    found = place("/a%3Fb?c/../d?e")
    assert (found.names, found.query) == ((b"a?b",), "?c/../d?e")


NAMES = st.binary(min_size=1, max_size=6).filter(lambda name: name not in (b".", b"..") and b"\0" not in name
                                                 and b"/" not in name and not {0xc0, 0xc1, 0xe0, 0xf0} & set(name))


@given(st.lists(NAMES, max_size=4), st.booleans())
def test_the_one_spelling_leads_to_the_same_names_and_never_to_a_host(names: list[bytes], folder: bool) -> None:
    path = Place(tuple(names), folder or not names, "").path
    assert path.startswith("/") and not path.startswith("//") and path.isascii() and path.isprintable()
    assert place(path) == Place(tuple(names), folder or not names, "")


@given(st.text(st.characters(max_codepoint=255), max_size=30))
def test_any_target_gives_names_without_a_way_up(target: str) -> None:
    try:
        names = place("/" + target).names
    except Refused as refused:
        assert refused.status == 400
        return
    assert not {b"", b".", b".."} & set(names)
    assert not any(b"\0" in name for name in names)
