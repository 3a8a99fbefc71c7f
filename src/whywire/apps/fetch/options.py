"""What can be chosen of a fetch, and what it ends with."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

Headers = tuple[tuple[bytes, bytes], ...]

ALL, FAILED, UNUSABLE, REFUSED, ELSEWHERE = 0, 1, 2, 3, 4
"""Exit codes: everything was fetched; something was not (no connection, no answer, broken off, can't be saved);
words that make no request; a server answered with 4xx or 5xx; a redirect was not followed. Of several, the first
of FAILED, REFUSED, ELSEWHERE."""


def worst(codes: set[int]) -> int:
    """Return the exit code for what happened to all links."""
    return next((code for code in (FAILED, REFUSED, ELSEWHERE) if code in codes), ALL)


@dataclass(frozen=True, slots=True)
class Options:
    """What ``whywire fetch`` was told. Times in seconds."""

    folder: Path = Path()
    """Bodies are saved here and nowhere else."""
    page: bool = False
    """Also fetch what a page needs."""
    connections: int = 6
    """Of a page, at most so many at a time; six, as browsers have."""
    head: bool = False
    """Ask with HEAD, show the fields, save nothing."""
    headers: Headers | None = None
    """All header fields of the requests; None: the usual ones."""
    page_headers: Headers | None = None
    """Those of the requests for what a page needs; None: as ``headers``."""
    classic: bool = False
    """Of header fields only Connection."""
    close: bool = False
    """Ask the server to close after each answer."""
    compressed: bool = False
    """Ask for gzip, and undo it."""
    stay: bool = False
    """At the end, wait until the server closes, as a browser's connections do."""
    pause_s: float = 0.0
    """Wait so long between two requests."""
    timeout_s: float = 30.0
    """For connecting, and for each time that nothing comes."""
    redirects: int = 1
    """Followed for each link."""
    follow_hosts: bool = False
    """Redirects and things of a page at other servers are fetched too."""
    overwrite: bool = False
    """A file of the same name is replaced; otherwise the new one gets a number."""
    fresh: bool = False
    """Partial files are not gone on with."""
    authorities: Path | None = None
    """Certificates (PEM) that are trusted instead of the system's."""
