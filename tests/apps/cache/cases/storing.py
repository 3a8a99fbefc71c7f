"""What may be stored, and with which fields: RFC 9111 sections 3 to 3.5, 5.2.2, 7."""

from __future__ import annotations

from tests.apps.cache.conversations import Case, Turn, case, ok, turn


def not_stored(section: str, claim: str, *lines: str, status: int = 200, asked: tuple[str, ...] = ()) -> Case:
    """The same request twice: the origin is asked twice."""
    return case(section, claim, turn(*asked, origin=ok(*lines, status=status)),
                turn(*asked, origin=ok(*lines, status=status)))


def reused(section: str, claim: str, *lines: str, status: int = 200, asked: tuple[str, ...] = ()) -> Case:
    """The same request twice: the second is answered from the store."""
    return case(section, claim, turn(*asked, origin=ok(*lines, status=status)), turn(*asked, hit=0, status=status))


FRESH = "cache-control: max-age=3600"
_POST: Turn = turn(method="POST", content=True, origin=ok(FRESH, "content-location: /a"))

CASES = [
    # 3: a cache MUST NOT store a response unless ...
    case("3", "the method is understood: a response to POST is not stored", _POST, turn(origin=ok())),
    case("3", "the method is understood: one to an unknown method is not stored",
         turn(method="BREW", origin=ok(FRESH)), turn(origin=ok())),
    case("3", "the method is understood: one to OPTIONS is not stored",
         turn(method="OPTIONS", origin=ok(FRESH)), turn(origin=ok())),
    *(reused("3", f"a final status with an explicit lifetime is stored: {status}", FRESH, status=status)
      for status in (200, 201, 202, 203, 300, 301, 302, 303, 307, 308, 400, 401, 403, 404, 405, 410, 414, 416, 418, 429, 451,
                     499, 500, 501, 502, 503, 504, 599)),
    reused("3", "a status that nobody knows, with an explicit lifetime, is stored and passed on as it is", FRESH, status=999),
    not_stored("3", "must-understand: a status that is not understood is not stored",
               "cache-control: max-age=3600, must-understand", status=499),
    reused("5.2.2.3", "must-understand with an understood status: no-store is ignored",
           "cache-control: max-age=3600, must-understand, no-store"),
    not_stored("5.2.2.3", "must-understand with a status not understood: no-store holds",
               "cache-control: max-age=3600, must-understand, no-store", status=599),
    not_stored("3", "no-store in the response", "cache-control: max-age=3600, no-store", 'etag: "a"'),
    not_stored("5.2.2.5", "no-store in capitals", "cache-control: max-age=3600, No-StOrE"),
    not_stored("5.2.2.5", "no-store on a line of its own", FRESH, "cache-control: no-store"),
    not_stored("5.2.2.5", "no-store with an argument still counts", "cache-control: max-age=3600, no-store=1"),
    not_stored("5.2.2.5", "no-store in front of a semicolon", "cache-control: no-store; max-age=3600"),
    not_stored("5.2.2.5", "no-store behind a semicolon", "cache-control: max-age=3600; no-store"),
    not_stored("5.2.2.5", "no-store behind a quotation mark that nothing closes", 'cache-control: a="b, max-age=3600, no-store'),
    reused("5.2", "a quoted string is an argument, whatever it says", 'cache-control: a="no-store, private", max-age=3600'),
    not_stored("3", "private: a shared cache does not store", "cache-control: private, max-age=3600"),
    not_stored("5.2.2.7", "private beats public", "cache-control: public, private, max-age=3600"),
    not_stored("5.2.2.7", "private with an argument that is no list of names", 'cache-control: private="", max-age=3600'),
    not_stored("3", "private with s-maxage", "cache-control: private, s-maxage=3600"),
    case("5.2.2.7", "private with names: stored without these fields",
         turn(origin=ok('cache-control: max-age=3600, private="x-user, X-Other"', "x-user: u", "x-other: o", "x-all: a"),
              has=["x-user: u"]),
         turn(hit=0, lacks=("x-user", "x-other"), has=["x-all: a"])),
    case("5.2.2.7", "private with one name as a token",
         turn(origin=ok("cache-control: max-age=3600, private=x-user", "x-user: u")), turn(hit=0, lacks=("x-user",))),
    not_stored("5.2.2.7", "private with the name of a field that the cache lives by", 'cache-control: max-age=60, private="vary"'),
    case("5.2.2.4", "no-cache with names: these fields are not reused without validation",
         turn(origin=ok('cache-control: max-age=3600, no-cache="set-cookie"', "set-cookie: a=b"), has=["set-cookie: a=b"]),
         turn(hit=0, lacks=("set-cookie",))),
    case("5.2.2.4", "after validation the client gets what the 304 says of them, and others do not",
         turn(origin=ok('cache-control: max-age=60, no-cache="x-a", private="x-b"', 'etag: "a"', "age: 60", "x-a: 1", "x-b: 1")),
         turn(use=0, origin=ok('etag: "a"', "x-a: 2", "x-b: 2", status=304), has=["x-a: 2", "x-b: 2"]),
         turn(hit=0, lacks=("x-a", "x-b"))),
    # 3.5: Authorization
    not_stored("3.5", "a response to a request with Authorization is not reused", FRESH, 'etag: "a"',
               asked=("authorization: Basic eDp5",)),
    case("3.5", "nor for a request without Authorization", turn("authorization: Basic eDp5", origin=ok(FRESH)),
         turn(origin=ok())),
    *(reused("3.5", f"unless {directive} allows it", f"cache-control: max-age=3600, {directive}",
             asked=("authorization: Basic eDp5",)) for directive in ("public", "must-revalidate", "s-maxage=3600")),
    not_stored("3.5", "proxy-revalidate does not allow it", "cache-control: max-age=3600, proxy-revalidate",
               asked=("authorization: Basic eDp5",)),
    not_stored("3.5", "public with an argument does not allow it", "cache-control: max-age=3600, public=1",
               asked=("authorization: Basic eDp5",)),
    # 3: at least one of public, Expires, max-age, s-maxage, a heuristically cacheable status
    reused("3", "Expires suffices", "expires: @+3600", "date: @+0", status=418),
    reused("3", "s-maxage suffices", "cache-control: s-maxage=3600", status=418),
    *(reused("4.2.2", f"a heuristically cacheable status with Last-Modified: {status}", "last-modified: @-100000", status=status)
      for status in (200, 203, 300, 301, 308, 404, 405, 410, 414, 501)),
    *(not_stored("4.2.2", f"no estimate for another status: {status}", "last-modified: @-100000", status=status)
      for status in (201, 202, 302, 307, 400, 403, 418, 500, 502, 503, 504, 599, 999)),
    reused("4.2.2", "public allows an estimate for another status", "last-modified: @-100000", "cache-control: public",
           status=418),
    not_stored("4.2.2", "no lifetime and no Last-Modified: nothing is assumed"),
    not_stored("4.2.2", "public alone gives no lifetime", "cache-control: public"),
    not_stored("5.2.1.5", "no-store in the request", FRESH, asked=("cache-control: no-store",)),
    case("5.2.1.5", "no-store in a request does not forbid to answer from the store", turn(origin=ok(FRESH)),
         turn("cache-control: no-store", hit=0)),
    # 3.1: fields
    case("3.1", "unknown fields are stored, as often as they came",
         turn(origin=ok(FRESH, "x-unknown: 1", "x-unknown: 2", "content-foo: f")),
         turn(hit=0, has=["x-unknown: 1, 2", "content-foo: f"])),
    case("3.1", "Connection and what it names is not stored, nor passed on",
         turn(origin=ok(FRESH, "connection: x-hop, X-Other", "x-hop: 1", "x-other: 2", "x-end: 3"),
              lacks=("connection", "x-hop", "x-other")),
         turn(hit=0, lacks=("connection", "x-hop", "x-other"), has=["x-end: 3"])),
    case("3.1", "hop-by-hop fields are not stored", turn(origin=ok(
        FRESH, "keep-alive: timeout=5", "proxy-connection: x", "upgrade: h2c", "te: x")),
         turn(hit=0, lacks=("keep-alive", "proxy-connection", "upgrade", "te"))),
    case("3.1", "Connection can't take Cache-Control away",
         turn(origin=ok("connection: cache-control, vary", "cache-control: max-age=3600, no-store", "vary: x")),
         turn(origin=ok())),
    case("3.1", "fields of proxy authentication are not stored", turn(origin=ok(
        FRESH, "proxy-authenticate: Basic realm=x", "proxy-authentication-info: y", "proxy-authorization: z")),
         turn(hit=0, lacks=("proxy-authenticate", "proxy-authentication-info", "proxy-authorization"))),
    case("7.3", "Set-Cookie does not forbid caching", turn(origin=ok(FRESH, "set-cookie: a=b")),
         turn(hit=0, has=["set-cookie: a=b"])),
    not_stored("7.3", "but nothing is estimated for a response that sets one", "set-cookie: a=b", "last-modified: @-100000"),
    not_stored("7.3", "nor for one that a cookie was sent for", "last-modified: @-100000", asked=("cookie: a=b",)),
    case("7.3", "nor is it stored to be validated by another user's date",
         turn("cookie: a=b", origin=ok("last-modified: @-100000", 'etag: "a"')),
         turn("cookie: c=d", origin=ok(), unsent=("if-modified-since", "if-none-match"))),
    reused("7.3", "a lifetime that is said holds for a request with a cookie", FRESH, asked=("cookie: a=b",)),
    # 7.1: poisoning
    case("7.1", "an error that answers a Range is for nobody else", turn("range: bytes=99-", origin=ok(FRESH, status=416)),
         turn(origin=ok())),
    case("7.1", "nor is one that answers a condition", turn('if-match: "x"', origin=ok(FRESH, status=412)), turn(origin=ok())),
    case("7.1", "nor one that answers Expect", turn("expect: x", origin=ok(FRESH, status=417)), turn(origin=ok())),
    *(not_stored("7.1", f"a request with {name} is answered by the origin each time", FRESH, asked=(f"{name}: evil",))
      for name in ("x-forwarded-host", "x-original-url", "x-rewrite-url", "x-http-method-override", "x-host",
                   "x-forwarded-scheme")),
    case("7.1", "such a response does not reach others", turn("x-forwarded-host: evil", origin=ok(FRESH)),
         turn(origin=ok(FRESH)), turn(hit=1)),
    reused("7.1", "unless Vary names the field", FRESH, "vary: x-forwarded-host", asked=("x-forwarded-host: one",)),
    case("7.1", "a GET with content is in no key", turn(content=True, origin=ok(FRESH)), turn(origin=ok(FRESH)),
         turn(content=True, origin=ok(FRESH)), turn(hit=1)),
    # 7: deception
    *(case("7", f"what looks like a file is not stored for its name: {path}",
           turn(path=path, origin=ok("cache-control: private", "content-type: text/html")),
           turn(path=path, origin=ok("cache-control: private")))
      for path in ("/account/x.css", "/account%2fx.js", "/account;x.png", "/account%00.jpg", "/account%3fx.ico",
                   "/static/..%2faccount", "/account/%2e%2e/x.css")),
    *(case("7", f"two targets that an origin can tell apart have two keys: {one} {other}",
           turn(path=one, origin=ok(FRESH)), turn(path=other, origin=ok(FRESH)), turn(path=one, hit=0),
           turn(path=other, hit=1))
      for one, other in (("/a", "/a?"), ("/a", "/a/"), ("/a/../b", "/b"), ("/a%2fb", "/a/b"), ("/%61", "/a"), ("/A", "/a"),
                         ("/a?x=1&y=2", "/a?y=2&x=1"), ("/a;b", "/a"), ("//a", "/a"), ("/a%2F", "/a%2f"))),
    # 5.3
    case("9110 6.6.1", "a response without Date gets one", turn(origin=ok(FRESH), has=["date: @+0"]),
         turn(hit=0, has=["date: @+0"])),
]
