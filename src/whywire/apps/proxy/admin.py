"""The administrator's address: what is stored, what was counted, and removing it. Never the public address.

    GET  /stats      JSON                          GET  /entries?prefix=&limit=    JSON
    GET  /metrics    for Prometheus                POST /purge  {"url": ...} or {"prefix": ...} or {"all": true}

Over TCP it answers only requests whose Host is an address or localhost, and purges only what is said as JSON: a page in
the administrator's own browser can make neither.
"""

from __future__ import annotations

import ipaddress
import json
from dataclasses import asdict
from typing import Any, Protocol
from urllib.parse import parse_qs, urlsplit

from whywire.apps.http.app import HeadFacts, Reply, Request
from whywire.apps.proxy.counts import Counts, metrics
from whywire.apps.proxy.place import place
from whywire.apps.stores.model import Entry, Store

MOST = 1 << 20
TOGETHER = 1000


class Refused(Exception):  # noqa: N818 (an answer, not a mistake of ours)
    """The request can't be followed; ``status`` and the reason."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status


class Managed(Protocol):
    """A proxy, whatever it speaks, as far as an administrator asks about it."""

    store: Store
    counts: Counts

    def links(self) -> dict[str, int]:
        """Return what there is to count about connections to origins."""

    def key_of(self, url: str) -> str:
        """Return the key of an address as a person writes it."""

    def described(self, entry: Entry) -> dict[str, Any]:
        """Return ``status``, ``age`` and ``fresh_for`` of an entry; empty where it can't be read."""

    async def delete(self, key: str, variant: str | None = None) -> int:
        """Remove what is stored below a key; return how many there were."""

    async def clear(self) -> int:
        """Remove all; return how many there were."""


class Admin:
    """An app of the door beside the proxy's own."""

    def __init__(self, proxy: Managed) -> None:
        self._proxy = proxy

    def quick(self, method: bytes, target: bytes, facts: HeadFacts) -> bytes | None:  # noqa: ARG002 (the contract)
        """Nothing here is quick."""
        return None

    async def answer(self, request: Request, reply: Reply) -> None:
        """Answer an administrator."""
        kind = "application/json"
        try:
            self._allowed(request)
            path = urlsplit(request.target).path
            if path == "/metrics":
                kind, content = "text/plain; version=0.0.4; charset=utf-8", (await self._metrics()).encode()
            else:
                content = json.dumps(await self._do(request, path), indent=1).encode() + b"\n"
            status = 200
        except Refused as refused:
            status, content = refused.status, json.dumps({"error": str(refused)}).encode() + b"\n"
        reply.start(status, [("Content-Type", kind), ("Cache-Control", "no-store")], length=len(content))
        await reply.write(content)
        await reply.end()

    def _allowed(self, request: Request) -> None:
        where = place("http", request.host or "localhost")
        if not request.peer.startswith("unix:") and not (where is not None and _is_number(where.host)):
            raise Refused(421, "this address is asked by its number, or as localhost")

    async def _do(self, request: Request, path: str) -> Any:
        wanted = "POST" if path == "/purge" else "GET"
        if path not in ("/stats", "/entries", "/purge"):
            raise Refused(404, "there are /stats, /entries, /metrics and /purge")
        if request.method != wanted:
            raise Refused(405, f"{path} is asked with {wanted}")
        if path == "/stats":
            return await self._stats()
        if path == "/entries":
            return await self._entries(request)
        return await self._purge(request)

    async def _stats(self) -> dict[str, Any]:
        store = asdict(await self._proxy.store.stats())
        return {"requests": asdict(self._proxy.counts), "store": store, "origin": self._proxy.links()}

    async def _metrics(self) -> str:
        return metrics(self._proxy.counts, await self._proxy.store.stats(), self._proxy.links())

    async def _entries(self, request: Request) -> list[dict[str, Any]]:
        query = parse_qs(urlsplit(request.target).query)
        limit = query.get("limit", ["100"])[0]
        if not (limit.isascii() and limit.isdigit() and 0 < int(limit) <= 100_000):
            raise Refused(400, "limit is a number from 1 to 100000")
        found = await self._proxy.store.entries(query.get("prefix", [""])[0], int(limit))
        return [{"url": one.key, "variant": one.variant, "bytes": one.length, **self._proxy.described(one)}
                for one in found]

    async def _purge(self, request: Request) -> dict[str, Any]:
        if "application/json" not in (request.get("content-type") or ""):
            raise Refused(415, "say what to purge as application/json")
        try:
            wish = json.loads(await _content(request))
        except ValueError:
            wish = None
        if not isinstance(wish, dict) or len(wish) != 1:
            raise Refused(400, 'say {"url": ...}, {"prefix": ...} or {"all": true}')
        store = self._proxy.store
        if wish.get("all") is True:
            return await self._said(await self._proxy.clear())
        if isinstance(wish.get("url"), str):
            return await self._said(await self._proxy.delete(self._proxy.key_of(wish["url"])))
        if isinstance(wish.get("prefix"), str) and wish["prefix"]:
            removed = 0
            while found := await store.entries(wish["prefix"], TOGETHER):
                count = sum([await self._proxy.delete(entry.key, entry.variant) for entry in found])
                removed += count
                if not count:
                    break
            if not (removed or (await store.stats()).up):
                raise Refused(503, "the store can't be reached, so nothing was removed; ask again when it is back")
            return {"removed": removed}
        raise Refused(400, 'say {"url": ...}, {"prefix": ...} or {"all": true}')

    async def _said(self, removed: int) -> dict[str, Any]:
        """Return what became of a wish; a store that is away removes later, before anything is read again."""
        up = removed or (await self._proxy.store.stats()).up
        return {"removed": removed} if up else {"removed": 0, "later": True}


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return host == "localhost"
    return True


async def _content(request: Request) -> bytes:
    content = b""
    async for piece in request.body:
        content += piece
        if len(content) > MOST:
            raise Refused(413, "that is too much")
    return content
