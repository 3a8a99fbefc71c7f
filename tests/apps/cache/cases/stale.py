"""When a stored response is stale: RFC 9111 sections 4.2.4, 5.2.2.2, 5.2.2.8, 5.2.2.10; RFC 5861."""

from __future__ import annotations

from tests.apps.cache.conversations import DOWN, Case, case, ok, turn

TAG = 'etag: "a"'


def old(*directives: str) -> str:
    """Return a Cache-Control that a response with Age 100 exceeds by 40 seconds."""
    return "cache-control: " + ", ".join(("max-age=60", *directives))


def aged(section: str, claim: str, directives: tuple[str, ...], *then: object) -> Case:
    """A response that is 40 seconds stale when it comes, then what the turns show."""
    return case(section, claim, turn(origin=ok(old(*directives), "age: 100", TAG)), *then)  # type: ignore[arg-type]


FORBIDS = ("must-revalidate", "proxy-revalidate", "no-cache", "s-maxage=50")

CASES = [
    aged("4.2.4", "a stale response is validated", (), turn(use=0, origin=ok(TAG, status=304))),
    aged("4.2.4", "disconnected, it may be served", (), turn(origin=DOWN, use=0, has=["age: 10*"])),
    *(aged("4.2.4", f"but not with {directive}", (directive,), turn(origin=DOWN, status=504)) for directive in FORBIDS),
    *(aged("4.2.4", f"nor to max-stale, with {directive}", (directive,),
           turn("cache-control: max-stale", use=0, origin=ok(TAG, status=304))) for directive in FORBIDS),
    *(aged("5861 3", f"nor while it is validated, with {directive}", (directive, "stale-while-revalidate=3600"),
           turn(use=0, origin=ok(TAG, status=304))) for directive in FORBIDS),
    *(aged("5861 4", f"nor instead of an error, with {directive}", (directive, "stale-if-error=3600"),
           turn(origin=ok(status=503))) for directive in FORBIDS),
    aged("5.2.2.2", "must-revalidate twice and with an argument", ("must-revalidate=1",), turn(origin=DOWN, status=504)),
    case("5.2.2.2", "must-revalidate does not touch what is fresh", turn(origin=ok("cache-control: max-age=60, must-revalidate")),
         turn(hit=0)),
    case("5.2.2.8", "nor does proxy-revalidate", turn(origin=ok("cache-control: max-age=60, proxy-revalidate")), turn(hit=0)),
    aged("5.2.1.4", "nor to a client that says no-cache", (), turn("cache-control: no-cache", origin=DOWN, status=502)),
    aged("5.2.1.2", "max-stale: any staleness", (), turn("cache-control: max-stale", hit=0)),
    aged("5.2.1.2", "max-stale=100: 40 seconds", (), turn("cache-control: max-stale=100", hit=0)),
    aged("5.2.1.2", "max-stale=10: not 40 seconds", (), turn("cache-control: max-stale=10", use=0, origin=ok(TAG, status=304))),
    aged("5.2.1.2", "max-stale=x: none", (), turn("cache-control: max-stale=x", use=0, origin=ok(TAG, status=304))),
    aged("5.2.1.2", "max-stale=0: none", (), turn("cache-control: max-stale=0", use=0, origin=ok(TAG, status=304))),
    # RFC 5861 3
    aged("5861 3", "stale-while-revalidate: served, and validated behind", ("stale-while-revalidate=3600",),
         turn(hit=0, later=ok(TAG, old(), status=304), sent=['if-none-match: "a"']), turn(hit=0)),
    aged("5861 3", "a new response behind is what comes next", ("stale-while-revalidate=3600",),
         turn(hit=0, later=ok("cache-control: max-age=60", body="new")), turn(hit=0, body="new")),
    aged("5861 3", "the client's own condition stays out of the validation behind", ("stale-while-revalidate=3600",),
         turn('if-none-match: "z"', hit=0, later=ok("cache-control: max-age=3600", status=304), sent=['if-none-match: "a"']),
         turn(hit=0, has=["age: <3"])),
    aged("5861 3", "so does its range", ("stale-while-revalidate=3600",),
         turn("range: bytes=0-1", "if-range: \"a\"", hit=0, body="bo", status=206, later=ok("cache-control: max-age=60", body="new one"),
              unsent=("range", "if-range")),
         turn(hit=0, body="new one")),
    aged("5861 3", "not beyond its seconds", ("stale-while-revalidate=30",), turn(use=0, origin=ok(TAG, status=304))),
    aged("5861 3", "not with broken seconds", ("stale-while-revalidate=x",), turn(use=0, origin=ok(TAG, status=304))),
    aged("5861 3", "not without seconds", ("stale-while-revalidate",), turn(use=0, origin=ok(TAG, status=304))),
    aged("5861 3", "not to a client that wants max-age", ("stale-while-revalidate=3600",),
         turn("cache-control: max-age=3000", use=0, origin=ok(TAG, status=304))),
    aged("5861 3", "not to a client that says no-cache", ("stale-while-revalidate=3600",),
         turn("cache-control: no-cache", use=0, origin=ok(TAG, status=304))),
    aged("5861 3", "a failure behind is nobody's", ("stale-while-revalidate=3600",), turn(hit=0, later=ok(status=503)),
         turn(hit=0, later=ok(TAG, status=304))),
    # RFC 5861 4
    *(aged("5861 4", f"stale-if-error: {status}", ("stale-if-error=3600",),
           turn(use=0, origin=ok(status=status), status=200)) for status in (500, 502, 503, 504)),
    *(aged("5861 4", f"stale-if-error is not for {status}", ("stale-if-error=3600",), turn(origin=ok(status=status)))
      for status in (404, 403, 501, 505, 599)),
    aged("5861 4", "stale-if-error: no answer", ("stale-if-error=3600",), turn(use=0, origin=DOWN)),
    aged("5861 4", "not beyond its seconds", ("stale-if-error=30",), turn(origin=ok(status=503))),
    aged("5861 4", "not beyond its seconds: no answer", ("stale-if-error=30",), turn(origin=DOWN, status=502)),
    aged("5861 4", "not with broken seconds", ("stale-if-error=x",), turn(origin=ok(status=503))),
    aged("5861 4", "the client may ask for it", (), turn("cache-control: stale-if-error=3600", use=0, origin=ok(status=503),
                                                       status=200)),
    aged("4.3.3", "without it a 500 goes to the client", (), turn(origin=ok(status=500)), turn(use=0, origin=ok(TAG, status=304))),
    *(aged("4.3.3", f"without it a {status} counts as no answer", (), turn(use=0, origin=ok(status=status), status=200, has=["age: 10*"]))
      for status in (502, 503, 504)),
    *(aged("4.3.3", f"but not with {directive}", (directive,), turn(origin=ok(status=503))) for directive in FORBIDS),
    aged("4.3.3", "nor to a client that says no-cache", (), turn("cache-control: no-cache", origin=ok(status=503))),
    case("5861 3", "stale-while-revalidate without a validator", turn(origin=ok("cache-control: max-age=0, stale-while-revalidate=60")),
         turn(hit=0, later=ok("cache-control: max-age=60", body="new"), unsent=("if-none-match",)), turn(hit=0, body="new")),
    case("5861 4", "stale-if-error without a validator", turn(origin=ok("cache-control: max-age=0, stale-if-error=60")),
         turn(use=0, origin=ok(status=503), status=200)),
    case("5.2.1.2", "max-stale for what was stale when it came", turn(origin=ok("cache-control: max-age=60", "age: 100")),
         turn("cache-control: max-stale", hit=0)),
    aged("4.3.3", "and is not stored for others", (), turn(origin=ok(status=500)), turn(origin=ok())),
    case("4.2.4", "nothing stored, no answer: an error", turn(origin=DOWN, status=502)),
    case("4", "stored without a validator, stale: asked for anew, unconditionally",
         turn(origin=ok("cache-control: max-age=60")), turn(wait=100, origin=ok(), unsent=("if-none-match", "if-modified-since"))),
]
