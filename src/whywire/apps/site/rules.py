"""What a site is served with: its options, and the rules of its TOML file (`whywire.apps.site.toml` reads that)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import quote

Fields = tuple[tuple[str, str], ...]

REDIRECT_STATUS = (301, 302, 303, 307, 308)


@dataclass(frozen=True, slots=True)
class Redirect:
    """``source`` is a path in its one spelling (`target.Place.path`); with ``tail``, also whatever follows it."""

    source: str
    goal: str
    status: int = 301
    tail: bool = False

    def location(self, path: str, query: str) -> str | None:
        """Return where ``path`` goes, None when this rule is not for it. It never leads to a host not in the rule."""
        if self.tail:
            if not path.startswith(self.source):
                return None
            goal = self.goal.replace("*", path[len(self.source):], 1)
        elif path == self.source:
            goal = self.goal
        else:
            return None
        if goal.startswith("/"):
            goal = "/" + goal.lstrip("/")  # two slashes would be a host (RFC 3986 4.2)
        if query and "?" not in goal:
            before, mark, fragment = goal.partition("#")
            goal = before + url_safe(query) + mark + fragment
        return goal


@dataclass(frozen=True, slots=True)
class HeaderRule:
    """Fields for the paths that ``path`` matches; an empty value takes a field of ours away."""

    path: re.Pattern[str]
    fields: Fields
    always: bool = False
    """Also with 4xx and 5xx."""


@dataclass(frozen=True, slots=True)
class Rules:
    """The site's TOML file. The default is a site without one."""

    listing: bool | None = None
    charset: str = "utf-8"
    index: tuple[str, ...] = ("index.html",)
    redirects: tuple[Redirect, ...] = ()
    headers: tuple[HeaderRule, ...] = ()
    errors: dict[int, str] = field(default_factory=dict)
    """Status to the path of a file in the folder."""
    types: dict[str, str] = field(default_factory=dict)
    """End of a name, with its dot, in lower case, to a whole Content-Type."""

    def fields_for(self, path: str, status: int, ours: Fields) -> Fields:
        """Return ``ours`` with what the rules add for ``path``. A later rule goes before an earlier one."""
        found: dict[str, tuple[str, str]] = {}
        for rule in self.headers:
            if (status < 400 or rule.always) and rule.path.fullmatch(path):
                found |= {name.lower(): (name, value) for name, value in rule.fields}
        if not found:
            return ours
        vary = found.pop("vary", None)
        kept = tuple(pair for pair in ours if pair[0].lower() not in found)
        if vary is not None and vary[1]:
            kept = with_vary(kept, vary[1])
        return kept + tuple(pair for pair in found.values() if pair[1])


@dataclass(frozen=True, slots=True)
class SiteConfig:
    """What `Site` needs. ``check_every``: seconds for which a file in memory is taken as unchanged; 0: never.

    ``memory``: bytes of answers kept in all. ``small``: up to this many bytes a file is read into memory and sent in
    one write; larger ones go by sendfile.
    """

    root: str
    listing: bool = False
    check_every: float = 1.0
    memory: int = 64 << 20
    small: int = 256 << 10
    rules: Rules = field(default_factory=Rules)


def with_vary(fields: Fields, value: str) -> Fields:
    """Return fields whose Vary also names ``value``."""
    there = [text for name, text in fields if name.lower() == "vary"]
    rest = tuple(pair for pair in fields if pair[0].lower() != "vary")
    return rest + (("Vary", ", ".join([*there, value])),)


def url_safe(text: str) -> str:
    """Return text of a request for a Location: what may not stand in a URL is percent-encoded, escapes stay."""
    return quote(text.encode("latin-1", "replace"), safe="-._~!$&'()*+,;=:@/?%")
