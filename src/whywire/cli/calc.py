"""`whywire calc serve` and `whywire calc ask`: the calculator, its server and its client."""

from __future__ import annotations

import argparse
import re

HELP = """\
A calculator over TCP, with a protocol of its own: a header of 12 bytes and an expression there, JSON back.

`serve` works out expressions: + - * / % **, signs, parentheses, pi e tau, sin cos tan sqrt log max min pow rand.
`ask` asks one; without an expression it is a prompt (with a history), or asks each line of its input."""

EXAMPLE = """\
  whywire calc serve
  whywire calc ask '(2 + 3) * 4'
  whywire calc ask --steps 'max(2, 3) + sqrt(2) ** 2'
  whywire calc ask --port 9998 --max-age 60 'sin(pi / 2)'
  whywire calc ask
"""

_SIGNED = re.compile(r"-+ *[0-9.(]")
"""How an expression begins that looks like an option to argparse."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    children = parser.add_subparsers(metavar="serve|ask", dest="calc", required=True)
    _configure_serve(children.add_parser("serve", help="serve on port 9999 until Ctrl-C"))
    _configure_ask(children.add_parser("ask", help="ask for one expression, or at a prompt"))


def _configure_serve(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on (127.0.0.1; 0.0.0.0: all)")
    parser.add_argument("--port", type=_port, default=9999, help="the port to listen on (9999; 0: any that is free)")
    parser.add_argument("--fresh", type=_seconds, default=65535, metavar="SECONDS",
                        help="how long caches may keep a result (65535: for good; 0: not at all)")
    parser.add_argument("--connections", type=int, metavar="N", help="end after N connections")
    parser.add_argument("--quiet", action="store_true", help="print no line for each request")


def _configure_ask(parser: argparse.ArgumentParser) -> None:
    parser._negative_number_matcher = _SIGNED
    parser.add_argument("expression", nargs="*", metavar="EXPRESSION", help="what to work out; quote it for the shell")
    parser.add_argument("--host", default="127.0.0.1", help="where the calculator, or a proxy, listens (127.0.0.1)")
    parser.add_argument("--port", type=_port, default=9999, help="its port (9999; a proxy's is 9998)")
    parser.add_argument("--steps", action="store_true", help="show the expression rewritten, one operation at a time")
    parser.add_argument("--max-age", type=_seconds, default=65535, metavar="SECONDS",
                        help="the oldest answer to take from a cache (65535: any; 0: none)")
    parser.add_argument("--no-cache", action="store_true", help="take no answer from a cache")


def run(arguments: argparse.Namespace) -> int:
    """Serve, or ask."""
    return _serve(arguments) if arguments.calc == "serve" else _ask(arguments)


def _serve(arguments: argparse.Namespace) -> int:
    from whywire.apps.calc.server import Options
    from whywire.apps.calc.server import run as serve

    say = _quiet if arguments.quiet else _say
    return serve(Options(arguments.host, arguments.port, arguments.fresh, arguments.connections, say=say))


def _say(line: str) -> None:
    print(line, flush=True)


def _quiet(line: str) -> None:
    if "listens" in line:
        print(line, flush=True)


def _ask(arguments: argparse.Namespace) -> int:
    from whywire.apps.calc.client import Wish
    from whywire.cli.calc_prompt import Asking

    wish = Wish(arguments.steps, not arguments.no_cache, arguments.max_age)
    asking = Asking(arguments.host, arguments.port, wish)
    if arguments.expression:
        return asking.one(" ".join(arguments.expression))
    return asking.prompt()


def _port(word: str) -> int:
    return _number(word, 65535, "a port")


def _seconds(word: str) -> int:
    return _number(word, 65535, "a number of seconds")


def _number(word: str, most: int, what: str) -> int:
    if not (word.isascii() and word.isdigit() and int(word) <= most):
        raise argparse.ArgumentTypeError(f"{word!r} is not {what} (0 to {most})")
    return int(word)
