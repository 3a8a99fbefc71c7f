"""Reads a site's TOML file into `Rules`. What can't be used is a `WhywireError` with the line and the key.

The keys are described in docs/how-to/serve-files.md.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Callable
from fnmatch import translate
from pathlib import Path
from typing import Any
from urllib.parse import quote

from whywire.apps.site.refused import Refused
from whywire.apps.site.rules import REDIRECT_STATUS, HeaderRule, Redirect, Rules
from whywire.apps.site.target import place
from whywire.base.errors import WhywireError
from whywire.protocols.http1 import grammar

# Fields that the server computes; a rule for one of them would make answers wrong, or two of them
OURS = frozenset({
    "accept-ranges", "connection", "content-encoding", "content-length", "content-range", "content-type", "date",
    "etag", "keep-alive", "last-modified", "location", "proxy-connection", "te", "trailer", "transfer-encoding",
    "upgrade"})

_MEDIA = re.compile(r"[!#$&\-^_.+0-9A-Za-z]+/[!#$&\-^_.+0-9A-Za-z]+(?:; ?[0-9A-Za-z\-]+=[0-9A-Za-z._\-]+)*")
_CHARSET = re.compile(r"[0-9A-Za-z._\-]*")
_URL = re.compile(r"https?://[0-9A-Za-z.\-\[\]:]+(?:[/?#].*)?")
_VISIBLE = re.compile(r"[\x21-\x7e]+")
_FIELD = re.compile(r"[\x20-\x7e]*")


def load_rules(path: str | Path) -> Rules:
    """Return the rules in a TOML file. Raises `WhywireError` (exit code 2)."""
    try:
        text = Path(path).read_text("utf-8")
    except OSError as problem:
        raise WhywireError(f"{path}: {problem.strerror}.", "Give a file that can be read, or leave the option away."
                           ) from None
    except UnicodeDecodeError:
        raise WhywireError(f"{path}: not UTF-8, which TOML has to be.") from None
    return read_rules(text, str(path))


def read_rules(text: str, name: str) -> Rules:
    """Return the rules in the text of a TOML file. ``name`` is for messages. Raises `WhywireError`."""
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        raise WhywireError(f"{name}: {problem}.", "https://toml.io has the syntax.") from None
    reader = _Reader(text, name)
    reader.known(found, TOP, "")
    return Rules(
        listing=reader.one(found, "listing", "", bool, None),
        charset=reader.fitting(found, "charset", "", _CHARSET, "utf-8"),
        index=tuple(reader.index(found)),
        redirects=reader.no_circle(tuple(reader.each(found, "redirects", REDIRECT, reader.redirect))),
        headers=tuple(reader.each(found, "headers", HEADERS, reader.header_rule)),
        errors=dict(reader.pairs(found, "errors", reader.error_page)),
        types=dict(reader.pairs(found, "types", reader.media_type)),
    )


TOP = ("listing", "charset", "index", "redirects", "headers", "errors", "types")
REDIRECT = ("from", "to", "status")
HEADERS = ("path", "set", "always")
_KINDS = {bool: "true or false", str: "a text", int: "a number", dict: "a table", list: "a list"}


class _Reader:
    """Reads values, and knows where in the text they stand."""

    def __init__(self, text: str, name: str) -> None:
        self._lines = text.splitlines()
        self._name = name

    def wrong(self, key: str, what: str, hint: str = "", within: str = "", nth: int = 0) -> WhywireError:
        """Return the error for ``key`` in the ``nth`` table ``within``."""
        place_of = f"{within}[{nth}].{key}" if nth else f"{within}.{key}" if within else key
        line = self._line(key, within, nth)
        return WhywireError(f"{self._name}{f', line {line}' if line else ''}: {place_of}: {what}", hint)

    def _line(self, key: str, within: str, nth: int) -> int:
        """Return the line of a key, 0 when it can't be told (TOML has many spellings)."""
        start = 0
        if within:
            head = re.compile(rf"\s*\[+\s*{re.escape(within)}\s*(?:\]|\.)|\s*{re.escape(within)}\s*=")
            starts = [at for at, line in enumerate(self._lines) if head.match(line)]
            if not starts:
                return 0
            start = starts[min(max(nth - 1, 0), len(starts) - 1)]
        wanted = re.compile(rf"(?:.*[{{,\s.]|\s*)[\"']?{re.escape(key)}[\"']?\s*[=\].]")
        return next((at + 1 for at in range(start, len(self._lines)) if wanted.match(self._lines[at])), start + 1)

    def known(self, table: dict[str, Any], keys: tuple[str, ...], within: str, nth: int = 0) -> None:
        """Refuse keys that mean nothing: mostly a slip of the pen."""
        for key in table:
            if key not in keys:
                near = difflib.get_close_matches(key, keys, 1)
                raise self.wrong(key, "no such key.", f"Did you mean {near[0]}?" if near
                                 else f"Possible here: {', '.join(keys)}.", within, nth)

    def one(self, table: dict[str, Any], key: str, within: str, kind: type, default: Any, nth: int = 0) -> Any:
        """Return a value of one kind. Without ``default`` (``...``) the key has to be there."""
        if key not in table:
            if default is ...:
                raise self.wrong(key, "is missing.", f"It is {_KINDS[kind]}.", within, nth)
            return default
        value = table[key]
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            raise self.wrong(key, f"has to be {_KINDS[kind]}.", "", within, nth)
        return value

    def fitting(self, table: dict[str, Any], key: str, within: str, form: re.Pattern[str], default: str) -> str:
        """Return a text that has a form."""
        value: str = self.one(table, key, within, str, default)
        if form.fullmatch(value) is None:
            raise self.wrong(key, f"{value!r} can't be used.", "Letters, digits, dots and hyphens.", within)
        return value

    def index(self, table: dict[str, Any]) -> list[str]:
        """Return the names of index files."""
        names: list[str] = self.one(table, "index", "", list, ["index.html"])
        for name in names:
            if not isinstance(name, str) or "/" in name or "\0" in name or name in ("", ".", ".."):
                raise self.wrong("index", f"{name!r} is not the name of a file.", 'For example ["index.html"].')
        return names

    def each(self, table: dict[str, Any], key: str, keys: tuple[str, ...],
             make: Callable[[dict[str, Any], int], Any]) -> list[Any]:
        """Return what ``make`` makes of each table of a list of tables, counted from 1."""
        made = []
        for nth, one in enumerate(self.one(table, key, "", list, []), 1):
            if not isinstance(one, dict):
                raise self.wrong(key, "has to be a list of tables.", f"Each begins with [[{key}]].")
            self.known(one, keys, key, nth)
            made.append(make(one, nth))
        return made

    def pairs(self, table: dict[str, Any], key: str, make: Callable[[str, Any], tuple[Any, str]]) -> list[Any]:
        """Return what ``make`` makes of each key and text of a table."""
        return [make(name, self.one(one, name, key, str, ...))
                for one in [self.one(table, key, "", dict, {})] for name in one]

    def path(self, text: str, key: str, within: str, nth: int = 0) -> str:
        """Return a path of the site in its one spelling; in the file it may be written as people write it."""
        try:
            return place(quote(text, safe="/%-._~!$&'()*+,;=:@")).path if text.startswith("/") else self._no_path(text)
        except Refused as refused:
            raise self.wrong(key, f"{text!r} is not a path of the site. {refused.why}", 'For example "/old/page.html".',
                             within, nth) from None

    def _no_path(self, text: str) -> str:
        raise Refused(400, f"{text[:1]!r} is not a slash.")

    def redirect(self, one: dict[str, Any], nth: int) -> Redirect:
        """Return a redirect; a star at the end of both paths carries the rest over."""
        source: str = self.one(one, "from", "redirects", str, ..., nth)
        goal: str = self.one(one, "to", "redirects", str, ..., nth)
        status: int = self.one(one, "status", "redirects", int, 301, nth)
        if status not in REDIRECT_STATUS:
            raise self.wrong("status", f"{status} is not a redirect.", "301 and 308 stay, 302, 303 and 307 do not.",
                             "redirects", nth)
        inside = goal.startswith("/") and not goal.startswith(("//", "/\\"))
        if not goal.isprintable():
            raise self.wrong("to", f"{goal!r} holds a control character.", "", "redirects", nth)
        if not inside and _URL.fullmatch(goal) is None:
            raise self.wrong("to", f"{goal!r} is neither a path of the site nor a whole URL.",
                             'For example "/new/page.html" or "https://example.org/".', "redirects", nth)
        goal = quote(goal, safe="/%-._~!$&'()*+,;=:@?#[]")
        tail = source.endswith("*")
        if goal.count("*") > (1 if tail else 0):
            raise self.wrong("to", "one star, for what the star at the end of from stands for.",
                             'For example from = "/old/*", to = "https://example.org/new/*".', "redirects", nth)
        before = source[:-1] if tail else source
        if "*" in before:
            raise self.wrong("from", f"{source!r} has a star that is not at its end.",
                             "Write %2A for a star that is part of a name.", "redirects", nth)
        return Redirect(self.path(before, "from", "redirects", nth), goal, status, tail)

    def no_circle(self, redirects: tuple[Redirect, ...]) -> tuple[Redirect, ...]:
        """Refuse a redirect whose goal is what it is for itself, and no rule before it takes that."""
        for nth, one in enumerate(redirects, 1):
            goal = re.split("[?#]", one.goal.replace("*", "x"), maxsplit=1)[0]
            if next((rule for rule in redirects if rule.location(goal, "") is not None), None) is one:
                raise self.wrong("to", f"leads to {one.goal!r}, which this redirect is for too: that never ends.",
                                 "", "redirects", nth)
        return redirects

    def header_rule(self, one: dict[str, Any], nth: int) -> HeaderRule:
        """Return a rule for fields."""
        pattern: str = self.one(one, "path", "headers", str, "/*", nth)
        if not pattern.startswith(("/", "*")):
            raise self.wrong("path", f"{pattern!r} begins neither with a slash nor with a star.",
                             'For example "/*.css".', "headers", nth)
        fields: dict[str, Any] = self.one(one, "set", "headers", dict, ..., nth)
        for name, value in fields.items():
            if grammar.FIELD_NAME.fullmatch(name.encode("utf-8")) is None:
                raise self.wrong(name, "is not the name of a header field.", "", "headers", nth)
            if name.lower() in OURS:
                raise self.wrong(name, "is written by the server itself.", "Types of files go into [types]; redirects "
                                 "into [[redirects]].", "headers", nth)
            if not isinstance(value, str) or _FIELD.fullmatch(value) is None:
                raise self.wrong(name, "has to be one line of printable ASCII characters.", "", "headers", nth)
        always: bool = self.one(one, "always", "headers", bool, False, nth)
        return HeaderRule(re.compile(translate(quote(pattern, safe="/%-._~!$&'()*+,;=:@?[]"))),
                          tuple((name, value.strip()) for name, value in fields.items()), always)

    def error_page(self, status: str, text: str) -> tuple[int, str]:
        """Return a status and the path of its page."""
        if re.fullmatch(r"[45][0-9]{2}", status) is None:
            raise self.wrong(status, "is not the status of an error.", "400 to 599.", "errors")
        return int(status), self.path(text, status, "errors")

    def media_type(self, suffix: str, media: str) -> tuple[str, str]:
        """Return the end of a name and its type."""
        if not suffix.startswith(".") or len(suffix) < 2:
            raise self.wrong(suffix, "is not the end of a file's name.", 'For example ".txt" = "text/plain".', "types")
        if _MEDIA.fullmatch(media) is None:
            raise self.wrong(suffix, f"{media!r} is not a media type.", 'For example "text/plain; charset=utf-8".',
                             "types")
        return suffix.lower(), media
