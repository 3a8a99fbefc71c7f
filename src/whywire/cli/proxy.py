"""`whywire proxy ORIGIN`: the caching proxy, and `whywire proxy purge|stats|list` for a running one."""

from __future__ import annotations

import argparse
import gc
import hashlib
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from whywire.base.errors import WhywireError
from whywire.cli.proxy_options import ASKED, refuse_unused
from whywire.cli.values import seconds

if TYPE_CHECKING:
    from whywire.apps.proxy.settings import ProxySettings
    from whywire.apps.stores.model import Store

HELP = """\
A caching proxy in front of ORIGIN: http://HOST:PORT, https://HOST or calc://HOST:PORT. With --forward a proxy for
everywhere.

It keeps what HTTP allows to be kept (RFC 9111) and says in Cache-Status what it did. `purge`, `stats` and `list` ask a
proxy that runs, at its administrator's address."""

EXAMPLE = """\
  whywire proxy http://127.0.0.1:8000
  whywire proxy http://127.0.0.1:8000 --port 80 --host :: --store disk:/var/cache/site --size 20G
  whywire proxy http://127.0.0.1:8000 --store redis://127.0.0.1:6379/0
  whywire proxy --forward --connect-ports 443,8443
  whywire proxy calc://127.0.0.1:9999
  whywire proxy stats
  whywire proxy list http://localhost/news
  whywire proxy purge http://localhost/news/today 'http://localhost/img/*'
  whywire proxy purge 'calc://127.0.0.1:9999/1 + 2'
"""

SIZES = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40}


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("words", nargs="*", metavar="ORIGIN|purge|stats|list",
                        help="whose answers to keep; or what to ask a running proxy, with URLs (purge: * at the end "
                             "for all that begin so) or the beginning of URLs (list)")
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on (127.0.0.1; :: and 0.0.0.0: all)")
    parser.add_argument("--port", type=_port, default=9998, metavar="N", help="the port (9998; 0: any that is free)")
    parser.add_argument("--admin", metavar="PATH|HOST:PORT",
                        help="where purge, stats, list and /metrics are answered, on this machine only "
                             "(a socket in your runtime folder, named after the port; off: nowhere)")
    kept = parser.add_argument_group("what is kept")
    kept.add_argument("--store", default="memory", metavar="STORE",
                      help="memory, disk:FOLDER, redis://HOST:PORT/DB or unix://SOCKET of a Redis (memory)")
    kept.add_argument("--size", type=size, metavar="BYTES", help="how much of it, as 256M (memory) or 10G (disk)")
    kept.add_argument("--largest", type=size, metavar="BYTES", help="the largest body (an eighth; Redis: 64M)")
    kept.add_argument("--sync", action="store_true", help="disk: what is stored outlives a power cut; slower")
    way = parser.add_argument_group("the way to the origin")
    way.add_argument("--forward", action="store_true", help="no origin of its own: clients say whole URLs, or CONNECT")
    way.add_argument("--allow-private", action="store_true", help="forward: to private and loopback addresses too")
    way.add_argument("--connect-ports", type=_ports, default=frozenset((443,)), metavar="N,N",
                     help="forward: the ports that CONNECT may lead to (443)")
    way.add_argument("--forwarded-for", choices=("replace", "append", "off"), default="replace",
                     help="X-Forwarded-For: the client's address, that behind what the client said, or none (replace)")
    way.add_argument("--forwarded", action="store_true", help="send the field Forwarded (RFC 7239) as well")
    way.add_argument("--links", type=links, default=256, metavar="N", help="connections to the origin at most (256)")
    for name, value, text in (("connect", 5, "until a connection is open"), ("head", 60, "until the head of an answer"),
                              ("idle", 30, "between two pieces of a body"), ("total", 3600, "for a whole answer")):
        way.add_argument(f"--{name}-time", type=seconds, default=float(value), metavar="TIME",
                         help=f"{text} ({value}s)")
    _configure_door(parser)


def _configure_door(parser: argparse.ArgumentParser) -> None:
    door = parser.add_argument_group("the door")
    door.add_argument("--unix", metavar="PATH", default="", help="listen on a Unix socket instead of a port")
    door.add_argument("--cert", metavar="FILE", default="", help="certificate chain in PEM: speak TLS with the clients")
    door.add_argument("--key", metavar="FILE", default="", help="its private key in PEM")
    door.add_argument("--log", metavar="FILE", default="", help="access log; -: standard output (none)")
    door.add_argument("--log-format", choices=("common", "combined", "json"), default="combined", help="(combined)")


def run(arguments: argparse.Namespace) -> int:
    """Run the proxy until it is stopped, or ask a running one."""
    words = arguments.words
    parser = argparse.ArgumentParser()
    configure(parser)
    refuse_unused(vars(arguments), vars(parser.parse_args([])))
    if words and words[0] in ASKED:
        from whywire.cli.proxy_admin import ask

        return ask(words[0], words[1:], admin_of(arguments) or _off())
    if arguments.forward == bool(words):
        raise WhywireError("Name one origin, or --forward for a proxy without one." if not words else
                           f"--forward has no origin, but {words[0]} is named.",
                           "As in: whywire proxy http://127.0.0.1:8000")
    if len(words) > 1:
        raise WhywireError(f"One proxy has one origin; {words[1]} is one too many.",
                           "Start another one on another port.")
    if words and words[0].startswith("calc://"):
        return _calc(words[0], arguments)
    return _http(arguments)


def _off() -> str:
    raise WhywireError("--admin off leaves nobody to ask.", "Name the address that the proxy was started with.")


def _calc(origin: str, arguments: argparse.Namespace) -> int:
    from whywire.apps.proxy.calculator import Options
    from whywire.apps.proxy.calculator import run as run_calc

    host, _, port = origin.removeprefix("calc://").rstrip("/").rpartition(":")
    if not host or not port.isdigit() or not 0 < int(port) < 65536:
        raise WhywireError(f"The origin {origin!r} is not of the form calc://HOST:PORT.", "As in calc://127.0.0.1:9999")
    return run_calc(Options(host.strip("[]"), int(port), host=arguments.host, port=arguments.port,
                            store=store(arguments), admin=admin_of(arguments), connect_s=arguments.connect_time,
                            answer_s=arguments.head_time, upstream=arguments.links, say=say))


def _http(arguments: argparse.Namespace) -> int:
    from whywire.apps.http.serving import serve
    from whywire.apps.http.worker import Serving
    from whywire.apps.proxy.core import Proxy
    from whywire.apps.proxy.service import Service

    # A hundred thousand stored answers are live objects: looking through all of them for garbage takes a second
    gc.set_threshold(10_000, 20, 50)
    chosen = settings(arguments)
    service = Service(Proxy(chosen, store(arguments)), admin_of(arguments))
    serving = Serving(make=lambda: service, host=arguments.host, port=arguments.port, unix=arguments.unix,
                      cert=arguments.cert, key=arguments.key, log=arguments.log, log_format=arguments.log_format)
    what = f"Proxy for {chosen.origin}" if chosen.origin else "Forward proxy"
    serve(serving, lambda where: say(f"{what} on {', '.join(where)}, kept in {arguments.store}. Ctrl-C stops."))
    return 0


def settings(arguments: argparse.Namespace) -> ProxySettings:
    """Return what the options say. Raises WhywireError for an origin that is none."""
    from whywire.apps.proxy.place import origin
    from whywire.apps.proxy.settings import Guard, ProxySettings, Timeouts

    times = Timeouts(arguments.connect_time, arguments.head_time, arguments.idle_time, arguments.total_time)
    url = str(origin(arguments.words[0])) if arguments.words else ""
    return ProxySettings(url, times, Guard(arguments.allow_private, arguments.connect_ports), arguments.forwarded_for,
                         arguments.forwarded, links=arguments.links)


def store(arguments: argparse.Namespace) -> Store:
    """Return the store that --store names. Raises WhywireError.

    What a proxy keeps that speaks TLS stands apart: the origin hears X-Forwarded-Proto and may answer by it.
    """
    kind, _, rest = arguments.store.partition(":")
    largest = arguments.largest
    if arguments.store == "memory":
        from whywire.apps.stores.memory import MemoryStore

        return MemoryStore(arguments.size or 256 << 20, largest)
    if kind == "disk" and rest:
        from whywire.apps.stores.disk import DiskStore

        folder = Path(rest, "tls") if arguments.cert else Path(rest)
        return DiskStore(folder, arguments.size or 10 << 30, largest, sync=arguments.sync)
    if kind in ("redis", "rediss", "valkey", "unix") and rest.startswith("//"):
        return _redis(arguments.store.replace("valkey:", "redis:", 1), largest, arguments)
    raise WhywireError(f"{arguments.store!r} names no store.", "There are: memory, disk:FOLDER, redis://HOST:PORT/DB")


def _redis(url: str, largest: int | None, arguments: argparse.Namespace) -> Store:
    from urllib.parse import urlsplit

    try:
        urlsplit(url)
        from whywire.apps.stores.redis import RedisStore

        prefix = "whywire:tls:" if arguments.cert else "whywire:"
        return RedisStore(url, largest or 64 << 20, prefix=prefix, owed=owed(url, arguments.port))
    except ModuleNotFoundError as error:
        raise WhywireError(f"--store {url} needs the package redis.", "pip install 'whywire[redis]'") from error
    except ValueError as error:
        raise WhywireError(f"{url!r} is no address of a Redis: {error}", "As in redis://127.0.0.1:6379/0") from error


def owed(url: str, port: int) -> Path | None:
    """Return the file of removals that a lost Redis is owed, of this user's proxy at ``port``; None for any port."""
    state = os.environ.get("XDG_STATE_HOME") or str(Path("~/.local/state").expanduser())
    name = hashlib.sha256(url.encode()).hexdigest()[:16]
    return Path(state, "whywire", f"owed-{port}-{name}") if port and state.startswith("/") else None


def admin_of(arguments: argparse.Namespace) -> str:
    """Return the administrator's address; empty for none."""
    if arguments.admin is not None:
        return "" if arguments.admin == "off" else str(arguments.admin)
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    folder = Path(runtime, "whywire") if runtime else Path(tempfile.gettempdir(), f"whywire-{os.geteuid()}")
    return str(folder / f"proxy-{arguments.port}.sock")


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port; give a number from 0 to 65535")
    return int(text)


def _ports(text: str) -> frozenset[int]:
    return frozenset(_port(one) for one in text.split(",") if one)


def links(text: str) -> int:
    """Read a number of connections."""
    if not text.isascii() or not text.isdigit() or not 0 < int(text) < 1 << 20:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of connections; give 1 or more")
    return int(text)


def size(text: str) -> int:
    """Read a number of bytes, with K, M, G or T for powers of 1024."""
    number, unit = (text[:-1], text[-1].upper()) if text[-1:].upper() in SIZES else (text, "")
    if not number.isascii() or not number.isdigit() or not 0 < int(number) < 1 << 40:
        raise argparse.ArgumentTypeError(f"{text!r} is not a size; give a number, or one with K, M, G or T")
    return int(number) * SIZES[unit]


def say(line: str) -> None:
    """Print a line at once, also into a pipe."""
    print(line, flush=True)
