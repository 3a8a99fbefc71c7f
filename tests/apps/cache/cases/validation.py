"""Validation, by the cache and by the client: RFC 9111 sections 3.2 and 4.3; RFC 9110 section 13."""

from __future__ import annotations

from tests.apps.cache.conversations import Case, Turn, case, ok, turn

A, B = 'etag: "a"', 'etag: "b"'
FRESH = "cache-control: max-age=3600"
PAST = "last-modified: @-100000"
ASK_A = 'if-none-match: "a"'


def stored(section: str, claim: str, *rest: Turn, lines: tuple[str, ...] = (A, FRESH)) -> Case:
    """A stored response, then the turns."""
    return case(section, claim, turn(origin=ok(*lines)), *rest)


def updated(claim: str, line: str, before: str = "", section: str = "3.2") -> Case:
    """A 304 brings a field; it is in this answer and in the next one."""
    name, _, value = line.partition(":")
    first = (A, FRESH, "age: 3600", before) if before else (A, FRESH, "age: 3600")
    has = [f"{name}:{value}"]
    return case(section, claim, turn(origin=ok(*first)), turn(use=0, origin=ok(A, FRESH, line, status=304), has=has),
                turn(hit=0, has=has))


def kept(claim: str, line: str, other: str) -> Case:
    """A 304 brings another value of a field that stays as it is."""
    return case("3.2", claim, turn(origin=ok(A, FRESH, "age: 3600", line)),
                turn(use=0, origin=ok(A, FRESH, other, status=304), has=[line]), turn(hit=0, has=[line]))


CASES = [
    # 4.3.1
    stored("4.3.1", "the entity tag is sent", turn(use=0, origin=ok(A, status=304), sent=[ASK_A]), lines=(A,)),
    stored("4.3.1", "Last-Modified is sent", turn(use=0, origin=ok(status=304), sent=["if-modified-since: @-100000"]),
           lines=(PAST, "cache-control: max-age=0")),
    stored("4.3.1", "both are sent where both are known",
           turn(use=0, origin=ok(A, status=304), sent=[ASK_A, "if-modified-since: @-100000"]),
           lines=(A, PAST, "cache-control: no-cache")),
    stored("4.3.1", "a weak tag is sent as it is", turn(use=0, origin=ok('etag: W/"a"', status=304), sent=['if-none-match: W/"a"']),
           lines=('etag: W/"a"',)),
    stored("4.3.1", "a Last-Modified that is no date is not", turn(use=0, origin=ok(A, status=304), unsent=("if-modified-since",)),
           lines=(A, "last-modified: yesterday")),
    # 4.3.3
    stored("4.3.3", "a full response replaces", turn(origin=ok(B, FRESH)), turn(hit=1), lines=(A,)),
    stored("4.3.3", "one that can't be stored removes", turn(origin=ok("cache-control: no-store")),
           turn(origin=ok(), unsent=("if-none-match",)), lines=(A,)),
    stored("4.3.3", "so does a 404", turn(origin=ok(status=404)), turn(origin=ok(), unsent=("if-none-match",)), lines=(A,)),
    stored("4.3.3", "a 304 makes fresh again", turn(use=0, origin=ok(A, FRESH, status=304), lacks=("age",)),
           turn(hit=0, has=["age: <3"]), lines=(A, "cache-control: max-age=60", "age: 60")),
    stored("4.3.4", "the lifetime starts anew, by the Date of the 304",
           turn(wait=100, use=0, origin=ok(A, status=304)), turn(wait=50, hit=0), turn(wait=20, use=0, origin=ok(A, status=304)),
           lines=(A, "cache-control: max-age=60")),
    stored("5.1", "a 304 from a cache brings its Age", turn(use=0, origin=ok(A, FRESH, "age: 30", status=304), has=["age: 30"]),
           turn(hit=0, has=["age: 3*"]), lines=(A,)),
    # 4.3.4: which one is updated
    stored("4.3.4", "a strong tag that is not stored updates nothing: asked again, unconditionally",
           turn(origin=ok(B, FRESH, status=304), again=ok(B, FRESH, body="new"), status=200, body="new"),
           turn(hit=0, body="new"), lines=(A,)),
    stored("4.3.4", "a weak tag compares weakly", turn(use=0, origin=ok('etag: W/"a"', FRESH, status=304)), turn(hit=0),
           lines=('etag: W/"a"',)),
    stored("4.3.4", "a 304 with Last-Modified only", turn(use=0, origin=ok(PAST, FRESH, status=304)), turn(hit=0),
           lines=(PAST, "cache-control: max-age=0")),
    stored("4.3.4", "a 304 with another Last-Modified updates nothing",
           turn(origin=ok("last-modified: @-5", status=304), again=ok(body="new"), status=200, body="new"),
           lines=(PAST, "cache-control: max-age=0")),
    stored("4.3.4", "a 304 without validators answers the only condition there was", turn(use=0, origin=ok(FRESH, status=304)),
           turn(hit=0), lines=(A,)),
    stored("4.3.4", "a 304 that now says no-store serves this once, and nothing is kept",
           turn(use=0, origin=ok(A, "cache-control: no-store", status=304)), turn(origin=ok()), lines=(A,)),
    stored("5.2.1.5", "a 304 to a request with no-store is not kept",
           turn("cache-control: no-store", use=0, origin=ok(A, FRESH, "x: 2", status=304)),
           turn(use=0, origin=ok(A, status=304), lacks=("x",)), lines=(A,)),
    # 3.2
    updated("a new field is added", "x-new: 1"),
    updated("a field is replaced", "x-old: 2", "x-old: 1"),
    updated("Content-Type is replaced: the prefix means nothing", "content-type: text/x", "content-type: text/y"),
    updated("Content-Foo is replaced", "content-foo: 2", "content-foo: 1"),
    updated("Content-Location is replaced", "content-location: /2", "content-location: /1"),
    stored("3.2", "Cache-Control is replaced",
           turn(use=0, origin=ok(A, "cache-control: max-age=50", status=304), has=["cache-control: max-age=50"]),
           turn(wait=49, hit=0, has=["cache-control: max-age=50"]), turn(wait=1, use=0, origin=ok(A, status=304)),
           lines=(A, FRESH, "age: 3600")),
    updated("Expires is replaced", "expires: @+7200", "expires: @+100"),
    updated("a Date is replaced", "date: @-1", "date: @-50"),
    kept("Content-Length is not changed", "x-length: 14", "content-length: 5"),
    kept("Content-Encoding is not changed: the stored bytes have it", "content-encoding: gzip", "content-encoding: br"),
    kept("Content-Range is not added", "x-a: b", "content-range: bytes 0-3/4"),
    stored("3.2", "a cookie in a 304 is for the one who asked",
           turn(use=0, origin=ok(A, FRESH, "set-cookie: s=1", status=304), has=["set-cookie: s=1"]),
           turn(hit=0, lacks=("set-cookie",)), lines=(A,)),
    stored("3.2", "what Connection names in a 304 is not kept",
           turn(use=0, origin=ok(A, FRESH, "connection: x-hop", "x-hop: 1", status=304), lacks=("x-hop",)),
           turn(hit=0, lacks=("x-hop",)), lines=(A,)),
    # 4.3.2: the client's conditions, on what is fresh
    stored("4.3.2", "If-None-Match with the stored tag: 304", turn(ASK_A, status=304, body="", has=['etag: "a"', "age: <3"],
                                                                 lacks=("content-type",))),
    stored("4.3.2", "with another: the response", turn('if-none-match: "b"', hit=0)),
    stored("4.3.2", "one of a list", turn('if-none-match: "b", W/"c", "a"', status=304, body="")),
    stored("4.3.2", "on two lines", turn('if-none-match: "b"', ASK_A, status=304, body="")),
    stored("4.3.2", "compared weakly", turn('if-none-match: W/"a"', status=304, body="")),
    stored("4.3.2", "weakly, the other way round", turn(ASK_A, status=304, body=""), lines=('etag: W/"a"', FRESH)),
    stored("4.3.2", "* matches", turn("if-none-match: *", status=304, body="")),
    stored("4.3.2", "a tag without quotes matches no tag with them", turn("if-none-match: a", hit=0)),
    stored("4.3.2", "but the same text", turn("if-none-match: a", status=304, body=""), lines=("etag: a", FRESH)),
    stored("4.3.1", "a tag without quotes is sent as it came", turn(use=0, origin=ok("etag: a", FRESH, status=304), sent=["if-none-match: a"]),
           turn(hit=0), lines=("etag: a",)),
    stored("4.3.2", "a comma inside a tag", turn('if-none-match: "x,y"', status=304, body=""), lines=('etag: "x,y"', FRESH)),
    stored("4.3.2", "nothing stored matches without a tag", turn(ASK_A, hit=0), lines=(FRESH,)),
    stored("4.3.2", "If-Modified-Since, not changed", turn("if-modified-since: @-100000", status=304, body=""), lines=(FRESH, PAST)),
    stored("4.3.2", "If-Modified-Since, changed", turn("if-modified-since: @-100001", hit=0), lines=(FRESH, PAST)),
    stored("4.3.2", "If-Modified-Since that is no date", turn("if-modified-since: x", hit=0), lines=(FRESH, PAST)),
    stored("4.3.2", "without Last-Modified the Date counts: not changed", turn("if-modified-since: @+0", status=304, body=""),
           lines=(FRESH, "date: @-10")),
    stored("4.3.2", "without Last-Modified the Date counts: changed", turn("if-modified-since: @-11", hit=0),
           lines=(FRESH, "date: @-10")),
    stored("4.3.2", "If-None-Match goes before If-Modified-Since: no match",
           turn('if-none-match: "b"', "if-modified-since: @+0", hit=0), lines=(A, FRESH, PAST)),
    stored("4.3.2", "If-None-Match goes before If-Modified-Since: match",
           turn(ASK_A, "if-modified-since: @-200000", status=304, body=""), lines=(A, FRESH, PAST)),
    stored("4.3.2", "If-Match is for the origin", turn('if-match: "b"', origin=ok(status=412))),
    stored("4.3.2", "If-Unmodified-Since is for the origin", turn("if-unmodified-since: @-200000", origin=ok(status=412))),
    case("9110 13.2.1", "conditions do not count for what is no 200", turn(origin=ok(A, FRESH, status=404)),
         turn(ASK_A, hit=0, status=404)),
    # 4.3.2: the client's conditions, on what is stale or not there
    case("4.3.2", "nothing stored: the client's condition goes to the origin, its 304 to the client",
         turn(ASK_A, origin=ok(A, FRESH, status=304), sent=[ASK_A], status=304), turn(origin=ok())),
    stored("4.3.2", "both tags are asked for: the client's holds",
           turn('if-none-match: "b"', origin=ok(B, status=304), sent=['if-none-match: "b", "a"'], status=304), lines=(A,)),
    stored("4.3.2", "both tags are asked for: only ours holds, the client gets 200",
           turn('if-none-match: "b"', use=0, origin=ok(A, FRESH, status=304), sent=['if-none-match: "b", "a"']), turn(hit=0),
           lines=(A,)),
    stored("4.3.2", "both have the same: 304 for both", turn(ASK_A, origin=ok(A, FRESH, status=304), sent=[ASK_A], status=304),
           turn(hit=0), lines=(A,)),
    stored("4.3.2", "a full response to both: for the client, and stored",
           turn('if-none-match: "b"', origin=ok('etag: "c"', FRESH)), turn(hit=1), lines=(A,)),
    stored("4.3.2", "the client's date gives way to ours",
           turn("if-modified-since: @-5", origin=ok(PAST, FRESH, status=304), sent=["if-modified-since: @-100000"], status=304),
           turn(hit=0), lines=(PAST, "cache-control: max-age=0")),
    stored("4.3.2", "an older date of the client gets the response",
           turn("if-modified-since: @-200000", use=0, origin=ok(PAST, FRESH, status=304)), turn(hit=0),
           lines=(PAST, "cache-control: max-age=0")),
    stored("4.3.2", "a 304 without a tag, to a list of both: it can't be told whose, so asked again for the client",
           turn('if-none-match: "b"', origin=ok(status=304), again=ok('etag: "c"', body="new"), status=200, body="new"),
           lines=(A,)),
    stored("4.3.2", "a 304 without a tag, to the one tag of both", turn(ASK_A, origin=ok(FRESH, status=304), status=304),
           turn(hit=0), lines=(A,)),
    stored("4.3.2", "a 304 without a date, to our date", turn("if-modified-since: @-5", origin=ok(FRESH, status=304), status=304),
           turn(hit=0), lines=(PAST, "cache-control: max-age=0")),
    stored("4.3.2", "If-None-Match: * of the client goes alone", turn("if-none-match: *", origin=ok(status=304), status=304),
           lines=(A,)),
    # 4.3.5
    stored("4.3.5", "HEAD is answered from a stored GET", turn(method="HEAD", hit=0, has=[A])),
    stored("4.3.5", "and asked for when it is stale", turn(method="HEAD", use=0, origin=ok(A, FRESH, status=304), sent=[ASK_A]),
           turn(hit=0), lines=(A,)),
    stored("4.3.5", "a HEAD response that fits updates", turn(method="HEAD", origin=ok(A, FRESH, "content-length: 14", "x: 2")),
           turn(hit=0, has=["x: 2"]), lines=(A,)),
    stored("4.3.5", "one with another tag makes stale", turn("cache-control: no-cache", method="HEAD", origin=ok(B, FRESH)),
           turn(use=0, origin=ok(A, FRESH, status=304)), turn(hit=0)),
    stored("4.3.5", "one with another length makes stale",
           turn("cache-control: no-cache", method="HEAD", origin=ok(A, FRESH, "content-length: 999")),
           turn(use=0, origin=ok(A, FRESH, status=304))),
    stored("4.3.5", "one with another Last-Modified makes stale",
           turn("cache-control: no-cache", method="HEAD", origin=ok(FRESH, "last-modified: @-5")),
           turn(origin=ok(FRESH)), lines=(FRESH, PAST)),
    stored("4.3.5", "an error to HEAD changes nothing", turn("cache-control: no-cache", method="HEAD", origin=ok(B, status=500)),
           turn(hit=0)),
    case("4.3.5", "a HEAD response is no GET response", turn(method="HEAD", origin=ok(A, FRESH)), turn(origin=ok())),
]
