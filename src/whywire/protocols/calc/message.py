"""One message of the calculator: a header of 12 bytes in network byte order, and data.

    0               4       6                    8             10      12
    | unix time u32 | len   | 3 res, C, S, T, 10 status | cache control | pad |

``len`` counts the whole message, header included. Reserved bits and pad are sent as 0 and ignored when read.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from struct import Struct

HEADER = Struct("!IHHHH")
HEADER_BYTES = HEADER.size
MOST_BYTES = 0xFFFF
RESERVED, CACHE_BIT, STEPS_BIT, REQUEST_BIT, STATUS_BITS = 0xE000, 1 << 12, 1 << 11, 1 << 10, 0x3FF
NOT_CACHED, FOR_GOOD = 0, 65535
"""Cache control at its ends: in a request no answer from a cache, or one of any age; in an answer likewise."""


class CalcError(ValueError):
    """The message can't be written, or (strict) what came can't be a message. The text says why."""


@dataclass(frozen=True, slots=True)
class Message:
    """A request or an answer. ``start`` and ``end`` are filled in by the reader: offsets in its stream."""

    is_request: bool
    time: int
    """Seconds since 1970, by the sender's clock."""
    data: bytes | None
    """Request: the expression as UTF-8. Answer: JSON with ``result`` (and ``steps``), or ``error``. None: not known,
    because the capture holds less of the message than was on the wire."""
    status: int = 0
    """Of a request 0; of an answer 200, 4xx (the client's fault) or 5xx (the server's)."""
    may_cache: bool = False
    """Request: a cached answer is welcome. Answer: it may be stored."""
    steps: bool = False
    cache_seconds: int = NOT_CACHED
    start: int = 0
    end: int = 0
    raw: bytes = field(default=b"", compare=False, repr=False)
    """As it came, where the reader was asked to keep that: for who passes it on unchanged."""

    @property
    def text(self) -> str | None:
        """The data as text; what is not UTF-8 shows as U+FFFD. None: not known."""
        return None if self.data is None else self.data.decode("utf-8", "replace")
