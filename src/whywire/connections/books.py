"""What the origins of packets hang on: a few numbers of each direction, kept while a capture is walked (`origins`)."""

from __future__ import annotations

from array import array

from whywire.base.columns import Columns

SYN_SEEN, SYN_ACK_SEEN, SYN_SENT = 1, 2, 4
"""Bits of ``seen``: there was a SYN, a SYN-ACK; its SYN takes a number."""
FLOW_COLUMNS = (
    ("heard", "I"),  # kinds of its last packet
    ("ttl", "h"),  # of its first packet; NO_TTL none
    ("seen", "B"),
    ("spoke", "B"),  # 1: it has sent something; 2: and `begin` is set
    ("begin", "q"),  # its first position
    ("acked", "q"),  # the highest position that it has acknowledged; NO_ACK none
    ("window", "q"),  # its last window in bytes; -1 none that can be compared
    ("quickest", "q"),  # shortest time from the peer's data to its ACK
    ("late", "I"),  # ACKs that a timer sent if the capture was taken at this side, and else came at once
    ("syn", "q"),  # time of its last SYN before the SYN-ACK; NO_TIME none
)

class Ends(Columns):
    """What the origins of packets hang on, two rows a connection as in `flows`."""

    heard: array[int]
    ttl: array[int]
    seen: array[int]
    spoke: array[int]
    begin: array[int]
    acked: array[int]
    window: array[int]
    quickest: array[int]
    late: array[int]
    syn: array[int]

    def __init__(self) -> None:
        super().__init__(FLOW_COLUMNS)
