"""What is to run: plain data, made by the command line or by a lab of the catalogue."""

from __future__ import annotations

from dataclasses import dataclass

from whywire.lab.files import File
from whywire.lab.rules import Rule

CLIENT, SERVER = "client", "server"


@dataclass(frozen=True, slots=True)
class HostPlan:
    """A virtual host and the program it runs."""

    name: str
    """Letters, digits, ``-``; it is the host's name in the network and of its files in the run folder."""
    address: str
    """IPv4, all hosts share one /24 network."""
    command: str
    """As typed; ``{server}`` and ``{client}`` (any host's name in braces) stand for hosts' names, ``{python}``
    for the Python that whywire runs with, ``{scratch}`` for a folder that is removed after the run."""
    role: str = CLIENT
    """``server``: is started first, and waited for until it listens. ``client``: starts then; the run is over
    when all clients have ended."""
    cwd: str = "."
    environment: tuple[tuple[str, str], ...] = ()
    """Set for the program, on top of the environment of whywire."""
    times: int = 1
    """The program is started so often, each time when the last one has ended."""
    files: tuple[File, ...] = ()
    """Where there are any, the program runs in a folder of its own in the run folder, with these in it."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A run. Times in nanoseconds unless the name says ``_s`` (seconds)."""

    name: str
    title: str = ""
    hosts: tuple[HostPlan, ...] = ()
    delay_ns: int = 5_000_000
    """One way, for each frame."""
    rate_bits: int = 100_000_000
    """Of each host's link, bits per second; 0: no limit."""
    burst_ns: int = 0
    """A frame is handed over with the one before it for the same host when it is due at most so much later, like
    by a network card that interrupts once for several (``ethtool -C rx-usecs``). The host's programs are halted
    meanwhile, so that they find all of it or nothing. Less than the delay; 0: each at its own time."""
    rules: tuple[Rule, ...] = ()
    quiet_s: float = 1.0
    """The run ends when nothing has moved for so long."""
    timeout_s: float = 60.0
    """The run ends after so long in any case."""
    listen_s: float = 10.0
    """How long a server may take until it listens."""
    trace: bool = True


def two_hosts(name: str, server: str, client: str, *, title: str = "", cwd: str = ".") -> Plan:
    """Return the usual plan: ``client`` 10.0.0.1, ``server`` 10.0.0.2, 5 ms each way."""
    return Plan(name, title, (HostPlan(CLIENT, "10.0.0.1", client, CLIENT, cwd),
                              HostPlan(SERVER, "10.0.0.2", server, SERVER, cwd)))
