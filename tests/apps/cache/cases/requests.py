"""Directives and methods of requests, invalidation: RFC 9111 sections 4, 4.4, 5.2.1, 5.4."""

from __future__ import annotations

from tests.apps.cache.conversations import Case, Turn, case, ok, turn

FRESH = "cache-control: max-age=3600"
A = 'etag: "a"'


def fresh(section: str, claim: str, *rest: Turn, lines: tuple[str, ...] = (FRESH, A)) -> Case:
    """A fresh response, then the turns."""
    return case(section, claim, turn(origin=ok(*lines)), *rest)


def validated(section: str, claim: str, *request: str, lines: tuple[str, ...] = (FRESH, A)) -> Case:
    """A fresh response that a request does not accept without validation."""
    return fresh(section, claim, turn(*request, use=0, origin=ok(A, status=304), sent=['if-none-match: "a"']), lines=lines)


def invalidates(method: str, status: int = 200, *lines: str, of: str = "/a") -> Case:
    """An unsafe request after which the origin is asked again."""
    return case("4.4", f"{method} with {status} invalidates {of} {lines}", turn(path=of, origin=ok(FRESH, A)),
                turn(method=method, content=True, origin=ok(*lines, status=status)),
                turn(path=of, origin=ok(), unsent=("if-none-match",)))


def leaves(claim: str, method: str, status: int, *lines: str, of: str = "/a") -> Case:
    """A request after which the stored response is still used."""
    return case("4.4", claim, turn(path=of, origin=ok(FRESH)),
                turn(method=method, content=method not in ("OPTIONS", "TRACE"), origin=ok(*lines, status=status)),
                turn(path=of, hit=0))


CASES = [
    validated("5.2.1.4", "no-cache", "cache-control: no-cache"),
    validated("5.2.1.4", "no-cache in capitals", "cache-control: No-Cache"),
    validated("5.2.1.4", "no-cache with an argument", "cache-control: no-cache=x"),
    validated("5.4", "Pragma: no-cache without Cache-Control", "pragma: no-cache"),
    fresh("5.4", "Pragma does not count beside Cache-Control", turn("pragma: no-cache", "cache-control: max-age=1000", hit=0)),
    fresh("5.4", "another Pragma says nothing", turn("pragma: x", hit=0)),
    fresh("5.4", "Pragma in a response says nothing", turn(hit=0), lines=(FRESH, "pragma: no-cache")),
    validated("5.2.1.1", "max-age=0", "cache-control: max-age=0"),
    validated("5.2.1.1", "max-age less than the age", "cache-control: max-age=99", lines=(FRESH, A, "age: 100")),
    fresh("5.2.1.1", "max-age not less than the age", turn("cache-control: max-age=110", hit=0), lines=(FRESH, A, "age: 100")),
    validated("5.2.1.1", "a broken max-age", "cache-control: max-age=x"),
    validated("5.2.1.1", "max-age with max-stale bounds the age all the same", "cache-control: max-age=99, max-stale=9999",
              lines=(FRESH, A, "age: 100")),
    validated("5.2.1.3", "min-fresh that is not left", "cache-control: min-fresh=3550", lines=(FRESH, A, "age: 100")),
    fresh("5.2.1.3", "min-fresh that is left", turn("cache-control: min-fresh=3400", hit=0), lines=(FRESH, A, "age: 100")),
    validated("5.2.1.3", "a broken min-fresh", "cache-control: min-fresh=x"),
    fresh("5.2.1.7", "only-if-cached: what is fresh", turn("cache-control: only-if-cached", hit=0)),
    case("5.2.1.7", "only-if-cached: 504 for what is not there", turn("cache-control: only-if-cached", status=504)),
    fresh("5.2.1.7", "only-if-cached: 504 for what is stale", turn("cache-control: only-if-cached", status=504), lines=(A,)),
    fresh("5.2.1.7", "only-if-cached with max-stale", turn("cache-control: only-if-cached, max-stale", hit=0),
          lines=(A, "cache-control: max-age=60", "age: 100")),
    fresh("5.2.1.7", "only-if-cached with no-cache", turn("cache-control: only-if-cached, no-cache", status=504)),
    fresh("5.2.1.6", "no-transform", turn("cache-control: no-transform", hit=0)),
    fresh("5.2.3", "a directive that nobody knows", turn("cache-control: x-unknown=1", hit=0)),
    fresh("5.2.3", "stale-while-revalidate and immutable of a request say nothing",
          turn("cache-control: immutable, stale-while-revalidate=99", hit=0)),
    validated("5.2.2.4", "no-cache in the response", lines=(A, "cache-control: max-age=3600, no-cache")),
    validated("5.2.2.4", "no-cache whose argument can't be read", lines=(A, 'cache-control: max-age=3600, no-cache="a b"')),
    case("5.2.2.4", "no-cache without a validator: asked for each time", turn(origin=ok("cache-control: max-age=3600, no-cache")),
         turn(origin=ok())),
    fresh("5.2.2.9", "public changes nothing about what is fresh", turn(hit=0), lines=("cache-control: public, max-age=60",)),
    fresh("8246 2", "immutable: fresh is served", turn(hit=0), lines=("cache-control: max-age=60, immutable",)),
    validated("8246 2", "immutable: no-cache of the client still validates", "cache-control: no-cache",
              lines=("cache-control: max-age=60, immutable", A)),
    case("8246 2", "immutable: stale is validated", turn(origin=ok("cache-control: max-age=60, immutable", "age: 60", A)),
         turn(use=0, origin=ok(A, status=304))),
    # 4: write through
    *(fresh("4", f"{method} is written through", turn(method=method, content=method != "OPTIONS", origin=ok(status=403)),
            turn(hit=0)) for method in ("POST", "PUT", "DELETE", "PATCH", "OPTIONS", "BREW")),
    *(fresh("4", f"{method} with only-if-cached is written through",
            turn("cache-control: only-if-cached", method=method, content=True, origin=ok(status=403)))
      for method in ("POST", "PUT")),
    # 4.4
    *(invalidates(method) for method in ("POST", "PUT", "DELETE", "PATCH", "BREW", "get")),
    *(invalidates("POST", status) for status in (200, 201, 202, 204, 299, 301, 302, 303, 307, 399)),
    *(leaves(f"an error invalidates nothing: {status}", "POST", status) for status in (400, 404, 409, 500, 503, 599, 999)),
    *(leaves(f"a safe method invalidates nothing: {method}", method, 200) for method in ("OPTIONS", "TRACE")),
    invalidates("POST", 201, "location: /b", of="/b"),
    invalidates("POST", 200, "content-location: /b", of="/b"),
    invalidates("PUT", 200, "location: http://origin.example/b", of="/b"),
    invalidates("PUT", 200, "location: http://ORIGIN.example:80/b#x", of="/b"),
    invalidates("PUT", 200, "location: b?c", of="/b?c"),
    invalidates("DELETE", 204, "content-location: b", of="/b"),
    leaves("Location of another host", "POST", 201, "location: http://other.example/b", of="/b"),
    leaves("Location of another port", "POST", 201, "location: http://origin.example:81/b", of="/b"),
    leaves("Location of another scheme", "POST", 201, "location: https://origin.example/b", of="/b"),
    leaves("Location in an error", "POST", 404, "location: /b", of="/b"),
    leaves("Location that is no URI", "POST", 200, "location: http://[/b", of="/b"),
    case("4.4", "all variants go", turn("foo: 1", origin=ok(FRESH, "vary: foo")), turn("foo: 2", origin=ok(FRESH, "vary: foo")),
         turn(method="POST", content=True, origin=ok()), turn("foo: 1", origin=ok()), turn("foo: 2", origin=ok())),
]
