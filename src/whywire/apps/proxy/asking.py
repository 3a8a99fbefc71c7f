"""One request on its way through the proxy: what the steps share."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

from whywire.apps import cache
from whywire.apps.http.app import Reply
from whywire.apps.http.app import Request as DoorRequest
from whywire.apps.proxy.fields import Fields
from whywire.apps.proxy.place import Place
from whywire.apps.proxy.upstream import Ask


@dataclass
class Asking:
    """A request that the proxy may pass on."""

    request: DoorRequest
    reply: Reply | None
    """None in the background: nobody waits."""
    place: Place
    target: str
    """In origin-form: what the origin gets, and nothing else is in the key."""
    headers: Fields
    """As the origin gets them, without conditions of ours."""

    @property
    def needs_reply(self) -> Reply:
        """The reply of a request that somebody waits for."""
        assert self.reply is not None
        return self.reply

    @cached_property
    def uri(self) -> str:
        """The target URI: built from what the origin gets."""
        authority = next(value for name, value in self.headers if name == "host")
        return f"{self.place.scheme}://{authority}{self.target}"

    @cached_property
    def key(self) -> str:
        """The cache key."""
        return cache.key(self.uri)

    @cached_property
    def for_cache(self) -> cache.Request:
        """The request as the engine sees it."""
        return cache.Request(self.request.method, self.uri, self.headers, self.request.body.kind != "none")

    def ask(self, decision: cache.Decision | None = None) -> Ask:
        """Return what is asked of the origin, with the conditions of ``decision``."""
        headers = self.headers
        if decision is not None and (decision.set_fields or decision.drop_fields):
            gone = decision.drop_fields | {name for name, _ in decision.set_fields}
            headers = (*(field for field in headers if field[0] not in gone), *decision.set_fields)
        body = None if self.request.body.kind == "none" else self.request.body
        expects = body is not None and "100-continue" in (self.request.get("expect") or "").lower()
        return Ask(self.place, self.request.method, self.target, headers, body, expects=expects)

    def in_background(self) -> Asking:
        """Return the same request without anybody who waits."""
        return replace(self, reply=None)
