"""Leaving HTTP: CONNECT (RFC 9110 section 9.3.6) and Upgrade (section 7.8), honestly or not at all."""

from __future__ import annotations

import asyncio

from whywire.apps.http.app import ClientGone, Reply, Request
from whywire.apps.proxy import relay
from whywire.apps.proxy.asking import Asking
from whywire.apps.proxy.fields import homeward
from whywire.apps.proxy.patience import Patience
from whywire.apps.proxy.place import place
from whywire.apps.proxy.settings import NAME, ProxySettings
from whywire.apps.proxy.trouble import UpstreamError
from whywire.apps.proxy.tunnel import relay as relay_bytes
from whywire.apps.proxy.upstream import Origins

SWITCHES = frozenset(("websocket",))
"""Protocols that Upgrade may lead to. Others are not offered to the origin, and so the request is answered as HTTP/1.1;
h2c above all: behind it the origin would hear requests that this proxy never saw."""
IDLE = 600.0
"""Seconds after which a tunnel in which nothing moves is closed."""


async def connect(request: Request, reply: Reply, origins: Origins, settings: ProxySettings, *, forward: bool) -> None:
    """Open a tunnel, if this is a forward proxy and the port is one of those it may connect to."""
    where = place("https", request.target)
    if not forward or where is None:
        await relay.refuse(reply, 405 if not forward else 400, "This proxy opens no tunnels.")
        return
    if where.port not in settings.guard.ports:
        ports = ", ".join(map(str, sorted(settings.guard.ports))) or "none"
        await relay.refuse(reply, 403, f"Tunnels lead to these ports only: {ports}.", "http_request_denied")
        return
    link = await origins.tunnel(where._replace(scheme="http"))
    try:
        link.go_raw()
        reply.start(200, [("Cache-Status", f"{NAME}; fwd=method")], length=None, reason="Connection established")
        reader, writer = reply.take_over()
        await relay_bytes(reader, writer, link, IDLE)
    finally:
        origins.give_back(link, whole=False)


async def switch(asking: Asking, origins: Origins) -> None:
    """Pass an Upgrade on; where the origin agrees, pass the bytes on, else its ordinary answer."""
    offered = asking.request.get("upgrade") or ""
    asked = asking.ask()
    asked.headers = (*(field for field in asked.headers if field[0] != "connection"), ("connection", "upgrade"),
                     ("upgrade", offered))
    asked.upgrade = True
    reply = asking.needs_reply
    patience = Patience()
    patience.join(reply)
    with patience:
        answer = await origins.ask(asked)
    try:
        fields = (*homeward(answer.headers, answer.version), ("cache-status", f"{NAME}; fwd=bypass"))
        if answer.status != 101:
            relay.begin(reply, answer.status, fields, answer.length, answer.reason)
            await relay.live(reply, answer.pieces(), lambda: answer.trailers)
            return
        accepted = tuple(field for field in answer.headers if field[0] == "upgrade")
        answer.link.go_raw()
        relay.begin(reply, 101, (*fields, *accepted), None, answer.reason)
        reader, writer = reply.take_over()
        await relay_bytes(reader, writer, answer.link, IDLE)
    except (ClientGone, asyncio.IncompleteReadError):
        pass
    except UpstreamError as error:
        reply.cut(error.text)
    finally:
        await answer.close()
