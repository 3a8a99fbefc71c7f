"""`whywire capture -i IFACE [FILTER] -o FILE`: records packets of this machine, and tells them while they come."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, BinaryIO

from whywire.base.errors import WhywireError
from whywire.cli import values

if TYPE_CHECKING:
    from whywire.cli.flows import Packet
    from whywire.lab.sniffer import Frame, Sniffer

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

EVERY_S = 0.1
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
    from whywire.lab.bpf import compile_filter
    from whywire.lab.filters import parse
    from whywire.lab.sniffer import Sniffer

    text = " ".join(arguments.filter).strip()
    program = compile_filter(parse(text)) if text else None
    with Sniffer(arguments.interface, program) as sniffer, opened(arguments.output) as file, \
            showing(arguments.output, arguments.live) as url:
        tell = say_nothing if arguments.quiet else say
        recording = Recording(sniffer, file, tell, (f"filter: {text}" if text else None))
        with stopping(recording.stop):
            what = f"{arguments.interface}, {text}" if text else arguments.interface
            if url:
                tell(f"the story while packets come: {url}")
            tell(f"recording {what} into {arguments.output}; Ctrl-C ends it")
            recording.run(arguments.count, arguments.seconds)
    return recording.told(arguments)


class Recording:
    """What is being recorded."""

    def __init__(self, sniffer: Sniffer, file: BinaryIO, say: Callable[[str], None], comment: str | None) -> None:
        from whywire.capture.pcapng_writer import PcapngWriter
        from whywire.cli.flows import Flows

        self._sniffer = sniffer
        self._say = say
        self._writer = PcapngWriter(file, system=f"Linux {os.uname().release}", comment=comment)
        self._interfaces: dict[int, int] = {}
        self._flows: Flows | None = None if say is say_nothing else Flows()
        self.packets = self.dropped = self.strange = 0
        self.stopped = False

    def run(self, count: int | None, seconds: float | None) -> None:
        """Record until one of these is reached, the interface goes, or `stop` is called."""
        end = None if seconds is None else time.monotonic() + seconds
        while not self.stopped and not self._sniffer.ended:
            left = EVERY_S if end is None else min(EVERY_S, end - time.monotonic())
            if left <= 0:
                break
            self._sniffer.wait(left)
            self._step(count)
        if not count or self.packets < count:
            self._sniffer.finish()
            self._step(count)
        self.dropped += self._sniffer.drops()
        if self._flows is not None:
            for line in self._flows.settled(1 << 63):
                self._say(line)

    def stop(self) -> None:
        """End the recording after the packets that have come."""
        self.stopped = True

    def _step(self, count: int | None) -> None:
        """Write what has come, and tell what is over."""
        taken: list[Packet] = []
        for frame in self._sniffer.frames():
            if count is not None and self.packets >= count:
                break
            packet = self._write(frame)
            if packet is not None:
                taken.append(packet)
        self._writer.flush()
        if count is not None and self.packets >= count:
            self.stopped = True
        if self._flows is None:
            return
        if taken:
            from whywire.cli.flows import TOO_MANY

            if len(taken) > TOO_MANY:
                self._say("too many packets to tell them beside recording them; the story comes at the end")
                self._flows = None
                return
            for line in self._flows.take(taken):
                self._say(line)
        for line in self._flows.settled(time.time_ns()):
            self._say(line)

    def _write(self, frame: Frame) -> Packet | None:
        """Write a frame; return it where its link is known here."""
        from whywire.capture.block import Interface
        from whywire.cli.flows import Packet
        from whywire.lab.sniffer import LINK_TYPES, interface_name

        link_type = LINK_TYPES.get(frame.hardware)
        if link_type is None:
            self.strange += 1
            return None
        index = self._interfaces.get(frame.interface)
        if index is None:
            index = self._writer.add_interface(Interface(link_type, name=interface_name(frame.interface)))
            self._interfaces[frame.interface] = index
        self._writer.packet(frame.time_ns, frame.data, index, frame.direction, original=frame.original)
        self.packets += 1
        return Packet(link_type, frame.time_ns, frame.data, frame.original)

    def told(self, arguments: argparse.Namespace) -> int:
        """Say what was recorded, and its story; return the exit code."""
        from whywire.story.values import packet_count

        ended = f"{self._sniffer.ended}. " if self._sniffer.ended else ""
        say(f"{ended}{packet_count(self.packets)} in {arguments.output}, {self.dropped:,} dropped by the kernel for "
             f"want of room{f', {self.strange:,} of a link that is not known here' if self.strange else ''}")
        if not self.packets or arguments.quiet:
            return 0
        from whywire.cli.show import Wishes, show

        if self.packets <= MOST_TOLD:
            return show(arguments.output, Wishes())
        from whywire.cli.summary import summary

        return summary(arguments.output, Wishes(), None)


def say(line: str) -> None:
    """Tell something beside the story."""
    from whywire.report.escape import visible

    print(visible(line), file=sys.stderr, flush=True)


def say_nothing(line: str) -> None:
    """Tell nothing."""


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
        file = Path(output).open("wb")  # noqa: SIM115
        with file:
            user, group = os.environ.get("SUDO_UID", ""), os.environ.get("SUDO_GID", "")
            if os.geteuid() == 0 and user.isdigit() and group.isdigit():
                os.fchown(file.fileno(), int(user), int(group))
            yield file
    except OSError as error:
        raise WhywireError(f"{output} can't be written: {error.strerror}", "name another file with -o") from error
