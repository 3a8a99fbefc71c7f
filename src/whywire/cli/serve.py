"""`whywire serve [DIR]`: the file server."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from whywire.base.errors import WhywireError
from whywire.cli.values import seconds

if TYPE_CHECKING:
    from whywire.apps.http.settings import Settings
    from whywire.apps.site import Site

HELP = """\
Serve the files of a folder over HTTP/1.1, to this machine only unless --host says otherwise.

Stops with Ctrl-C or SIGTERM after the answers that have begun. SIGHUP reads --config and the certificate again,
SIGUSR1 goes on in a new log file. Sockets that systemd hands over (LISTEN_FDS) are taken instead of an own one."""

EXAMPLE = """\
  whywire serve
  whywire serve public --port 8080 --listing
  whywire serve public --host :: --cert chain.pem --key key.pem --workers 2 --log access.log
  whywire serve --profile classic --serial
"""

CLASSIC_PORT = 12345
# Options of one profile only: refused with the other, because an option that does nothing misleads
ONLY_CLASSIC = {"serial": "--serial", "two_writes": "--two-writes"}
ONLY_DEFAULT = {"listing": "--listing", "config": "--config", "unix": "--unix", "workers": "--workers",
                "cert": "--cert", "key": "--key", "log": "--log", "log_format": "--log-format", "metrics": "--metrics",
                "check_every": "--check-every"}
LIMITS = (
    ("connections", 1, "N", "open connections in all, for each worker"),
    ("per-address", 0, "N", "open connections of one client address; 0: any number"),
    ("requests", 1, "N", "requests on one connection"),
    ("head", 256, "BYTES", "the head of a request; larger: 431"),
    ("line", 64, "BYTES", "the first line of a request; longer: 414"),
    ("fields", 1, "N", "header fields of a request; more: 431"),
    ("head-time", 0.1, "TIME", "for a whole head, from its first byte"),
    ("idle-time", 0.0, "TIME", "between two requests"),
    ("body-time", 0.1, "TIME", "without a byte of the content"),
    ("body-rate", 0, "BYTES", "of content a second, at least, behind the first --body-time; 0: any"),
    ("write-time", 0.1, "TIME", "without the client taking a byte of the answer"),
    ("drain-time", 0.0, "TIME", "for answers that have begun when the server stops"),
)
"""Fields of Settings that are options, with the least that still serves somebody: a time where it is a float."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("folder", metavar="DIR", nargs="?", default=".", help="the folder to serve (.)")
    parser.add_argument("--host", type=address, default="127.0.0.1",
                        help="the address to listen on (127.0.0.1; :: and 0.0.0.0: all)")
    parser.add_argument("--port", type=port, metavar="N", help="the port (8000; classic 12345; 0: any that is free)")
    parser.add_argument("--unix", type=address, metavar="PATH", help="listen on a Unix socket instead")
    parser.add_argument("--cert", metavar="FILE", help="certificate chain in PEM: speak TLS")
    parser.add_argument("--key", metavar="FILE", help="its private key in PEM (in the same file as --cert)")
    parser.add_argument("--workers", type=positive, metavar="N", help="processes (1)")
    site = parser.add_argument_group("the site")
    site.add_argument("--listing", action="store_true", default=None, help="list folders that have no index page")
    site.add_argument("--config", metavar="TOML", help="redirects, error pages, headers and types")
    site.add_argument("--check-every", type=seconds, metavar="TIME",
                      help="how long a file in memory is taken as unchanged (1s; 0: never)")
    seen = parser.add_argument_group("what can be seen of it")
    seen.add_argument("--log", metavar="FILE", help="access log; -: standard output (none)")
    seen.add_argument("--log-format", choices=("common", "combined", "json"), help="its format (combined)")
    seen.add_argument("--metrics", metavar="HOST:PORT", help="answer GET /metrics there, for Prometheus (nowhere)")
    limits = parser.add_argument_group("limits")
    for name, least, shown, text in LIMITS:
        limits.add_argument(f"--{name}", type=at_least(least), metavar=shown, help=text)
    classic = parser.add_argument_group("the server of the recordings")
    classic.add_argument("--profile", choices=("default", "classic"), default="default",
                         help="classic: the small server of the labs, byte for byte")
    classic.add_argument("--serial", action="store_true", default=None, help="classic: one connection at a time")
    classic.add_argument("--two-writes", action="store_true", default=None, help="classic: head and body apart")


def port(text: str) -> int:
    """Read a port."""
    if not text.isascii() or not text.isdigit() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port; give a number from 0 to 65535")
    return int(text)


def count(text: str) -> int:
    """Read a count."""
    if not text.isascii() or not text.isdigit() or int(text) > 1 << 40:
        raise argparse.ArgumentTypeError(f"{text!r} is not a count")
    return int(text)


def at_least(least: float) -> Callable[[str], float]:
    """Return what reads a count, or a time where ``least`` is a float."""
    def read(text: str) -> float:
        found = seconds(text) if isinstance(least, float) else count(text)
        if found < least:
            raise argparse.ArgumentTypeError(f"with {text!r} nobody would be served; give {least:g} or more")
        return found

    return read


def address(text: str) -> str:
    """Read an address to listen on. An empty one would mean all, and that has to be said."""
    if not text:
        raise argparse.ArgumentTypeError("it is empty; give an address, such as 127.0.0.1, or 0.0.0.0 for all")
    return text


def positive(text: str) -> int:
    """Read a count of at least 1."""
    if not 1 <= count(text) <= 256:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of processes; give 1 to 256")
    return int(text)


def run(arguments: argparse.Namespace) -> int:
    """Serve until stopped."""
    only = ONLY_DEFAULT if arguments.profile == "classic" else ONLY_CLASSIC
    wrong = [option for name, option in only.items() if getattr(arguments, name) is not None]
    if wrong:
        raise WhywireError(f"{wrong[0]} does nothing with --profile {arguments.profile}.",
                           "Leave one of the two away.")
    return _classic(arguments) if arguments.profile == "classic" else _serve(arguments)


def _classic(arguments: argparse.Namespace) -> int:
    from whywire.apps import classic

    folder = Path(arguments.folder)
    options = classic.Options(
        folder=folder, host=arguments.host, port=CLASSIC_PORT if arguments.port is None else arguments.port,
        serial=bool(arguments.serial), two_writes=bool(arguments.two_writes))
    classic.run(options, say, lambda number: say(
        f"Serving {folder} on http://{arguments.host}:{number}/ (classic). Ctrl-C stops."))
    return 0


def _serve(arguments: argparse.Namespace) -> int:
    from whywire.apps.http.serving import serve
    from whywire.apps.http.worker import Serving

    if arguments.unix and arguments.port is not None:
        raise WhywireError("--port does nothing with --unix.", "Leave one of the two away.")
    if arguments.key and not arguments.cert:
        raise WhywireError("--key without --cert.", "Give the certificate chain with --cert too.")
    make(arguments).close()  # what is wrong with folder or configuration is said before anything listens
    serving = Serving(
        make=lambda: make(arguments), settings=settings(arguments), host=arguments.host,
        port=8000 if arguments.port is None else arguments.port, unix=arguments.unix or "", cert=arguments.cert or "",
        key=arguments.key or "", workers=arguments.workers or 1, log=arguments.log or "",
        log_format=arguments.log_format or "combined", metrics=arguments.metrics or "")
    serve(serving, lambda where: say(f"Serving {arguments.folder} on {', '.join(where)}. Ctrl-C stops."))
    return 0


def make(arguments: argparse.Namespace) -> Site:
    """Return the site. Raises WhywireError."""
    from whywire.apps.site import Rules, Site, SiteConfig, load_rules

    return Site(SiteConfig(
        root=arguments.folder, listing=bool(arguments.listing),
        check_every=1.0 if arguments.check_every is None else arguments.check_every,
        rules=load_rules(arguments.config) if arguments.config else Rules()))


def settings(arguments: argparse.Namespace) -> Settings:
    """Return the limits that the options ask for."""
    from whywire.apps.http.settings import Settings

    names = (name.replace("-", "_") for name, *_ in LIMITS)
    said = {name: getattr(arguments, name) for name in names}
    return Settings(drain_first=True, **{name: value for name, value in said.items() if value is not None})


def say(line: str) -> None:
    """Print a line at once, also into a pipe."""
    print(line, flush=True)
    sys.stdout.flush()
