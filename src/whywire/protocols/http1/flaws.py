"""Everything that can be wrong with a message: one row each, with the place in the RFC, the grade and the status.

FATAL: no way to tell where the message goes on; the reader gives up this stream. REJECT: understood, but a server must
(or should) refuse it, because another reader of the same bytes may understand something else. NOTE: harmless.
"""

from __future__ import annotations

from typing import NamedTuple

FATAL, REJECT, NOTE = "fatal", "reject", "note"


class Kind(NamedTuple):
    """One thing that can be wrong."""

    grade: str
    status: int
    """What a server answers with; for a response, what a gateway would answer is always 502."""
    source: str
    text: str


KINDS: dict[str, Kind] = {
    "bad-request-line": Kind(FATAL, 400, "RFC 9112 3", "the first line is not: method, target, HTTP version"),
    "bad-status-line": Kind(FATAL, 502, "RFC 9112 4", "the first line is not: HTTP version, three digits, reason"),
    "loose-start-line": Kind(REJECT, 400, "RFC 9112 3", "the words of the first line are not separated by one space"),
    "unsupported-version": Kind(FATAL, 505, "RFC 9110 15.6.6", "the version is not HTTP/1.x"),
    "bad-target": Kind(REJECT, 400, "RFC 9112 3.2", "the target has none of the four forms that the method allows"),
    "raw-target": Kind(REJECT, 400, "RFC 3986 2.1", "the target holds bytes that have to be percent-encoded"),
    "line-too-long": Kind(FATAL, 414, "RFC 9112 3", "the first line is longer than the limit"),
    "head-too-large": Kind(FATAL, 431, "RFC 6585 5", "the head is larger than the limit"),
    "too-many-fields": Kind(REJECT, 431, "RFC 6585 5", "more header fields than the limit"),
    "empty-line-before": Kind(NOTE, 400, "RFC 9112 2.2", "empty lines stand before the first line"),
    "many-empty-lines": Kind(FATAL, 400, "RFC 9112 2.2", "nothing but empty lines"),
    "space-before-fields": Kind(REJECT, 400, "RFC 9112 2.2", "whitespace between the first line and the first field"),
    "obs-fold": Kind(REJECT, 400, "RFC 9112 5.2", "a field continues on the next line, which was given up"),
    "bare-lf": Kind(REJECT, 400, "RFC 9112 2.2", "a line ends with LF alone"),
    "bare-cr": Kind(REJECT, 400, "RFC 9112 2.2", "a CR stands inside a line"),
    "no-colon": Kind(REJECT, 400, "RFC 9112 5", "a header line without a colon"),
    "space-before-colon": Kind(REJECT, 400, "RFC 9112 5.1", "whitespace between a field's name and its colon"),
    "bad-field-name": Kind(REJECT, 400, "RFC 9110 5.1", "a field's name is not a token"),
    "bad-field-value": Kind(REJECT, 400, "RFC 9110 5.5", "a field's value holds a control character"),
    "no-host": Kind(REJECT, 400, "RFC 9112 3.2", "an HTTP/1.1 request without Host"),
    "many-hosts": Kind(REJECT, 400, "RFC 9112 3.2", "more than one Host"),
    "bad-host": Kind(REJECT, 400, "RFC 9112 3.2", "Host is not a host with an optional port"),
    "bad-length": Kind(FATAL, 400, "RFC 9112 6.3", "Content-Length is not a decimal number"),
    "conflicting-lengths": Kind(FATAL, 400, "RFC 9112 6.3", "Content-Length has different values"),
    "repeated-length": Kind(NOTE, 400, "RFC 9110 8.6", "Content-Length is given more than once, each time the same"),
    "length-and-chunked": Kind(REJECT, 400, "RFC 9112 6.3", "Transfer-Encoding and Content-Length together"),
    "chunked-not-last": Kind(FATAL, 400, "RFC 9112 6.3", "a request's last transfer coding is not chunked"),
    "chunked-twice": Kind(REJECT, 400, "RFC 9112 6.1", "chunked is applied more than once"),
    "unknown-coding": Kind(REJECT, 501, "RFC 9112 6.1", "a transfer coding that is not known"),
    "chunked-in-1.0": Kind(REJECT, 400, "RFC 9112 6.1", "Transfer-Encoding in an HTTP/1.0 message"),
    "framing-not-allowed": Kind(NOTE, 502, "RFC 9112 6.1", "Transfer-Encoding in a 1xx or 204 response, or of CONNECT"),
    "bad-chunk-size": Kind(FATAL, 400, "RFC 9112 7.1", "a chunk does not begin with its size"),
    "loose-chunk-line": Kind(REJECT, 400, "RFC 9112 7.1.1", "a chunk's extensions are not written as they must be"),
    "chunk-overrun": Kind(FATAL, 400, "RFC 9112 7.1", "a chunk's data is not followed by its line end"),
    "trailers-too-large": Kind(FATAL, 431, "RFC 9112 7.1.2", "the trailers are larger than the limit"),
    "incomplete": Kind(FATAL, 400, "RFC 9112 8", "the stream ended in the middle of a message"),
    "hole": Kind(FATAL, 400, "", "bytes that a head or a chunk's line needs are missing in the capture"),
}


class Flaw(NamedTuple):
    """Something wrong with a message."""

    kind: str
    """A key of `KINDS`."""
    at: int
    """Offset in the stream of the line (or byte) that shows it."""
    what: str = ""
    """The piece of it that can be shown, as text."""

    @property
    def grade(self) -> str:
        """FATAL, REJECT or NOTE."""
        return KINDS[self.kind].grade

    @property
    def text(self) -> str:
        """One sentence's worth, with the piece it is about."""
        said = KINDS[self.kind].text
        return f"{said}: {self.what}" if self.what else said


def shown(raw: bytes, most: int = 60) -> str:
    """Return bytes as text that can be printed anywhere, cut to ``most`` bytes."""
    text = "".join(chr(byte) if 32 <= byte < 127 and byte != 92 else f"\\x{byte:02x}" for byte in raw[:most])
    return text + ("..." if len(raw) > most else "")
