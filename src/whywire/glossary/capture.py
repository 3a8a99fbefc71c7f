"""Terms of captures, and of what is true of them and not of the network."""

from __future__ import annotations

from whywire.glossary.term import Term

TERMS = (
    Term("vantage point",
         "where a capture was taken: at the client, at the server, or in between",
         "Times mean different things: at the client, SYN to SYN-ACK is the round trip; at the server it is next to "
         "nothing, and the round trip lies between SYN-ACK and ACK.",
         "of the capture", ("RTT",), ("capture point",)),
    Term("super-segment",
         "a captured segment larger than the MSS, cut or joined by the network card",
         "With segmentation offload (TSO, GSO) the kernel hands the card up to 64 kB at once; with GRO or LRO "
         "arriving segments are joined. A capture on that host sees the large ones, the wire carries small ones.",
         "of the capture", ("MSS", "checksum offload"), ("TSO", "GSO", "GRO", "LRO", "segmentation offload")),
    Term("checksum offload",
         "the network card computes the checksum, after the capture saw the packet",
         "So captures on the sending host hold unfinished checksums. On loopback they are never finished.",
         "RFC 9293 3.1; Linux CHECKSUM_PARTIAL", ("super-segment", "checksum")),
    Term("checksum",
         "16 bits over the segment and its addresses; a segment that does not fit is thrown away",
         "It finds accidental damage; it is no protection against somebody who changes a packet on purpose.",
         "RFC 9293 3.1", ("checksum offload",)),
    Term("snap length",
         "how many bytes of each packet a capture keeps",
         "Packets cut by it still say how long they were. Headers are enough to explain TCP, not to read what was "
         "sent.",
         "pcap, `tcpdump -s`", (), ("snaplen",)),
    Term("loopback",
         "a host's network to itself: 127.0.0.1 and ::1",
         "No wire and no loss, an MTU of 65,536, and round trips of microseconds. Programs that work there can meet "
         "their first split message on a real network.",
         "RFC 1122 3.2.1.3", ("MTU",)),
    Term("proxy",
         "a program between client and server that is the server of one and the client of the other",
         "Two connections with numbers, windows and round trips of their own; only the bytes are passed on, and "
         "perhaps answered from a cache.",
         "RFC 9110 3.7", ("port",)),
)
"""In reading order."""
