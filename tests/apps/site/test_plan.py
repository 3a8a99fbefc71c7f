from __future__ import annotations

import pytest

from tests.apps.site.fakes import request
from whywire.apps.site import plan
from whywire.apps.site.dates import http_date
from whywire.apps.site.found import Found
from whywire.apps.site.ranges import Span
from whywire.apps.site.refused import Refused

NOW = 1_800_000_000


def found(**options: object) -> Found:
    return Found(**{"media": "text/plain", "etag": '"t"', "size": 100, "modified": NOW - 100, **options})  # type: ignore[arg-type]


def answer(method: str = "GET", one: Found | None = None, **fields: str) -> plan.Answer:
    asked = request(method, "/", {name.replace("_", "-"): value for name, value in fields.items()})
    return plan.answer(asked, one or found(), NOW)


@pytest.mark.parametrize(("method", "status"), [
    ("GET", None), ("HEAD", None), ("OPTIONS", None), ("POST", 405), ("PUT", 405), ("DELETE", 405), ("PATCH", 405),
    ("TRACE", 405), ("CONNECT", 405), ("PROPFIND", 501), ("get", 501), ("X", 501)])
def test_methods(method: str, status: int | None) -> None:
    refused = plan.refuse_method(method)
    assert (refused and refused.status) == status
    assert refused is None or dict(refused.fields)["Allow"] == "GET, HEAD, OPTIONS"


def test_the_fields_of_a_whole_answer() -> None:
    assert answer(one=found(coding="br", vary=True)).fields == (
        ("Content-Type", "text/plain"), ("Content-Encoding", "br"), ("Last-Modified", http_date(NOW - 100)),
        ("ETag", '"t"'), ("Accept-Ranges", "bytes"), ("Vary", "Accept-Encoding"), ("X-Content-Type-Options", "nosniff"))


def test_a_date_in_the_future_becomes_the_present() -> None:
    assert dict(answer(one=found(modified=NOW + 1000)).fields)["Last-Modified"] == http_date(NOW)
    assert "Last-Modified" not in dict(answer(one=found(modified=None)).fields)


def test_304_has_what_caches_need_and_no_more() -> None:
    got = answer(one=found(vary=True), if_none_match='"t"')
    assert (got.status, got.fields, got.pieces) == (304, (("ETag", '"t"'), ("Vary", "Accept-Encoding")), ())


@pytest.mark.parametrize(("fields", "status"), [
    ({"range": "bytes=0-9"}, 206), ({"range": "bytes=0-9", "if_range": '"t"'}, 206),
    ({"range": "bytes=0-9", "if_range": '"u"'}, 200), ({"range": "bytes=0-9", "if_range": 'W/"t"'}, 200),
    ({"range": "bytes=0-9", "if_range": http_date(NOW - 100)}, 206),
    ({"range": "bytes=0-9", "if_none_match": '"t"'}, 304),
    ({"range": "bytes=200-", "if_range": '"u"'}, 200), ({"range": "words=1-2"}, 200), ({"if_range": '"u"'}, 200)])
def test_when_a_range_is_used(fields: dict[str, str], status: int) -> None:
    assert answer(**fields).status == status


def test_one_range() -> None:
    got = answer(range="bytes=10-19")
    assert (got.length, got.pieces, dict(got.fields)["Content-Range"]) == (10, (Span(10, 20),), "bytes 10-19/100")
    assert dict(got.fields)["Content-Type"] == "text/plain"


def test_several_ranges() -> None:
    got = answer(range="bytes=0-1,10-11")
    kind, _, boundary = dict(got.fields)["Content-Type"].partition("=")
    assert kind == "multipart/byteranges; boundary" and "Content-Range" not in dict(got.fields)
    assert [type(piece) for piece in got.pieces] == [bytes, Span, bytes, Span, bytes]
    sizes = [piece.stop - piece.start if isinstance(piece, Span) else len(piece) for piece in got.pieces]
    assert got.length == sum(sizes) and sizes[1] == sizes[3] == 2
    assert got.pieces[-1] == f"\r\n--{boundary}--\r\n".encode()
    assert boundary != dict(answer(range="bytes=0-1,10-11").fields)["Content-Type"].partition("=")[2]


def test_ranges_of_head_are_ignored() -> None:
    got = answer("HEAD", range="bytes=0-1")
    assert (got.status, got.length) == (200, 100)


def test_refusals() -> None:
    with pytest.raises(Refused) as refused:
        answer(if_match='"u"', range="bytes=0-1")
    assert refused.value.status == 412
    with pytest.raises(Refused) as refused:
        answer(range="bytes=100-")
    assert refused.value.status == 416
    assert dict(refused.value.fields)["Content-Range"] == "bytes */100"


def test_an_empty_file_is_sent_without_a_piece() -> None:
    assert answer(one=found(size=0), range="bytes=0-").pieces == ()
