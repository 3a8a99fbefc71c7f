"""Selecting fields: RFC 9111 section 4.1."""

from __future__ import annotations

from tests.apps.cache.conversations import Case, case, ok, turn

FRESH = "cache-control: max-age=3600"


def match(claim: str, vary: str, one: tuple[str, ...], other: tuple[str, ...]) -> Case:
    """Two requests of which the second is answered with the response to the first."""
    return case("4.1", claim, turn(*one, origin=ok(FRESH, vary)), turn(*other, hit=0))


def differ(claim: str, vary: str, one: tuple[str, ...], other: tuple[str, ...]) -> Case:
    """Two requests with a response each, both stored."""
    return case("4.1", claim, turn(*one, origin=ok(FRESH, vary)), turn(*other, origin=ok(FRESH, vary)), turn(*one, hit=0),
                turn(*other, hit=1))


CASES = [
    match("the same value matches", "vary: foo", ("foo: 1",), ("foo: 1",)),
    differ("another value does not", "vary: foo", ("foo: 1",), ("foo: 2",)),
    match("a field that is not named does not count", "vary: foo", ("foo: 1", "bar: 1"), ("foo: 1", "bar: 2")),
    match("absent matches absent", "vary: foo", (), ()),
    differ("absent does not match present", "vary: foo", (), ("foo: 1",)),
    differ("absent does not match empty", "vary: foo", (), ("foo:",)),
    differ("two fields named", "vary: foo, bar", ("foo: 1", "bar: 2"), ("foo: 1", "bar: 3")),
    match("two fields named, both the same", "vary: foo, bar", ("foo: 1", "bar: 2"), ("bar: 2", "foo: 1")),
    match("names in any case", "vary: FoO", ("foo: 1",), ("foo: 1",)),
    differ("values count with their case", "vary: foo", ("foo: a",), ("foo: A",)),
    match("whitespace around commas does not count", "vary: foo", ("foo: 1, 2",), ("foo: 1,2",)),
    match("several lines are one list", "vary: foo", ("foo: 1, 2",), ("foo: 1", "foo: 2")),
    differ("order counts where nobody says otherwise", "vary: foo", ("foo: 1, 2",), ("foo: 2, 1",)),
    match("order and case do not count in Accept-Encoding", "vary: accept-encoding", ("accept-encoding: gzip, br",),
          ("accept-encoding: BR,GZIP",)),
    differ("order counts in Accept-Language", "vary: accept-language", ("accept-language: en, de",), ("accept-language: de, en",)),
    differ("a comma in a quoted string separates nothing", "vary: foo", ('foo: "1,2"',), ('foo: "1, 2"',)),
    case("4.1", "Vary on two lines", turn("foo: 1", "bar: 1", origin=ok(FRESH, "vary: foo", "vary: bar")),
         turn("foo: 1", "bar: 2", origin=ok(FRESH, "vary: foo", "vary: bar")), turn("foo: 1", "bar: 1", hit=0)),
    case("4.1", "Vary: * never matches", turn(origin=ok(FRESH, "vary: *", 'etag: "a"')), turn(origin=ok(FRESH, "vary: *"))),
    case("4.1", "* among names", turn(origin=ok(FRESH, "vary: foo, *")), turn(origin=ok(FRESH, "vary: foo, *"))),
    case("4.1", "* on a second line", turn(origin=ok(FRESH, "vary: foo", "vary: *")), turn(origin=ok())),
    case("4.1", "a name that is none matches nothing", turn(origin=ok(FRESH, "vary: f(o")), turn(origin=ok(FRESH))),
    case("4.1", "an empty Vary names nothing", turn("foo: 1", origin=ok(FRESH, "vary:")), turn("foo: 2", hit=0)),
    case("4", "of several that match the most recent is used, by Date",
         turn("foo: 1", origin=ok(FRESH, "vary: foo", "date: @-100")),
         turn("foo: 1", "bar: 1", "cache-control: no-cache", origin=ok(FRESH, "vary: bar", "date: @-10")),
         turn("foo: 1", "bar: 1", hit=1)),
    case("4.1", "a response that leaves Vary out does not hide one that has it",
         turn("foo: 1", origin=ok(FRESH, "vary: foo")), turn("foo: 2", origin=ok(FRESH, "date: @-10")),
         turn("foo: 1", hit=0), turn("foo: 2", origin=ok(FRESH, "vary: foo")), turn("foo: 2", hit=3)),
    case("4.1", "a variant is replaced by a new one for the same request",
         turn("foo: 1", origin=ok(FRESH, "vary: foo")),
         turn("foo: 1", "cache-control: no-cache", origin=ok(FRESH)), turn("foo: 1", hit=1), turn("foo: 2", hit=1)),
    case("4.3.1", "the validation carries the fields that select", turn("foo: 1", origin=ok("vary: foo", 'etag: "a"')),
         turn("foo: 1", use=0, origin=ok('etag: "a"', status=304), sent=["foo: 1", 'if-none-match: "a"'])),
    case("4.1", "each variant is validated with its own tag",
         turn("foo: 1", origin=ok("vary: foo", 'etag: "1"')), turn("foo: 2", origin=ok("vary: foo", 'etag: "2"')),
         turn("foo: 1", use=0, origin=ok('etag: "1"', status=304), sent=['if-none-match: "1"']),
         turn("foo: 2", use=1, origin=ok('etag: "2"', status=304), sent=['if-none-match: "2"'])),
]
