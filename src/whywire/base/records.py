"""The two records that both banks speak: what a program asked of its kernel, and what the wire did on purpose.

The lab writes them (``calls.jsonl``, ``wire.jsonl``), the readers read them; the JSON keys are the field
names, and a field that is None is left out. All times are CLOCK_REALTIME in nanoseconds, the clock of the packets.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a program that touched the network, or a wait between two of them.

    ``number`` is unique in the run and rises with ``start_ns``. ``socket`` is a number that names one
    socket of the run through all its calls (a forked child keeps the number). ``local`` and ``peer`` are
    endpoints as text (``10.0.0.1:51270``), known for connected sockets; for a listening one only ``local``.
    """

    number: int
    host: str
    program: str
    """How the story names the program: its file name (``client.py``) or its command's first word."""
    pid: int
    tid: int
    name: str
    """connect, accept, listen, bind, send, sendall, sendto, sendmsg, sendfile, recv, recv_into, recvfrom,
    recvmsg, close, shutdown, setsockopt, sleep, select, poll, epoll, exit."""
    start_ns: int
    end_ns: int | None = None
    """None: the call had not returned when the recording stopped; it was still waiting."""
    socket: int | None = None
    fd: int | None = None
    args: str = ""
    """The arguments as a reader wants to see them: ``1024``, ``('server', 12345)``, ``13 bytes``."""
    result: str | None = None
    error: str | None = None
    """``ConnectionResetError: [Errno 104] Connection reset by peer``; None when it succeeded."""
    byte_count: int | None = None
    """Payload bytes that the call moved: taken by the kernel (send) or handed over (recv, 0 at the end)."""
    accepted: int | None = None
    """For accept: the socket number of the new connection; ``local`` and ``peer`` are those of the new one."""
    how: str | None = None
    """For close: ``call``, ``garbage`` (the object was collected), ``exit`` (the process ended). For shutdown:
    ``read``, ``write``, ``both``. For setsockopt: the option, e.g. ``SO_LINGER``."""
    local: str | None = None
    peer: str | None = None
    file: str | None = None
    """The program's file, as it is named below ``sources/<host>/``."""
    line: int | None = None
    function: str | None = None
    source: str | None = None
    """The source line, stripped."""


@dataclass(frozen=True, slots=True)
class WireEvent:
    """One deed of the wire beyond carrying the frame: it dropped, duplicated, reordered, ... frame ``frame``."""

    number: int
    kind: str
    """dropped, delayed, duplicated, reordered, corrupted, overflow."""
    time_ns: int
    frame: int
    """The frame's number, the pcapng packet id that both its copies carry."""
    sender: str
    """The host that sent the frame."""
    receiver: str
    rule: str = ""
    """The rule of the lab's wire that did it, as written in the lab's file."""
    delay_ns: int | None = None
