"""What `whywire capture` does while it records: every frame into the file, and a line about what is over."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import BinaryIO

from whywire.capture.block import Interface
from whywire.capture.pcapng_writer import PcapngWriter
from whywire.cli.flows import KEPT_BYTES, TOO_MANY, Flows, Packet
from whywire.lab.sniffer import LINK_TYPES, Frame, Sniffer, interface_name

EVERY_S = 0.1


class Recording:
    """What is being recorded."""

    def __init__(self, sniffer: Sniffer, file: BinaryIO, say: Callable[[str], None] | None,
                 comment: str | None = None) -> None:
        """``say`` gets the lines about connections; without it nothing is told."""
        self._sniffer = sniffer
        self._say = say
        self._writer = PcapngWriter(file, system=f"Linux {os.uname().release}", comment=comment)
        self._interfaces: dict[int, int] = {}
        self._flows = Flows() if say else None
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
            self._tell([], 1 << 63)

    def stop(self) -> None:
        """End the recording after the packets that have come."""
        self.stopped = True

    def _step(self, count: int | None) -> None:
        """Write what has come, and tell what is over."""
        taken: list[Packet] = []
        telling = self._flows is not None
        for frame in self._sniffer.frames():
            if self.packets == count:
                break
            link_type = LINK_TYPES.get(frame.hardware)
            if link_type is None:
                self.strange += 1
                continue
            index = self._interfaces.get(frame.interface)
            if index is None:
                index = self._interface(frame, link_type)
            self._writer.packet(frame.time_ns, frame.data, index, frame.direction, original=frame.original)
            self.packets += 1
            if telling:
                taken.append(Packet(link_type, frame.time_ns, frame.data[:KEPT_BYTES], frame.original))
                if len(taken) > TOO_MANY and self._say:
                    self._say("too many packets to tell them beside recording them; the story comes at the end")
                    self._flows, telling = None, False
        self._writer.flush()
        if self.packets == count:
            self.stopped = True
        if self._flows is not None:
            self._tell(taken, time.time_ns())

    def _tell(self, taken: list[Packet], now_ns: int) -> None:
        if self._flows is not None and self._say is not None:
            lines = self._flows.take(taken) if taken else []
            for line in (*lines, *self._flows.settled(now_ns)):
                self._say(line)

    def _interface(self, frame: Frame, link_type: int) -> int:
        """Declare the interface that a frame came from; return its number in the file."""
        index = self._writer.add_interface(Interface(link_type, name=interface_name(frame.interface)))
        self._interfaces[frame.interface] = index
        return index
