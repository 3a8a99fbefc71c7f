"""Ranges and incomplete responses: RFC 9111 sections 3.3 and 3.4, RFC 9110 sections 13.1.5, 14, 15.3.7."""

from __future__ import annotations

from tests.apps.cache.conversations import Case, Turn, case, ok, turn

FRESH = "cache-control: max-age=3600"
A = 'etag: "a"'
TEN = "0123456789"


def whole(section: str, claim: str, *rest: Turn, lines: tuple[str, ...] = (FRESH, A)) -> Case:
    """Ten bytes that are stored completely, then the turns."""
    return case(section, claim, turn(origin=ok(*lines, body=TEN)), *rest)


def part(first: int, last: int, *lines: str, of: str = "10") -> Turn:
    """A range that is asked for and comes."""
    return turn(f"range: bytes={first}-{last}", origin=ok(
        *(lines or (FRESH, A)), f"content-range: bytes {first}-{last}/{of}", status=206, body=TEN[first:last + 1]))


def served(asked: str, body: str, content_range: str, *lines: str) -> Turn:
    """A range that comes from the store."""
    return turn(f"range: bytes={asked}", *lines, status=206, hit=0, body=body, has=[f"content-range: {content_range}"])


CASES = [
    # from what is complete
    whole("9110 14.2", "a range of a complete response", served("2-4", "234", "bytes 2-4/10")),
    whole("9110 14.2", "to the end", served("7-", "789", "bytes 7-9/10")),
    whole("9110 14.2", "the last ones", served("-3", "789", "bytes 7-9/10")),
    whole("9110 14.2", "beyond the end", served("8-99", "89", "bytes 8-9/10")),
    whole("9110 14.2", "more than there are, from the end", served("-99", TEN, "bytes 0-9/10")),
    whole("9110 15.5.17", "behind the end", turn("range: bytes=10-", status=416, body="", has=["content-range: bytes */10"],
                                              lacks=("cache-control", "etag", "content-type"))),
    whole("9110 15.5.17", "the last zero", turn("range: bytes=-0", status=416, body="")),
    *(whole("9110 14.2", f"a range that is ignored: {value}", turn(f"range: {value}", hit=0))
      for value in ("bytes=", "bytes=-", "bytes=4-2", "bytes=x", "lines=1-2", "bytes=0-1,3-4", "bytes 0-1", "bytes=1-2-3")),
    whole("9110 14.2", "Range of a HEAD is ignored", turn("range: bytes=2-4", method="HEAD", hit=0, lacks=("content-range",))),
    case("9110 14.2", "only a 200 has ranges", turn(origin=ok(FRESH, status=404, body=TEN)),
         turn("range: bytes=2-4", hit=0, status=404)),
    whole("9110 13.1.5", "If-Range with the stored tag", served("2-4", "234", "bytes 2-4/10", 'if-range: "a"')),
    whole("9110 13.1.5", "If-Range with another", turn("range: bytes=2-4", 'if-range: "b"', hit=0)),
    whole("9110 13.1.5", "If-Range compares strongly", turn("range: bytes=2-4", 'if-range: W/"a"', hit=0), lines=(FRESH, 'etag: W/"a"')),
    whole("9110 13.1.5", "If-Range with the date", served("2-4", "234", "bytes 2-4/10", "if-range: @-1000"),
          lines=(FRESH, "last-modified: @-1000")),
    whole("9110 13.1.5", "If-Range with a later date", turn("range: bytes=2-4", "if-range: @-999", hit=0),
          lines=(FRESH, "last-modified: @-1000")),
    whole("9110 13.2.2", "If-None-Match goes before Range", turn("range: bytes=2-4", 'if-none-match: "a"', status=304, body="")),
    # 206 stored
    case("3.3", "a 206 is stored, and serves the same range", part(2, 5), served("2-5", "2345", "bytes 2-5/10")),
    case("3.3", "and ranges inside", part(2, 5), served("3-4", "34", "bytes 3-4/10")),
    case("3.3", "the last ones, when they are there", part(5, 9), served("-3", "789", "bytes 7-9/10")),
    case("3.3", "not a range that goes beyond", part(2, 5), part(4, 7)),
    case("3.3", "never the whole", part(2, 5), turn(origin=ok(FRESH, A, body=TEN)), turn(hit=1)),
    case("3.3", "not to HEAD", part(2, 5), turn(method="HEAD", origin=ok(FRESH, A))),
    case("3.3", "not with a Content-Range that can't be read",
         turn("range: bytes=2-5", origin=ok(FRESH, A, "content-range: lines 2-5/10", status=206, body="2345")),
         part(2, 5)),
    case("3.3", "not with one that contradicts itself",
         turn("range: bytes=2-5", origin=ok(FRESH, A, "content-range: bytes 2-5/4", status=206, body="2345")), part(2, 5)),
    case("3.3", "not a 206 that nobody asked for",
         turn(origin=ok(FRESH, A, "content-range: bytes 2-5/10", status=206, body="2345")), part(2, 5)),
    case("3.3", "not several ranges", turn("range: bytes=2-3,5-6", origin=ok(
        FRESH, A, "content-type: multipart/byteranges; boundary=x", status=206)), part(2, 3)),
    case("3.3", "not with no-store", part(2, 5, "cache-control: no-store", A), part(2, 5)),
    case("3.3", "of a length that is not known", part(2, 5, of="*"), served("3-4", "34", "bytes 3-4/*")),
    case("3.3", "stale: validated by its tag, for a range it holds", part(2, 5, A),
         turn("range: bytes=2-5", origin=ok(A, FRESH, status=304), use=0, status=206, sent=['if-none-match: "a"', "range: bytes=2-5"]),
         served("3-3", "3", "bytes 3-3/10")),
    case("4.3.2", "its tag is not in a request for the whole", part(2, 5, A),
         turn('if-none-match: "b"', origin=ok(FRESH, body=TEN), sent=['if-none-match: "b"'])),
    # combined
    case("3.4", "two parts with one strong tag become one", part(0, 3), part(4, 9), turn(hit=0, body=TEN)),
    case("3.4", "the other way round", part(4, 9), part(0, 3), turn(hit=0, body=TEN)),
    case("3.4", "overlapping", part(0, 5), part(4, 9), turn(hit=0, body=TEN)),
    case("3.4", "with a hole between only the new one is kept", part(0, 2), part(5, 9), part(0, 2)),
    case("3.4", "a hole of one byte is one", part(0, 2), part(4, 9), part(0, 2)),
    case("3.4", "the fields are those of the new one", part(0, 3, FRESH, A, "x: 1"), part(4, 9, FRESH, A, "x: 2"),
         turn(hit=0, body=TEN, has=["x: 2"])),
    case("3.4", "not with a weak tag", part(0, 3, FRESH, 'etag: W/"a"'), part(4, 9, FRESH, 'etag: W/"a"'),
         turn(origin=ok(FRESH))),
    case("3.4", "not with two tags", part(0, 3, FRESH, A), part(4, 9, FRESH, 'etag: "b"'), turn(origin=ok(FRESH))),
    case("3.4", "not with dates only", part(0, 3, FRESH, "last-modified: @-1000"), part(4, 9, FRESH, "last-modified: @-1000"),
         turn(origin=ok(FRESH))),
    whole("3.4", "a 206 of the same tag does not replace what is complete",
          turn("range: bytes=2-4", "cache-control: no-cache", sent=['if-none-match: "a"'],
               origin=ok(FRESH, A, "x: 2", "content-range: bytes 2-4/10", status=206, body="234")),
          turn(hit=0, has=["x: 2"])),
    # completed
    case("3.3", "the missing end is asked for", part(0, 5),
         turn(origin=ok(FRESH, A, "content-range: bytes 6-9/10", status=206, body="6789"), status=200, body=TEN,
              sent=["range: bytes=6-", 'if-range: "a"']), turn(hit=0, body=TEN)),
    case("3.3", "another response instead replaces it", part(0, 5), turn(origin=ok(FRESH, 'etag: "b"', body="other")), turn(hit=1)),
    case("3.3", "an answer that does not continue it: asked again for everything", part(0, 5),
         turn(origin=ok(FRESH, 'etag: "b"', "content-range: bytes 6-9/10", status=206, body="6789"),
              again=ok(FRESH, body="all of it"), status=200, body="all of it")),
    case("3.3", "416 to it: asked again", part(0, 5), turn(origin=ok(status=416), again=ok(body="all of it"), status=200,
                                                         body="all of it")),
    case("3.3", "a body that broke off is never served as a whole",
         turn(origin=ok(FRESH, body=TEN, cut=4)), turn(origin=ok(FRESH, body=TEN)), turn(hit=1)),
    case("3.3", "with a strong tag it is completed",
         turn(origin=ok(FRESH, A, body=TEN, cut=4)),
         turn(origin=ok(FRESH, A, "content-range: bytes 4-9/10", status=206, body="456789"), status=200, body=TEN,
              sent=["range: bytes=4-"]), turn(hit=0, body=TEN)),
    # stale
    whole("4.3.1", "stale: a range is validated by tag", turn(
        "range: bytes=2-4", origin=ok(A, FRESH, status=304), use=0, status=206, body="234",
        sent=['if-none-match: "a"', "range: bytes=2-4"], unsent=("if-modified-since",)),
          lines=(A, "last-modified: @-1000", "cache-control: max-age=0")),
    whole("4.3.1", "stale, with a date only: the whole is validated, the range served", turn(
        "range: bytes=2-4", origin=ok(FRESH, "last-modified: @-1000", status=304), use=0, status=206, body="234",
        sent=["if-modified-since: @-1000"], unsent=("range",)), lines=("last-modified: @-1000", "cache-control: max-age=0")),
]
