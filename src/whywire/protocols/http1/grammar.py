"""The grammar of HTTP/1.x heads and chunks. Every expression stands beside the lines of the RFC that it writes down.

All are for ``fullmatch`` on bytes without their line end, unless said otherwise. The strict ones are what a sender must
produce; the ``_LOOSE`` ones are what a reader may still understand (RFC 9112 section 3: whitespace-delimited words).
"""

from __future__ import annotations

import re

# RFC 9110 5.6.2   token = 1*tchar
#                  tchar = "!" / "#" / "$" / "%" / "&" / "'" / "*" / "+" / "-" / "." / "^" / "_" / "`" / "|" / "~"
#                        / DIGIT / ALPHA
TOKEN = rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"

# RFC 9112 2.3     HTTP-version = HTTP-name "/" DIGIT "." DIGIT      ; HTTP-name is case-sensitive
VERSION = rb"HTTP/[0-9]\.[0-9]"

# RFC 9112 3       request-line = method SP request-target SP HTTP-version
# RFC 9112 3.2     request-target = origin-form / absolute-form / authority-form / asterisk-form
#                  No whitespace is allowed in the request-target.
REQUEST_LINE = re.compile(rb"(?P<method>" + TOKEN + rb") (?P<target>[\x21-\x7e]+) (?P<version>" + VERSION + rb")")

# RFC 9112 3       "a recipient MAY instead parse on whitespace-delimited word boundaries and, aside from the CRLF
#                  terminator, treat any form of whitespace as the SP separator while ignoring preceding or trailing
#                  whitespace; such whitespace includes one or more of SP, HTAB, VT, FF, or bare CR"
REQUEST_LINE_LOOSE = re.compile(
    rb"[ \t\v\f\r]*(?P<method>" + TOKEN + rb")[ \t\v\f\r]+(?P<target>[^\0\n]*?[^\0\n \t\v\f\r])[ \t\v\f\r]+"
    rb"(?P<version>" + VERSION + rb")[ \t\v\f\r]*")

# RFC 3986 2       A URI is written in printable ASCII; everything else is percent-encoded (2.1). Whitespace in a target
#                  makes another line of it: see above.
RAW_TARGET = re.compile(rb"[^\0\n \t\v\f\r]+")

# RFC 9112 3.2.1   origin-form = absolute-path [ "?" query ]
# RFC 9112 3.2.2   absolute-form = absolute-URI
# RFC 9112 3.2.3   authority-form = uri-host ":" port                ; CONNECT only
# RFC 9112 3.2.4   asterisk-form = "*"                               ; OPTIONS only
ORIGIN_FORM = re.compile(rb"/[^#]*")
ABSOLUTE_FORM = re.compile(rb"(?P<scheme>[A-Za-z][A-Za-z0-9+.\-]*)://(?P<authority>[^/?#]*)(?P<path>[/?][^#]*)?")
AUTHORITY_FORM = re.compile(rb"(?:\[[0-9A-Fa-f:.]+\]|[^\s/?#@:\[\]]+):[0-9]+")

# RFC 9110 7.2     Host = uri-host [ ":" port ]
# RFC 3986 3.2.2   host = IP-literal / IPv4address / reg-name;  reg-name = *( unreserved / pct-encoded / sub-delims )
#                  The comma is a sub-delim; in Host it is a sign of two values joined (RFC 9110 5.3), so not here.
HOST = re.compile(rb"(?:\[[0-9A-Fa-f:.]+\]|(?:[0-9A-Za-z\-._~!$&'()*+;=]|%[0-9A-Fa-f]{2})+)(?::(?P<port>[0-9]*))?")

# RFC 9112 4       status-line = HTTP-version SP status-code SP [ reason-phrase ]
#                  status-code = 3DIGIT;  reason-phrase = 1*( HTAB / SP / VCHAR / obs-text )
STATUS_LINE = re.compile(rb"(?P<version>" + VERSION + rb") (?P<status>[0-9]{3}) (?P<reason>[\t\x20-\x7e\x80-\xff]*)")

# RFC 9112 4       "a recipient MAY instead parse on whitespace-delimited word boundaries"; many senders leave the
#                  second SP away with the reason
STATUS_LINE_LOOSE = re.compile(rb"(?P<version>" + VERSION + rb")[ \t\v\f\r]+(?P<status>[0-9]{3})"
                               rb"(?:[ \t\v\f\r]+(?P<reason>[^\n]*))?")

# RFC 9112 5       field-line = field-name ":" OWS field-value OWS
# RFC 9110 5.1     field-name = token
FIELD_NAME = re.compile(TOKEN)

# RFC 9110 5.5     field-value = *field-content
#                  field-content = field-vchar [ 1*( SP / HTAB / field-vchar ) field-vchar ]
#                  field-vchar = VCHAR / obs-text;  obs-text = %x80-FF
FIELD_VALUE = re.compile(rb"[\t\x20-\x7e\x80-\xff]*")

# RFC 9112 2.1     *( field-line CRLF ) CRLF: a whole block without anything that has to be reported
PLAIN_FIELDS = re.compile(rb"(?:" + TOKEN + rb":[\t\x20-\x7e\x80-\xff]*\r\n)*\r\n")

# RFC 9110 8.6     Content-Length = 1*DIGIT
DIGITS = re.compile(rb"[0-9]+")

# RFC 9112 7.1     chunk = chunk-size [ chunk-ext ] CRLF chunk-data CRLF;  chunk-size = 1*HEXDIG
# RFC 9112 7.1.1   chunk-ext = *( BWS ";" BWS chunk-ext-name [ BWS "=" BWS chunk-ext-val ] )
#                  chunk-ext-val = token / quoted-string
# RFC 9110 5.6.4   quoted-string = DQUOTE *( qdtext / quoted-pair ) DQUOTE
_QUOTED = rb'"(?:[\t \x21\x23-\x5b\x5d-\x7e\x80-\xff]|\\[\t \x21-\x7e\x80-\xff])*"'
CHUNK_LINE = re.compile(
    rb"(?P<size>[0-9A-Fa-f]{1,16})(?:[ \t]*;[ \t]*" + TOKEN + rb"(?:[ \t]*=[ \t]*(?:" + TOKEN + rb"|" + _QUOTED
    + rb"))?)*")
CHUNK_LINE_LOOSE = re.compile(rb"[ \t]*(?P<size>[0-9A-Fa-f]{1,16})[ \t\r]*(?:;[^\n]*)?")

# RFC 9110 5.6.1   1#element => element *( OWS "," OWS element ); empty elements are ignored by a recipient
LIST_SEPARATOR = re.compile(rb"[ \t]*,[ \t]*")

# RFC 9112 2.1     HTTP-message = start-line CRLF *( field-line CRLF ) CRLF [ message-body ]
# RFC 9112 2.2     "a recipient MAY recognize a single LF as a line terminator and ignore any preceding CR"
#                  For ``search``: the end of the last line of the head and the empty line behind it.
HEAD_END = re.compile(rb"\n\r?\n")

# What a message begins with, for finding one again behind bytes that are missing. For ``match``.
REQUEST_START = re.compile(TOKEN + rb" [\x21-\x7e]+ HTTP/1\.[0-9]\r?\n")
RESPONSE_START = re.compile(rb"HTTP/1\.[0-9] [1-9][0-9]{2}(?: [^\r\n]*)?\r?\n")


def elements(value: bytes) -> list[bytes]:
    """Return the elements of a comma-separated list in lower case, the empty ones left out (RFC 9110 5.6.1)."""
    return [part for part in LIST_SEPARATOR.split(value.strip(b" \t").lower()) if part]
