"""`whywire capture -i IFACE [FILTER] -o FILE`: records packets of this machine, and tells them while they come."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, BinaryIO

from whywire.base.errors import WhywireError
from whywire.cli import values

if TYPE_CHECKING:
    from whywire.cli.recording import Recording

HELP = """\
Record the packets of an interface into a pcapng file, print a line about each TCP connection when it is over, and tell
the story at the end: after Ctrl-C, --count packets, or --for some time.

FILTER has the common words of tcpdump: host A, net A/N, port P, portrange P-Q, each also with src or dst before it;
tcp, udp, icmp, icmp6, ip, ip6, arp; and, or, not, parentheses. The kernel applies it, so what it leaves out costs
nothing. Recording needs root or CAP_NET_RAW; whywire doctor says whether it is allowed here, and how to get it."""

EXAMPLE = """\
  sudo whywire capture -i lo tcp port 8080 -o mine.pcapng
  sudo whywire capture -i any 'host 10.0.0.2 and not port 22' -o mine.pcapng --for 30s
  sudo whywire capture -i eth0 -o mine.pcapng --live
"""

MOST_TOLD = 20_000
"""A longer recording ends with its summary instead of its story."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("filter", nargs="*", metavar="FILTER", help="which packets, in the words of tcpdump")
    parser.add_argument("-i", "--interface", required=True, metavar="IFACE", help="eth0, lo, ...; any: all of them")
    parser.add_argument("-o", "--output", required=True, metavar="FILE", help="the pcapng file to write")
    parser.add_argument("-c", "--count", type=values.packet, metavar="N", help="stop after N packets")
    parser.add_argument("--for", type=values.seconds, metavar="TIME", dest="seconds", help="stop after this time")
    parser.add_argument("--live", action="store_true", help="show the story in the browser while packets come")
    parser.add_argument("--quiet", action="store_true", help="tell nothing, only record")


def run(arguments: argparse.Namespace) -> int:
    """Record, then tell."""
    if not sys.platform.startswith("linux"):
        raise WhywireError("whywire capture needs Linux", "record with tcpdump or Wireshark; then: whywire explain")
    from whywire.cli.browser import showing
    from whywire.cli.recording import Recording
    from whywire.lab.bpf import compile_filter
    from whywire.lab.filters import parse
    from whywire.lab.sniffer import Sniffer

    text = " ".join(arguments.filter).strip()
    program = compile_filter(parse(text)) if text else None
    with Sniffer(arguments.interface, program) as sniffer, opened(arguments.output) as file, \
            showing(arguments.output, arguments.live) as url:
        recording = Recording(sniffer, file, None if arguments.quiet else say, f"filter: {text}" if text else None)
        with stopping(recording.stop):
            if url:
                say(f"the story while packets come: {url}")
            if not arguments.quiet:
                what = f"{arguments.interface}, {text}" if text else arguments.interface
                say(f"recording {what} into {arguments.output}; Ctrl-C ends it")
            recording.run(arguments.count, arguments.seconds)
    return told(recording, sniffer.ended, arguments)


def told(recording: Recording, ended: str, arguments: argparse.Namespace) -> int:
    """Say what was recorded, and its story; return the exit code."""
    from whywire.story.values import packet_count

    parts = [f"{packet_count(recording.packets)} in {arguments.output}",
             f"{recording.dropped:,} dropped by the kernel for want of room"]
    if recording.strange:
        parts.append(f"{recording.strange:,} left out, whose link is not known here")
    say(f"{ended}. {', '.join(parts)}" if ended else ", ".join(parts))
    if not recording.packets or arguments.quiet:
        return 0
    from whywire.cli.show import Wishes, show

    if recording.packets <= MOST_TOLD:
        return show(arguments.output, Wishes())
    from whywire.cli.summary import summary

    return summary(arguments.output, Wishes(), None)


def say(line: str) -> None:
    """Tell something beside the story."""
    from whywire.report.escape import visible

    print(visible(line), file=sys.stderr, flush=True)


@contextmanager
def stopping(stop: Callable[[], None]) -> Iterator[None]:
    """Let SIGINT and SIGTERM call ``stop``; a second one ends the process as always."""
    numbers = (signal.SIGINT, signal.SIGTERM)
    before: dict[int, object] = {}

    def handle(number: int, _frame: FrameType | None) -> None:
        signal.signal(number, before[number])  # type: ignore[arg-type]
        stop()

    try:
        for number in numbers:
            before[number] = signal.getsignal(number)
            signal.signal(number, handle)
    except ValueError:  # not in the main thread: whoever called us minds the signals
        before.clear()
    try:
        yield
    finally:
        for signum, handler in before.items():
            signal.signal(signum, handler)  # type: ignore[arg-type]


@contextmanager
def opened(output: str) -> Iterator[BinaryIO]:
    """Open the file to write; below sudo it belongs to the user who called. Raises WhywireError where it can't."""
    try:
        file = Path(output).open("wb", buffering=1 << 20)  # noqa: SIM115
        with file:
            user, group = os.environ.get("SUDO_UID", ""), os.environ.get("SUDO_GID", "")
            if os.geteuid() == 0 and user.isdigit() and group.isdigit():
                os.fchown(file.fileno(), int(user), int(group))
            yield file
    except OSError as error:
        raise WhywireError(f"{output} can't be written: {error.strerror}", "name another file with -o") from error
