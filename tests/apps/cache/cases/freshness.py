"""Lifetime and age: RFC 9111 sections 1.2.2, 4.2, 5.1, 5.2.2, 5.3."""

from __future__ import annotations

from tests.apps.cache.cases.storing import not_stored, reused
from tests.apps.cache.conversations import Case, case, ok, turn

TAG = 'etag: "a"'


def stale(section: str, claim: str, *lines: str) -> Case:
    """Stored, but validated before it is used again."""
    return case(section, claim, turn(origin=ok(TAG, *lines)),
                turn(use=0, origin=ok(TAG, status=304), sent=['if-none-match: "a"']))


CASES = [
    reused("4.2.1", "max-age makes fresh", "cache-control: max-age=60"),
    case("4.2.1", "until it has passed", turn(origin=ok("cache-control: max-age=60", TAG)), turn(wait=59, hit=0),
         turn(wait=1, use=0, origin=ok(TAG, status=304))),
    reused("4.2.1", "Expires minus Date makes fresh", "expires: @+60", "date: @+0"),
    case("4.2.1", "until it has passed (Expires)", turn(origin=ok("expires: @+60", "date: @+0")), turn(wait=58, hit=0),
         turn(wait=3, origin=ok())),
    reused("4.2.1", "Expires without Date counts from the receipt", "expires: @+60"),
    reused("4.2.1", "Expires counts by the origin's clock: one that is fast", "expires: @+4000", "date: @+3600"),
    stale("4.2.1", "Expires counts by the origin's clock: one that is fast", "expires: @+3600", "date: @+3600"),
    stale("4.2.1", "Expires counts by the origin's clock: one that is slow, the age too", "expires: @-3000", "date: @-3600",
          "age: 700"),
    reused("4.2.1", "max-age beats an Expires in the past", "cache-control: max-age=60", "expires: @-60"),
    stale("4.2.1", "max-age=0 beats an Expires to come", "cache-control: max-age=0", "expires: @+60"),
    reused("4.2.1", "s-maxage beats max-age=0", "cache-control: max-age=0, s-maxage=60"),
    stale("4.2.1", "s-maxage=0 beats max-age", "cache-control: max-age=60, s-maxage=0"),
    reused("4.2.1", "s-maxage beats an Expires in the past", "cache-control: s-maxage=60", "expires: @-60"),
    stale("4.2.1", "a broken s-maxage beats a good max-age", "cache-control: max-age=60, s-maxage=x"),
    stale("4.2.1", "max-age twice: the smaller, first", "cache-control: max-age=0, max-age=3600"),
    stale("4.2.1", "max-age twice: the smaller, last", "cache-control: max-age=3600, max-age=0"),
    stale("4.2.1", "max-age on two lines", "cache-control: max-age=3600", "cache-control: max-age=0"),
    reused("4.2.1", "max-age twice, the same", "cache-control: max-age=60, max-age=60"),
    stale("4.2.1", "two Expires: the earlier", "expires: @+60", "expires: @-60"),
    stale("4.2.1", "two Expires, one is no date", "expires: @+60", "expires: 0"),
    stale("4.2.1", "no-cache beats max-age", "cache-control: max-age=60, no-cache"),
    *(stale("4.2.1", f"seconds that are no number: max-age{value}", f"cache-control: max-age{value}")
      for value in ("", "=", "=x", "=1x", "=-60", "=+60", "=60.0", "=60.5", "=1e3", "=0x60", "=60 60", "= 60", " =60",
                    '="60', "='60'", '="6 0"', "=60;", "=\u0663")),
    stale("4.2.1", "a broken max-age beats an Expires to come", "cache-control: max-age=x", "expires: @+60"),
    *(reused("5.2", f"written otherwise, but right: {value}", f"cache-control: {value}")
      for value in ('max-age="60"', "MAX-AGE=60", "Max-Age=0060", " , ,max-age=60,,", "a=b,max-age=60", "max-age=60\t,\tb",
                    'a="\\"", max-age=60', 'max-age="\\60"', "no-transform, max-age=60", "a, b=c, d=\"e\", max-age=60")),
    *(reused("1.2.2", f"as many seconds as one likes: {value}", f"cache-control: max-age={value}")
      for value in ("2147483647", "2147483648", "2147483649", "99999999999", "9" * 40)),
    case("1.2.2", "more than 2^31 seconds are 2^31", turn(origin=ok("cache-control: max-age=99999999999", TAG, "age: 2147483648")),
         turn(use=0, origin=ok(TAG, status=304))),
    *(stale("5.3", f"Expires that is no date: {value}", f"expires: {value}")
      for value in ("0", "-1", "never", "Thu, 18 Aug 2050 02:01:18", "Thu, 18 Aug 2050 02:01:18 UTC", "Thu, 18 Aug 2050 02:01:18 CET",
                    "Thu, 18 Aug 2050 2:01:18 GMT", "Thu, 18 Aug 2050 02:01 GMT", "18 Aug 2050 02:01:18 GMT",
                    "Thu, 32 Aug 2050 02:01:18 GMT", "Thu, 18 Aug 2050 25:01:18 GMT", "Thu,  18 Aug 2050 02:01:18 GMT",
                    "Thu, 18-Aug-2050 02:01:18 GMT", "2050-08-18T02:01:18Z", "3000000000", "")),
    stale("5.3", "Expires equal to Date", "expires: @+0", "date: @+0"),
    *(reused("4.2", f"all forms of a date, in any case: {value}", f"expires: {value}")
      for value in ("Thu, 18 Aug 2050 02:01:18 GMT", "thu, 18 aug 2050 02:01:18 gmt", "THU, 18 AUG 2050 02:01:18 GMT",
                    "Thursday, 18-Aug-50 02:01:18 GMT", "Thu Aug 18 02:01:18 2050")),
    reused("4.2.2", "an estimate: a tenth of the time since the last change", "last-modified: @-3600"),
    case("4.2.2", "and no longer", turn(origin=ok("last-modified: @-1000", TAG)), turn(wait=98, hit=0),
         turn(wait=3, use=0, origin=ok(TAG, status=304))),
    stale("4.2.2", "none from a change in the future", "last-modified: @+3600"),
    stale("4.2.2", "none from a change at the time of the response", "last-modified: @+0", "date: @+0"),
    not_stored("4.2.2", "none from what is no date", "last-modified: yesterday"),
    stale("4.2.2", "none where an expiration is said", "last-modified: @-360000", "expires: @-1"),
    stale("4.2.2", "none where an expiration is said, broken", "last-modified: @-360000", "cache-control: max-age=x"),
    stale("4.2.2", "none without Last-Modified"),
    # age
    case("4.2.3", "Age is served, and grows", turn(origin=ok("cache-control: max-age=3600")), turn(wait=10, hit=0, has=["age: 10"]),
         turn(wait=5, hit=0, has=["age: 15"])),
    case("4", "Age is served at once", turn(origin=ok("cache-control: max-age=3600"), lacks=("age",)), turn(hit=0, has=["age: <3"])),
    case("4.2.3", "the Age that came with it is counted in, and replaced",
         turn(origin=ok("cache-control: max-age=3600", "age: 100"), has=["age: 100"]), turn(hit=0, has=["age: 10*"])),
    stale("4.2.3", "an Age beyond the lifetime", "cache-control: max-age=60", "age: 61"),
    stale("4.2", "fresh means lifetime greater than age, not equal", "cache-control: max-age=60", "age: 60"),
    stale("4.2.3", "the age by Date counts too", "cache-control: max-age=60", "date: @-61"),
    case("4.2.3", "a Date to come makes no negative age", turn(origin=ok("cache-control: max-age=3600", "date: @+500")),
         turn(hit=0, has=["age: <3"])),
    case("4.2.3", "the greater of both", turn(origin=ok("cache-control: max-age=3600", "date: @-50", "age: 100")),
         turn(hit=0, has=["age: 10*"])),
    case("4.2.3", "the time the response took is counted in", turn(origin=ok("cache-control: max-age=60", TAG, "age: 50", delay=20)),
         turn(use=0, origin=ok(TAG, status=304))),
    case("4.2.3", "Expires is not longer for a slow response", turn(origin=ok("expires: @+30", "date: @+0", TAG, delay=20)),
         turn(wait=15, use=0, origin=ok(TAG, status=304))),
    *(stale("5.1", f"Age as a list: the first counts: {value}", "cache-control: max-age=60", *value)
      for value in (("age: 100, 0",), ("age: 100", "age: 0"), ("age: 100, x",))),
    *(reused("5.1", f"an Age that is no number is ignored: {value}", "cache-control: max-age=60", f"age: {value}")
      for value in ("-100", "x", "100.5", "100s", "", "1e9", "0, 100", "\"100\"")),
    stale("1.2.2", "an enormous Age", "cache-control: max-age=3600", "age: " + "9" * 30),
    case("5.1", "Age of more than 2^31 is served as 2^31", turn(origin=ok("cache-control: max-age=60", "age: 9999999999", TAG)),
         turn("cache-control: max-stale", hit=0, has=["age: 2147483648"])),
    case("9110 6.6.1", "a Date that is none is replaced by the time of receipt",
         turn(origin=ok("cache-control: max-age=60", "date: now")), turn(hit=0, has=["date: @+0"])),
    case("5.1", "a hit keeps the Date of the response", turn(origin=ok("cache-control: max-age=3600", "date: @-7")),
         turn(hit=0, has=["date: @-7"])),
]
