from __future__ import annotations

import mimetypes

import pytest

from whywire.apps.site.media import OCTETS, TYPES, media_type


@pytest.mark.parametrize(("name", "media"), [
    (b"a.html", "text/html; charset=utf-8"), (b"A.HTML", "text/html; charset=utf-8"),
    (b"a.js", "text/javascript; charset=utf-8"),
    (b"a.json", "application/json"), (b"a.svg", "image/svg+xml; charset=utf-8"), (b"a.png", "image/png"),
    (b"a.tar.gz", "application/gzip"), (b"README", OCTETS), (b"a.", OCTETS), (b".html", OCTETS), (b"a.\xff", OCTETS)])
def test_types(name: bytes, media: str) -> None:
    assert media_type(name, {}, "utf-8") == media


def test_without_a_charset_and_with_own_types() -> None:
    assert media_type(b"a.txt", {}, "") == "text/plain"
    assert media_type(b"a.txt", {".txt": "text/plain; charset=iso-8859-1"}, "utf-8") == "text/plain; charset=iso-8859-1"


def test_the_table_agrees_with_that_of_python_where_both_are_sure() -> None:
    other = mimetypes.MimeTypes(filenames=())
    sure = {".png", ".jpg", ".gif", ".css", ".html", ".pdf", ".zip", ".mp4", ".mp3", ".txt", ".json", ".svg", ".csv"}
    assert {end: TYPES[end] for end in sure} == {end: other.types_map[True][end] for end in sure}
