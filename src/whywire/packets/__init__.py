"""Packets: frames become rows of a `PacketTable`, one typed column a header field.

``table``     `PacketTable`, `Capture`: what leaves this room
``decode``    `decode_capture`: one pass over a capture, layer by layer
``merge``     `open_view`: a run's hosts as one capture, or one of them
``rows``      `is_tcp`, `sack_blocks`, `skipped`
``dissect``   `dissect`: every header field of one frame, with its meaning
``layers``    the cursor and the layers' numbers; ``names`` what a number on the wire is called
``ethernet``, ``cooked``, ``loopback``, ``raw``, ``ppp``, ``infiniband``   link layers
``ip4``, ``ip6``, ``gre``, ``udp``, ``tcp``                                what is behind them
"""

from whywire.packets.decode import decode_capture
from whywire.packets.rows import is_tcp, sack_blocks, skipped
from whywire.packets.table import Capture, PacketTable

__all__ = ["Capture", "PacketTable", "decode_capture", "is_tcp", "sack_blocks", "skipped"]
