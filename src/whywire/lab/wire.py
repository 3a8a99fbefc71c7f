"""The wire: carries each frame from host to host, late by the delay, and writes down what each host saw.

A frame is stamped twice: where it left (the kernel's receive stamp at the far end of the sender's link) and
where it arrived (just before it is handed to the receiver, so nothing that it causes has an earlier stamp).
Both copies carry the frame's number. The loop takes all that has left before it delivers what is due.
"""

from __future__ import annotations

import select
import time
from collections.abc import Callable
from dataclasses import dataclass
from heapq import heappop, heappush

from whywire.base.records import WireEvent
from whywire.capture.block import INBOUND, OUTBOUND, Interface
from whywire.capture.pcapng_writer import PcapngWriter
from whywire.lab import kernel
from whywire.lab.halt import halted
from whywire.lab.links import INTERFACE, HostLink
from whywire.lab.plan import Plan
from whywire.lab.ring import Ring
from whywire.lab.rules import DEEDS, DELAY, DROP, DUPLICATE, Rule, RuleBook
from whywire.lab.shared import WireState

ETHERNET = 1
_BROADCAST = 1  # the group bit of a destination's first byte

Record = tuple[int, bytes, int, int]
"""Time, frame, direction, number: what a host's capture gets."""


@dataclass(slots=True)
class Port:
    """A host's link as the wire sees it."""

    number: int
    """Of the host in the plan, from 0."""
    name: str
    mac: bytes
    interface: str
    """Of the wire's namespace, that leads to the host."""
    capture: PcapngWriter
    pending: list[Record]
    """Seen, not yet in the file: they are sorted first, as the two directions are stamped apart."""
    free_ns: int = 0
    """When the link has sent what was put on it before."""


class Wire:
    """Moves frames between the hosts' links until `stop`."""

    def __init__(self, plan: Plan, links: list[HostLink], capture_path: Callable[[str], object],
                 state: WireState, log: Callable[[WireEvent], None]) -> None:
        self._plan = plan
        self._state = state
        self._log = log
        self._rules = RuleBook(plan.rules)
        self._ring = Ring()
        self._ports: dict[int, Port] = {}
        for number, link in enumerate(links):
            file = open(str(capture_path(link.host.name)), "wb", buffering=1 << 18)  # noqa: PTH123, SIM115
            capture = PcapngWriter(file, [Interface(ETHERNET, 0, INTERFACE, f"host {link.host.name}")])
            self._ports[link.wire_index] = Port(number, link.host.name, link.mac, link.wire_name,
                                               capture, [])
        self._by_mac = {port.mac: port for port in self._ports.values()}
        self._heap: list[tuple[int, int, int, Port, bytes]] = []
        self._order = 0
        self._taken = self._delivered = self._deeds = 0
        self._bit_ns = 1_000_000_000 / plan.rate_bits if plan.rate_bits else 0.0
        for port in self._ports.values():
            port.capture.flush()

    def run(self, control: int) -> None:
        """Carry frames until ``control`` is readable."""
        kernel.timer_slack(1_000)
        descriptors = [self._ring.fileno(), control]
        while True:
            wait = max(0.0, (self._heap[0][0] - time.time_ns()) / 1e9) if self._heap else None
            ready, _, _ = select.select(descriptors, [], [], wait)
            self._take()
            self._release()
            self._write()
            if control in ready:
                return

    def stop(self) -> tuple[int, int]:
        """Take what has left, finish the files; return (frames taken, frames the kernel lost for us)."""
        self._take()
        self._write()
        return self._taken, self._ring.drops()

    def _take(self) -> None:
        while (found := self._ring.take()) is not None:
            stamp, interface, frame = found
            port = self._ports.get(interface)
            if port is not None:
                self._accept(stamp, port, frame)

    def _accept(self, stamp: int, port: Port, frame: bytes) -> None:
        self._taken += 1
        number = self._taken
        port.pending.append((stamp, frame, OUTBOUND, number))
        port.free_ns = max(stamp, port.free_ns) + int(len(frame) * 8 * self._bit_ns)
        due = port.free_ns + self._plan.delay_ns
        receivers = self._receivers(port, frame)
        rule = self._rules.match(port.name, frame)
        if rule is not None:
            self._deed(rule, stamp, number, port, receivers)
            if rule.kind == DROP:
                receivers = []
            elif rule.kind == DELAY:
                due += rule.delay_ns
        for receiver in receivers:
            self._push(due, number, receiver, frame)
            if rule is not None and rule.kind == DUPLICATE:
                self._push(due + rule.delay_ns, number, receiver, frame)
        self._state.put(self._taken, self._delivered, len(self._heap), stamp)

    def _receivers(self, port: Port, frame: bytes) -> list[Port]:
        if frame[0] & _BROADCAST:
            return [each for each in self._ports.values() if each is not port]
        receiver = self._by_mac.get(frame[:6])
        return [] if receiver is None or receiver is port else [receiver]

    def _push(self, due: int, number: int, receiver: Port, frame: bytes) -> None:
        self._order += 1
        heappush(self._heap, (due, self._order, number, receiver, frame))

    def _deed(self, rule: Rule, stamp: int, number: int, port: Port, receivers: list[Port]) -> None:
        for receiver in receivers:
            self._deeds += 1
            self._log(WireEvent(self._deeds, DEEDS[rule.kind], stamp, number, port.name, receiver.name,
                                rule.text, rule.delay_ns or None))

    def _release(self) -> None:
        heap = self._heap
        if self._plan.burst_ns:
            self._release_bursts()
            return
        while heap and heap[0][0] <= time.time_ns():
            _, _, number, receiver, frame = heappop(heap)
            self._deliver(receiver, number, frame)
            self._take()  # what the host answered at once; its stamp is older than that of the next delivery

    def _release_bursts(self) -> None:
        """Hand over together what is due for one host and what follows it closely."""
        while self._heap and self._heap[0][0] <= time.time_ns():
            receiver = self._heap[0][3]
            together = self._burst(receiver)
            with halted(self._state.process(receiver.number) if len(together) > 1 else 0):
                for number, frame in together:
                    self._deliver(receiver, number, frame)
            self._take()

    def _burst(self, receiver: Port) -> list[tuple[int, bytes]]:
        """Take the host's frames off the heap up to the first gap that is longer than the burst time."""
        together: list[tuple[int, bytes]] = []
        others = []
        limit = 0
        for entry in sorted(self._heap):
            due, _, number, to, frame = entry
            if to is receiver and (not together or due <= limit):
                together.append((number, frame))
                limit = due + self._plan.burst_ns
            else:
                others.append(entry)
        self._heap[:] = others  # sorted, so it is a heap
        return together

    def _deliver(self, receiver: Port, number: int, frame: bytes) -> None:
        stamp = time.time_ns()
        receiver.pending.append((stamp, frame, INBOUND, number))
        self._ring.send(receiver.interface, frame)
        self._counted(1, stamp)

    def _counted(self, frames: int, stamp: int) -> None:
        self._delivered += frames
        self._state.put(self._taken, self._delivered, len(self._heap), stamp)

    def _write(self) -> None:
        for port in self._ports.values():
            if port.pending:
                port.pending.sort(key=_stamp)
                for stamp, frame, direction, number in port.pending:
                    port.capture.packet(stamp, frame, 0, direction, number)
                port.pending.clear()
                port.capture.flush()


def _stamp(record: Record) -> int:
    return record[0]
