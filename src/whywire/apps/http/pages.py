"""Small pages for answers that have no content of their own: what happened, and what to try."""

from __future__ import annotations

from html import escape

REASONS = {
    100: "Continue", 101: "Switching Protocols", 102: "Processing", 103: "Early Hints",
    200: "OK", 201: "Created", 202: "Accepted", 203: "Non-Authoritative Information", 204: "No Content",
    205: "Reset Content", 206: "Partial Content", 207: "Multi-Status", 208: "Already Reported", 226: "IM Used",
    300: "Multiple Choices", 301: "Moved Permanently", 302: "Found", 303: "See Other", 304: "Not Modified",
    305: "Use Proxy", 307: "Temporary Redirect", 308: "Permanent Redirect",
    400: "Bad Request", 401: "Unauthorized", 402: "Payment Required", 403: "Forbidden", 404: "Not Found",
    405: "Method Not Allowed", 406: "Not Acceptable", 407: "Proxy Authentication Required", 408: "Request Timeout",
    409: "Conflict", 410: "Gone", 411: "Length Required", 412: "Precondition Failed", 413: "Content Too Large",
    414: "URI Too Long", 415: "Unsupported Media Type", 416: "Range Not Satisfiable", 417: "Expectation Failed",
    421: "Misdirected Request", 422: "Unprocessable Content", 423: "Locked", 424: "Failed Dependency",
    425: "Too Early", 426: "Upgrade Required", 428: "Precondition Required", 429: "Too Many Requests",
    431: "Request Header Fields Too Large", 451: "Unavailable For Legal Reasons",
    500: "Internal Server Error", 501: "Not Implemented", 502: "Bad Gateway", 503: "Service Unavailable",
    504: "Gateway Timeout", 505: "HTTP Version Not Supported", 507: "Insufficient Storage", 508: "Loop Detected",
    511: "Network Authentication Required",
}
"""Reason phrases of the registered status codes (RFC 9110 section 15 and the IANA registry)."""

HINTS = {
    400: "The request does not follow HTTP/1.1, so it was not acted upon.",
    408: "The request took too long to arrive; the connection is closed.",
    413: "The content is larger than this server takes.",
    414: "The first line of the request is longer than this server takes.",
    417: "Expect can only be 100-continue (RFC 9110 section 10.1.1).",
    431: "The header fields are larger, or more, than this server takes. A large cookie is the usual reason.",
    500: "That is a mistake of this server, not of the request; its log says more.",
    501: "The request needs something that this server does not know.",
    503: "The server has as many connections as it may have. Try again in a moment.",
    505: "This server speaks HTTP/1.1 and HTTP/1.0.",
}

_PAGE = """\
<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>{status} {title}</title></head>
<body>
<h1>{status} {title}</h1>
<p>{text}</p>
</body>
</html>
"""


def reason_of(status: int) -> str:
    """Return the registered reason phrase, empty for a status that has none."""
    return REASONS.get(status, "")


def error_page(status: int, title: str = "", text: str = "") -> bytes:
    """Return a small HTML page in UTF-8; title and text are escaped, and have defaults for the usual states."""
    title = title or reason_of(status) or "Status"
    return _PAGE.format(status=status, title=escape(title), text=escape(text or HINTS.get(status, ""))).encode()
