"""From a request target to the names of a path below the folder (RFC 9112 3.2, RFC 3986 3.3, 5.2.4, 6.2.2).

Decoded once, before anything is looked up. A segment never becomes two: an encoded slash stays inside its name, and as
no file has such a name nothing is found. What a path leads to is decided on the names that leave this file.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote_from_bytes, unquote_to_bytes

from whywire.apps.site.refused import Refused

_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_NOT_IN_A_TARGET = re.compile(r"[\x00-\x20\x7f#]")
_ABSOLUTE = re.compile(r"https?://[^/?#]*", re.IGNORECASE)

# RFC 3629 3: C0, C1 and F5..FF begin nothing; E0 80..9F and F0 80..8F would be longer than needed.
# Only what some decoder could take for another character; a name in Latin-1 is a name.
_OVERLONG = re.compile(rb"[\xc0\xc1][\x80-\xbf]|\xe0[\x80-\x9f][\x80-\xbf]|\xf0[\x80-\x8f][\x80-\xbf]{2}")

# RFC 3986 3.3: pchar = unreserved / pct-encoded / sub-delims / ":" / "@"
_PCHAR = "-._~!$&'()*+,;=:@"

WELL_KNOWN = b".well-known"
"""The one name with a dot that is public (RFC 8615 section 3), at the top only."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a target leads: names from the folder down, none of them empty, ``.`` or ``..``."""

    names: tuple[bytes, ...]
    folder: bool
    """Whether the target ends in a slash."""
    query: str
    """With its question mark, or empty."""

    @property
    def path(self) -> str:
        """Return the one spelling of this path. It begins with one slash and never with two."""
        return encoded(self.names) + ("/" if self.folder and self.names else "")

    @property
    def hidden(self) -> bool:
        """Tell whether the path has a name that is never served."""
        return hides(self.names)


def encoded(names: tuple[bytes, ...]) -> str:
    """Return names as an absolute path of a URL: ASCII, no space, no control character."""
    return "/" + "/".join(quote_from_bytes(name, _PCHAR) for name in names)


def hides(names: tuple[bytes, ...]) -> bool:
    """Tell whether one of the names is never served: it begins with a dot, or holds a slash or a backslash."""
    first = names[0] if names else b""
    rest = names[1:] if first == WELL_KNOWN else names
    return any(name.startswith(b".") or b"/" in name or b"\\" in name for name in rest)


def place(target: str) -> Place:
    """Return where ``target`` leads (origin-form or absolute-form; bytes beyond ASCII as latin-1).

    Raises `Refused` (400) for what is no path: a broken escape, a NUL, overlong UTF-8, ``..`` above the top.
    """
    if _NOT_IN_A_TARGET.search(target):
        raise Refused(400, "The address holds a character that has to be percent-encoded.")
    path, mark, query = target.partition("?")
    if not path.startswith("/"):
        absolute = _ABSOLUTE.match(path)
        if absolute is None:
            raise Refused(400, "The address has to begin with a slash.")
        path = path[absolute.end():] or "/"
    if _BAD_ESCAPE.search(path):
        raise Refused(400, "The address holds a percent sign without two hexadecimal digits behind it.")
    raw = path.encode("latin-1", "replace")
    last = raw.rpartition(b"/")[2]
    names = _resolved([unquote_to_bytes(segment) for segment in raw.split(b"/")])
    whole = b"/".join(names)
    if b"\0" in whole:
        raise Refused(400, "The address holds a NUL character.")
    if _OVERLONG.search(whole):
        raise Refused(400, "The address holds overlong UTF-8.")
    return Place(names, unquote_to_bytes(last) in (b"", b".", b".."), mark + query)


def _resolved(segments: list[bytes]) -> tuple[bytes, ...]:
    """Take out dot segments, as RFC 3986 5.2.4 does, and empty ones; climbing above the top is an error here."""
    names: list[bytes] = []
    for segment in segments:
        if segment == b"..":
            if not names:
                raise Refused(400, "The address leads above the top folder.")
            names.pop()
        elif segment not in (b"", b"."):
            names.append(segment)
    return tuple(names)
