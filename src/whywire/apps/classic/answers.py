"""The classic answers, as the recordings show them: no Date, no Content-Type, nothing that can be left away."""

from __future__ import annotations

from whywire.protocols.http1.events import Request, Response

CLOSE, KEEP = b"close", b"keep-alive"
REDIRECTED, RESULT = "/redirect", b"/result.html"
REASONS = {400: "Bad Request", 405: "Method Not Allowed", 404: "Not Found", 414: "URI Too Long",
           431: "Request Header Fields Too Large", 501: "Not Implemented", 505: "HTTP Version Not Supported"}


def found(request: Request, size: int) -> Response:
    """Return the head of a 200: 61 bytes and the digits of ``size`` with keep-alive, 56 and them with close."""
    asked = KEEP if request.keeps_alive else CLOSE
    return Response(status=200, reason="OK", headers=((b"Connection", asked), (b"Content-Length", b"%d" % size)))


def redirect() -> Response:
    """Return the 301, 77 bytes. Without a Content-Length its body, which is empty, ends with the connection."""
    return Response(status=301, reason="Moved Permanently", headers=((b"Connection", CLOSE), (b"Location", RESULT)))


def refusal(status: int) -> Response:
    """Return a head that refuses; of a 404, 45 bytes."""
    allow = ((b"Allow", b"GET"),) if status == 405 else ()
    return Response(status=status, reason=REASONS.get(status, "Bad Request"), headers=((b"Connection", CLOSE), *allow))
