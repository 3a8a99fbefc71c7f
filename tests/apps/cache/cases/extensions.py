"""Cache-Status (RFC 9211) and targeted fields (RFC 9213)."""

from __future__ import annotations

from tests.apps.cache.cases.storing import not_stored, reused
from tests.apps.cache.conversations import case, ok, turn

FRESH = "cache-control: max-age=3600"
A = 'etag: "a"'
CDN = "cdn-cache-control:"

CASES = [
    # RFC 9211
    case("9211 2.1", "hit", turn(origin=ok(FRESH)), turn(hit=0, has=["cache-status: whywire; hit; ttl=3*"])),
    case("9211 2.2", "uri-miss", turn(origin=ok(FRESH), has=["cache-status: whywire; fwd=uri-miss*"])),
    case("9211 2.2", "vary-miss", turn("foo: 1", origin=ok(FRESH, "vary: foo")),
         turn("foo: 2", origin=ok(), has=["cache-status: whywire; fwd=vary-miss*"])),
    case("9211 2.2", "stale, and the status of the answer", turn(origin=ok(A)),
         turn(use=0, origin=ok(A, FRESH, status=304), has=["cache-status: whywire; fwd=stale; fwd-status=304*"])),
    case("9211 2.2", "request", turn(origin=ok(FRESH, A)),
         turn("cache-control: no-cache", use=0, origin=ok(A, status=304), has=["cache-status: whywire; fwd=request*"])),
    case("9211 2.2", "method", turn(method="POST", content=True, origin=ok(), has=["cache-status: whywire; fwd=method*"])),
    case("9211 2.2", "bypass", turn(content=True, origin=ok(FRESH), has=["cache-status: whywire; fwd=bypass*"])),
    case("9211 2.2", "partial", turn("range: bytes=0-1", origin=ok(FRESH, "content-range: bytes 0-1/4", status=206, body="01")),
         turn(origin=ok(FRESH), has=["cache-status: whywire; fwd=partial*"])),
    case("9211 2.4", "ttl, negative when stale", turn(origin=ok("cache-control: max-age=60", "age: 70", A)),
         turn("cache-control: max-stale", hit=0, has=["cache-status: whywire; hit; ttl=-1*"])),
    case("9211 2.5", "stored", turn(origin=ok(FRESH), has=["cache-status: whywire; fwd=uri-miss; ttl=3*; stored"])),
    case("9211 2.8", "why it is not stored", turn(origin=ok("cache-control: no-store"),
                                                 has=["cache-status: whywire; fwd=uri-miss; detail=no-store"])),
    case("9211 2", "the caches before us come first", turn(origin=ok(FRESH, "cache-status: far; hit"),
                                                         has=["cache-status: far; hit, whywire; fwd=uri-miss*"]),
         turn(hit=0, has=["cache-status: far; hit, whywire; hit*"])),
    case("9211 2", "on a 504 of our own", turn("cache-control: only-if-cached", status=504, has=["cache-status: whywire*"])),
    # RFC 9213
    reused("9213 2.2", "it goes before Cache-Control", f"{CDN} max-age=3600", "cache-control: no-store"),
    reused("9213 2.2", "and before private", f"{CDN} max-age=3600", "cache-control: private, max-age=0"),
    reused("9213 2.2", "and before Expires", f"{CDN} max-age=3600", "expires: 0"),
    case("9213 2.2", "Expires does not count beside it", turn(origin=ok(f"{CDN} none", A, "expires: @+3600")),
         turn(use=0, origin=ok(A, status=304))),
    not_stored("9213 2.2", "no-store", f"{CDN} no-store", FRESH),
    not_stored("9213 2.2", "private", f"{CDN} private, max-age=60", FRESH),
    case("9213 2.2", "no-cache", turn(origin=ok(f"{CDN} max-age=60, no-cache", FRESH, A)), turn(use=0, origin=ok(A, status=304))),
    case("9213 2.2", "max-age=0", turn(origin=ok(f"{CDN} max-age=0", FRESH, A)), turn(use=0, origin=ok(A, status=304))),
    reused("9213 2.2", "s-maxage before max-age", f"{CDN} max-age=0, s-maxage=60"),
    reused("9213 2.2", "unknown directives are ignored", f"{CDN} foo, bar=1, max-age=60"),
    reused("9213 2.1", "parameters are ignored", f"{CDN} max-age=60;a;b=2"),
    reused("9213 2.1", "on two lines", f"{CDN} foo", f"{CDN} max-age=60", "cache-control: no-store"),
    *(reused("9213 2.1", f"empty or broken: Cache-Control counts: {value}", f"{CDN} {value}", FRESH)
      for value in ("", "max-age=", "max-age=60,", "Max-Age=0", "max-age=0 no-store", "no-store;", '"a', "&", "max-age=1.2345",
                    "max-age=0, , a", "max-age=1000000000000000", "(a b", "a=?2", "a=:x", "a=@1.5", "a=%x")),
    not_stored("9213 2.1", "empty or broken: no-store of Cache-Control counts", f"{CDN} max-age=", "cache-control: no-store"),
    *(case("9213 2.1", f"a value of another type gives no lifetime: {value}", turn(origin=ok(f"{CDN} {value}", FRESH, A)),
           turn(use=0, origin=ok(A, status=304)))
      for value in ("max-age=60.0", 'max-age="60"', "max-age", "max-age=-60", "max-age=x", "max-age=(60)", "max-age=:AAA=:",
                    "max-age=@60", 'max-age=%"60"', "max-age=60, max-age=0")),
    reused("9213 2.1", "the last of two members counts, as in every dictionary", f"{CDN} max-age=0, max-age=60"),
    reused("9213 2.1", "all types are read", f'{CDN} a=(1 "b" c);d, e=:AAA=:, f=@1, g=%"%c3%a4", h=1.5, i=?0, *j=k/l:m, max-age=60'),
    case("9213 2.1", "no-cache with names", turn(origin=ok(f'{CDN} max-age=60, no-cache="x-a"', "x-a: 1")),
         turn(hit=0, lacks=("x-a",))),
    reused("9213 2.2", "no-store that is false is not there", f"{CDN} max-age=60, no-store=?0"),
    case("9213 2.2", "it is passed on", turn(origin=ok(f"{CDN} max-age=60", FRESH), has=[f"{CDN} max-age=60", FRESH]),
         turn(hit=0, has=[f"{CDN} max-age=60", FRESH])),
    reused("9213 2.2", "fields that are not on our list change nothing", FRESH, "other-cdn-cache-control: no-store",
           "surrogate-control: no-store"),
    not_stored("9213 2.2", "nor do they give a lifetime", "surrogate-control: max-age=60", "other-cache-control: max-age=60"),
    case("9213 2.2", "must-revalidate in it", turn(origin=ok(f"{CDN} max-age=60, must-revalidate, stale-if-error=999", A, "age: 70")),
         turn(origin=ok(status=503))),
    case("9213 2.2", "stale-if-error in it", turn(origin=ok(f"{CDN} max-age=60, stale-if-error=999", A, "age: 70")),
         turn(use=0, origin=ok(status=503), status=200)),
]
