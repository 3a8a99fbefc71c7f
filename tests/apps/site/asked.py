"""Requests to put to two servers over one folder: normal ones, and those that a server meets once it is public.

Each is sent raw on a connection of its own. `REQUESTS` has them by name; `build` makes the folder.
"""

from __future__ import annotations

import gzip
import os
from collections.abc import Iterator
from pathlib import Path

CHANGED = 784_111_777  # Sun, 06 Nov 1994 08:49:37 GMT, the example of RFC 9110
SAME, BEFORE, AFTER = (f"Sun, 06 Nov 1994 08:49:{second} GMT" for second in (37, 36, 38))
CANARY = b"canary: this file lies outside"

TEXT = b"The quick brown fox jumps over the lazy dog. " * 20
FILES = {
    "index.html": b"<!DOCTYPE html><title>home</title>", "a.txt": TEXT, "b.css": b"body{color:#222}" * 10,
    "stale.js": b"let a = 1;" * 10, "data.json": b'{"a": 1}', "empty.txt": b"", "sp ace.txt": b"space",
    "ü.txt": b"umlaut",
    "noext": b"no extension", "image.png": b"\x89PNG\r\n\x1a\n", "100%.txt": b"percent", "plus+.txt": b"plus",
    "q?m.txt": b"question", "semi;colon.txt": b"semicolon", "UPPER.TXT": b"upper", "archive.tar.gz": b"not really",
    "dir/index.html": b"in dir", "noindex/file.txt": b"in noindex", "sub/deep/file.txt": b"deep", "a&b=c.txt": b"signs",
    ".env": b"secret=1", ".git/config": b"secret=2", ".well-known/security.txt": b"contact", "~tilde.txt": b"tilde",
    "evil.example/index.html": b"a folder named like a host", "two..dots.txt": b"dots", "colon:name.txt": b"colon",
    "big.bin": bytes(range(256)) * 4096, "icon.svg": b"<svg/>", "page.xml": b"<a/>", "x.mp4": b"film",
    "hash#.txt": b"hash",
}


def build(top: Path) -> Path:
    """Make the folder below ``top``, with a canary beside it, and return it."""
    root = top / "root"
    (top / "outside").mkdir()
    (top / "canary.txt").write_bytes(CANARY)
    (top / "outside" / "canary.txt").write_bytes(CANARY)
    files = FILES | {"b.css.gz": gzip.compress(FILES["b.css"], mtime=0), "stale.js.gz": gzip.compress(b"old", mtime=0)}
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        os.utime(path, (CHANGED, CHANGED))
    os.utime(root / "stale.js.gz", (CHANGED - 1000, CHANGED - 1000))
    for name, goal in {"link-in": "a.txt", "link-out.txt": "../canary.txt", "dir-out": "../outside", "dir-in": "sub",
                       "abs-out.txt": str(top / "canary.txt"), "dangling.txt": "none", "loop.txt": "loop.txt"}.items():
        (root / name).symlink_to(goal)
    os.mkfifo(root / "pipe")
    return root


def one(target: str, *fields: str, method: str = "GET", version: str = "1.1", body: str = "",
        host: bool = True) -> bytes:
    """Return a request that asks to close."""
    lines = [f"{method} {target} HTTP/{version}", *(["Host: a.example"] if host else []), *fields]
    if not any(field.lower().startswith("connection") for field in fields):
        lines.append("Connection: close")
    return ("\r\n".join([*lines, "", ""]) + body).encode("latin-1")


TARGETS = {
    "root": "/", "file": "/a.txt", "query": "/a.txt?x=1&y=/../..", "empty-query": "/a.txt?",
    "two-questions": "/a.txt?a?b",
    "missing": "/nothing.txt", "missing-dir": "/nothing/", "empty-file": "/empty.txt", "json": "/data.json",
    "png": "/image.png", "no-extension": "/noext", "upper": "/UPPER.TXT", "wrong-case": "/A.TXT",
    "gz-itself": "/b.css.gz",
    "archive": "/archive.tar.gz", "space": "/sp%20ace.txt", "plus-is-no-space": "/sp+ace.txt", "plus": "/plus+.txt",
    "plus-encoded": "/plus%2b.txt", "umlaut": "/%C3%BC.txt", "umlaut-lower": "/%c3%bc.txt",
    "umlaut-raw": "/\xc3\xbc.txt",
    "umlaut-latin-1": "/%FC.txt", "percent": "/100%25.txt", "question-encoded": "/q%3Fm.txt",
    "semicolon": "/semi;colon.txt",
    "signs": "/a&b=c.txt", "tilde": "/~tilde.txt", "tilde-encoded": "/%7Etilde.txt", "letter-encoded": "/%61.txt",
    "all-encoded": "/%61%2E%74%78%74", "hash-encoded": "/hash%23.txt", "colon": "/colon:name.txt",
    "two-dots-in-name": "/two..dots.txt", "svg": "/icon.svg", "xml": "/page.xml", "mp4": "/x.mp4", "big": "/big.bin",
    "dir": "/dir", "dir-slash": "/dir/", "dir-index": "/dir/index.html", "dir-query": "/dir?x=1",
    "dir-no-index": "/noindex",
    "dir-no-index-slash": "/noindex/", "file-slash": "/a.txt/", "file-below-file": "/a.txt/b",
    "deep": "/sub/deep/file.txt",
    "sub-dir": "/sub/deep", "two-slashes": "//a.txt", "two-slashes-inside": "/sub//deep///file.txt",
    "host-like": "//evil.example", "host-like-dots": "//evil.example/..", "host-like-encoded": "/%2Fevil.example",
    "host-like-up": "//evil.example/%2e%2e", "backslash-host": "/\\evil.example", "dot": "/./a.txt",
    "dot-end": "/sub/.",
    "dot-dot-inside": "/sub/../a.txt", "dot-dot-end": "/sub/deep/..", "dot-dot-above": "/../a.txt",
    "dot-dot-above-end": "/..", "dot-dot-far": "/../../../../../../../../etc/passwd",
    "dot-dot-after-sub": "/sub/../../canary.txt",
    "dot-dot-encoded": "/%2e%2e/canary.txt", "dot-dot-half": "/.%2e/canary.txt",
    "dot-dot-slash-encoded": "/..%2fcanary.txt",
    "dot-dot-all-encoded": "/%2e%2e%2fcanary.txt", "dot-dot-twice-encoded": "/%252e%252e%252fcanary.txt",
    "dot-dot-in-sub-encoded": "/sub/%2e%2e/%2e%2e/canary.txt", "dot-dot-backslash": "/..\\canary.txt",
    "dot-dot-backslash-encoded": "/..%5ccanary.txt", "slash-encoded": "/sub%2fdeep%2ffile.txt",
    "dot-dot-dot": "/.../a.txt",
    "dot-dot-semicolon": "/..;/canary.txt", "dot-dot-null": "/..%00/canary.txt", "null": "/a.txt%00",
    "null-ext": "/a.txt%00.png",
    "null-only": "/%00", "overlong-slash": "/..%c0%afcanary.txt", "overlong-dot": "/%c0%ae%c0%ae/canary.txt",
    "overlong-3": "/..%e0%80%afcanary.txt", "overlong-backslash": "/..%c1%9ccanary.txt",
    "utf-16": "/..%u2215canary.txt",
    "bad-escape": "/%zz", "bad-escape-end": "/a.txt%", "bad-escape-half": "/a.txt%2", "lf-encoded": "/a%0a.txt",
    "crlf-encoded": "/dir%0d%0aX-Evil:%20yes", "crlf-in-dir": "/%0d%0aX-Evil:yes/..%2f..", "tab-encoded": "/a.txt%09",
    "space-end-encoded": "/a.txt%20", "del-encoded": "/a.txt%7f", "quote": "/\"><script>.txt", "angle": "/<script>",
    "dot-file": "/.env", "dot-file-encoded": "/%2eenv", "dot-dir": "/.git/config", "dot-dir-list": "/.git/",
    "dot-dir-up": "/sub/../.git/config", "well-known": "/.well-known/security.txt", "link-in": "/link-in",
    "link-out": "/link-out.txt", "link-absolute-out": "/abs-out.txt", "link-dir-out": "/dir-out/canary.txt",
    "link-dir-out-list": "/dir-out/", "link-dir-in": "/dir-in/deep/file.txt", "link-dangling": "/dangling.txt",
    "link-loop": "/loop.txt", "pipe": "/pipe", "etc": "/etc/passwd", "proc": "/proc/self/environ",
    "long-name": "/" + "a" * 300,
    "long-path": "/" + "a/" * 1000, "many-dots": "/" + "./" * 500 + "a.txt",
    "many-ups": "/" + "sub/../" * 300 + "a.txt",
    "absolute": "http://a.example/a.txt", "absolute-root": "http://a.example",
    "absolute-other": "http://b.example/a.txt",
    "absolute-upper": "HTTP://a.example/a.txt", "absolute-query": "http://a.example?x", "star": "*",
    "no-slash": "a.txt",
    "fragment": "/a.txt#top", "windows": "/C:/windows/win.ini", "file-url": "file:///etc/passwd",
    "stream": "/a.txt::$DATA",
}
METHODS = ("HEAD", "OPTIONS", "POST", "PUT", "DELETE", "PATCH", "TRACE", "PROPFIND", "MKCOL", "BREW", "get", "LOCK")
CONDITIONS = {
    "ims-same": (f"If-Modified-Since: {SAME}",), "ims-before": (f"If-Modified-Since: {BEFORE}",),
    "ims-after": (f"If-Modified-Since: {AFTER}",), "ims-rfc850": ("If-Modified-Since: Sunday, 06-Nov-94 08:49:37 GMT",),
    "ims-asctime": ("If-Modified-Since: Sun Nov  6 08:49:37 1994",), "ims-bad": ("If-Modified-Since: yesterday",),
    "ims-twice": (f"If-Modified-Since: {SAME}", f"If-Modified-Since: {SAME}"), "ims-empty": ("If-Modified-Since:",),
    "ius-same": (f"If-Unmodified-Since: {SAME}",), "ius-before": (f"If-Unmodified-Since: {BEFORE}",),
    "ius-bad": ("If-Unmodified-Since: never",), "inm-star": ("If-None-Match: *",), "inm-other": ('If-None-Match: "x"',),
    "inm-weak-other": ('If-None-Match: W/"x"',), "inm-unquoted": ("If-None-Match: x",),
    "inm-other-ims-same": ('If-None-Match: "x"', f"If-Modified-Since: {SAME}"), "im-star": ("If-Match: *",),
    "im-other": ('If-Match: "x"',), "im-unquoted": ("If-Match: x",), "im-empty": ("If-Match:",),
    "im-other-inm-star": ('If-Match: "x"', "If-None-Match: *"),
    "ius-before-ims-same": (f"If-Unmodified-Since: {BEFORE}", f"If-Modified-Since: {SAME}"),
    "if-range-alone": ('If-Range: "x"',), "if-range-other": ('If-Range: "x"', "Range: bytes=0-3"),
    "if-range-date": (f"If-Range: {SAME}", "Range: bytes=0-3"),
    "if-range-date-before": (f"If-Range: {BEFORE}", "Range: bytes=0-3"),
    "if-range-date-after": (f"If-Range: {AFTER}", "Range: bytes=0-3"),
    "if-range-bad": ("If-Range: x", "Range: bytes=0-3"),
    "ims-same-range": (f"If-Modified-Since: {SAME}", "Range: bytes=0-3"),
    "im-other-range": ('If-Match: "x"', "Range: bytes=0-3"),
}
RANGES = ("bytes=0-3", "bytes=0-0", "bytes=899-899", "bytes=899-", "bytes=900-", "bytes=0-899", "bytes=0-99999",
"bytes=-1",
          "bytes=-0", "bytes=-900", "bytes=-99999", "bytes=5-4", "bytes=0-3,6-9", "bytes=6-9,0-3", "bytes=0-3,2-9",
          "bytes=0-3,4-9", "bytes=0-3,2000-", "bytes=2000-,3000-", "bytes=0-,0-,0-", "bytes=-5,0-3", "bytes= 0-3",
          "bytes=0-3, 6-9", "bytes=0-3,", "bytes=,0-3", "bytes=", "bytes=-", "bytes", "Bytes=0-3", "lines=0-3",
          "bytes=a-b",
          "bytes=0-3;6-9", "bytes=0--1", "bytes=18446744073709551616-", "bytes=0-18446744073709551616",
          "bytes=" + ",".join(f"{at}-{at}" for at in range(0, 80, 2)), "bytes=0-3,5-4", "none")
ACCEPTS = ("gzip", "gzip;q=0", "gzip;q=0.001", "br", "br, gzip", "gzip, identity;q=0", "identity", "identity;q=0",
"*", "*;q=0",
           "deflate", "GZIP", "x-gzip", "gzip;q=2", "", "gzip;q=0.5, identity;q=1", "gzip ;q=1")


def _requests() -> Iterator[tuple[str, bytes]]:
    for name, target in TARGETS.items():
        yield f"target {name}", one(target)
    for method in METHODS:
        for name, target in (("file", "/a.txt"), ("dir", "/dir"), ("missing", "/nothing"), ("above", "/../x")):
            yield f"method {method} {name}", one(target, method=method)
    yield "method OPTIONS star", one("*", method="OPTIONS")
    yield "method POST body", one("/a.txt", "Content-Length: 3", method="POST", body="a=1")
    yield "method GET body", one("/a.txt", "Content-Length: 3", body="a=1")
    yield "method CONNECT", one("a.example:443", method="CONNECT")
    for name, fields in CONDITIONS.items():
        yield f"condition {name}", one("/a.txt", *fields)
    for field in RANGES:
        yield f"range {field[:40]}", one("/a.txt", f"Range: {field}")
    yield "range HEAD", one("/a.txt", "Range: bytes=0-3", method="HEAD")
    yield "range HEAD behind the end", one("/a.txt", "Range: bytes=9999-", method="HEAD")
    yield "range of nothing", one("/empty.txt", "Range: bytes=0-")
    yield "range of nothing from the end", one("/empty.txt", "Range: bytes=-1")
    yield "range of a missing file", one("/nothing", "Range: bytes=0-3")
    yield "range of a folder", one("/dir", "Range: bytes=0-3")
    yield "range of a variant", one("/b.css", "Range: bytes=0-9", "Accept-Encoding: gzip")
    yield "range twice", one("/a.txt", "Range: bytes=0-3", "Range: bytes=6-9")
    for field in ACCEPTS:
        yield f"accept {field}", one("/b.css", f"Accept-Encoding: {field}")
    yield "accept none", one("/b.css")
    yield "accept twice", one("/b.css", "Accept-Encoding: br", "Accept-Encoding: gzip")
    yield "accept gzip of a stale variant", one("/stale.js", "Accept-Encoding: gzip")
    yield "accept gzip of a file without one", one("/a.txt", "Accept-Encoding: gzip")
    yield "accept nothing of a file without one", one("/a.txt", "Accept-Encoding: identity;q=0")
    yield "accept HEAD gzip", one("/b.css", "Accept-Encoding: gzip", method="HEAD")
    for version in ("1.0", "1.1"):
        for field in ("Connection: close", "Connection: keep-alive", "Connection: Keep-Alive, x"):
            yield f"version {version} {field}", one("/a.txt", field, version=version)
    yield "version 1.0 without a host", one("/a.txt", version="1.0", host=False)
    yield "version 1.0 folder without a host", one("/dir", version="1.0", host=False)
    yield "version 1.0 range", one("/a.txt", "Range: bytes=0-3,6-9", version="1.0")


REQUESTS = dict(_requests())
