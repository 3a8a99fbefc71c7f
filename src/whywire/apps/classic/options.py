"""What can be chosen of the classic server."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Options:
    """What ``whywire serve --profile classic`` was told."""

    folder: Path
    host: str = "127.0.0.1"
    """Address to listen on; ``::1`` and other IPv6 ones too."""
    port: int = 12345
    """0: the kernel chooses a free one."""
    serial: bool = False
    """One connection at a time; the others wait in the accept queue."""
    two_writes: bool = False
    """Head and body in two writes instead of one."""
    idle_s: float = 1.0
    """A connection without a request for so long, since accept or the last answer, is closed."""
    send_s: float = 60.0
    """A client that takes nothing for so long is given up."""
    most: int = 512
    """Connections at a time; more wait in the accept queue."""
