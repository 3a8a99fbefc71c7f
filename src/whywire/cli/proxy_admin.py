"""Asking a running proxy: what it counted, what it keeps, and to remove some of it."""

from __future__ import annotations

import http.client
import json
import socket
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from whywire.apps.cache.key import key
from whywire.base.errors import WhywireError

PATIENCE = 30.0
FOR_GOOD = 1 << 31
"""Seconds of freshness that stand for no end."""
SCHEMES = ("http://", "https://", "calc://")


class UnixConnection(http.client.HTTPConnection):
    """HTTP over a Unix socket."""

    def __init__(self, path: str) -> None:
        super().__init__("localhost", timeout=PATIENCE)
        self._path = path

    def connect(self) -> None:
        """Open the socket."""
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(PATIENCE)
        self.sock.connect(self._path)


def ask(what: str, words: Sequence[str], where: str) -> int:
    """Ask the proxy at ``where`` for ``what`` and print its answer. Raises WhywireError."""
    if what == "stats":
        if words:
            raise WhywireError(f"stats counts everything; {words[0]} is not asked for.",
                               "whywire proxy list URL shows what is kept there.")
        _show_stats(_asked(where, "GET", "/stats"))
    elif what == "list":
        for prefix in words or ("",):
            wanted = quote(_known(prefix), safe="")
            _show_entries(_asked(where, "GET", f"/entries?limit=100000&prefix={wanted}"), prefix)
    else:
        _purge(words, where)
    return 0


def _purge(words: Sequence[str], where: str) -> None:
    if not words:
        raise WhywireError("purge needs to know what.",
                           "Name URLs, or the beginning of some with * behind it; '*': all.")
    for word in words:
        url = _known(word)
        wish = {"all": True} if word == "*" else {"prefix": url[:-1]} if word.endswith("*") else {"url": url}
        said = _asked(where, "POST", "/purge", json.dumps(wish))
        print(f"{said['removed']} removed: {word}" if not said.get("later") else
              f"The store can't be reached; removed before it is read again: {word}")


def _known(word: str) -> str:
    """Return a URL, or the beginning of one, as the proxy names what it keeps. Raises WhywireError."""
    if word in ("", "*") or any(one.startswith(word.rstrip("*")) for one in SCHEMES) or word.startswith("calc://"):
        return word
    if not word.lower().startswith(("http://", "https://")):
        raise WhywireError(f"{word!r} is not the beginning of a URL.",
                           "Give the scheme and what clients say as Host, too: http://HOST/PATH. "
                           "`whywire proxy list` shows all.")
    return key(word) if "/" in word.partition("://")[2] else word


def _asked(where: str, method: str, path: str, body: str | None = None) -> Any:
    tcp = "/" not in where and ":" in where
    connection = http.client.HTTPConnection(where, timeout=PATIENCE) if tcp else UnixConnection(where)
    try:
        connection.request(method, path, body, {"Content-Type": "application/json"} if body else {})
        answer = connection.getresponse()
        said = json.loads(answer.read())
    except (OSError, ValueError, http.client.HTTPException) as error:
        raise WhywireError(f"No proxy answers at {where}: {error}",
                           "Give --port of the running proxy, or the --admin that it was started with.", 1) from error
    finally:
        connection.close()
    if answer.status != 200:
        raise WhywireError(f"The proxy refused: {said.get('error', answer.status)}.", exit_code=1)
    return said


def _show_stats(said: dict[str, dict[str, Any]]) -> None:
    for title, part in said.items():
        print(f"{title}:")
        for name, value in part.items():
            if isinstance(value, dict):
                value = ", ".join(f"{key} {one:,}" for key, one in value.items()) or "none"
            print(f"  {name.replace('_', ' '):<12} {value if isinstance(value, bool | str) else format(value, ',')}")


def _show_entries(found: list[dict[str, Any]], prefix: str) -> None:
    if not found:
        print(f"Nothing is kept that begins with {prefix}" if prefix else "Nothing is kept.")
    for one in found:
        fresh = one.get("fresh_for", 0)
        state = "fresh for good" if fresh >= FOR_GOOD else f"fresh {fresh} s" if fresh > 0 else f"stale {-fresh} s"
        variant = f"  ({one['variant']})" if one["variant"] else ""
        age = f"age {one.get('age', 0)} s"
        print(f"{one.get('status', '???')} {one['bytes']:>12,} bytes  {age}, {state}  {one['url']}{variant}")
