"""Which options of `whywire proxy` mean something beside which others. One that would do nothing is refused by name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from whywire.base.errors import WhywireError

ASKED = ("purge", "stats", "list")
ADDRESS = frozenset(("words", "admin", "port"))
HTTP = ("forward", "allow_private", "connect_ports", "forwarded_for", "forwarded", "idle_time", "total_time", "unix",
        "cert", "key", "log", "log_format")
FORWARD = ("allow_private", "connect_ports")
Options = Mapping[str, object]
"""By the names of argparse."""


def refuse_unused(said: Options, defaults: Options) -> None:
    """Raise WhywireError for an option that is not as in ``defaults`` and that nobody would look at."""
    given = [name for name, value in defaults.items() if said.get(name) != value]
    words = said.get("words")
    first = str(words[0]) if isinstance(words, list) and words else ""
    for name, why, hint in _unused(first, said, given):
        if name in given:
            raise WhywireError(f"--{name.replace('_', '-')} {why}.", hint)


def _unused(first: str, said: Options, given: list[str]) -> Iterator[tuple[str, str, str]]:
    """Yield option, why it is not looked at, what to do."""
    if first in ASKED:
        for name in given:
            if name not in ADDRESS:
                yield name, f"is for a proxy that starts; {first} asks one that runs", \
                    "Give --port of the running proxy, or the --admin that it was started with."
        return
    if first.startswith("calc://"):
        for name in HTTP:
            yield name, "is for HTTP; a calculator's proxy has nothing like it", f"Leave it out: whywire proxy {first}"
    if not said.get("forward"):
        for name in FORWARD:
            yield name, "is for --forward; a proxy with an origin connects to that alone", "Leave it out."
    store = str(said.get("store"))
    if store.partition(":")[0] not in ("memory", "disk"):
        yield "size", "is for memory and disk; how much a Redis keeps is its own setting", "Set maxmemory there."
    if not store.startswith("disk:"):
        yield "sync", "is for --store disk:FOLDER", "Leave it out, or name a folder."
    if not said.get("log"):
        yield "log_format", "needs --log", "Name the file: --log access.log, or - for standard output."
    if not said.get("cert"):
        yield "key", "needs --cert", "Name the certificate chain too: --cert FILE."
    if said.get("unix"):
        yield "host", "is not looked at beside --unix", "Give one of them."
