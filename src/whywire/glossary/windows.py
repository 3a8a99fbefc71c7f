"""Terms of flow control, loss and congestion."""

from __future__ import annotations

from whywire.glossary.term import Term

TERMS = (
    Term("window",
         "how many bytes more a side has room for in its receive buffer",
         "Announced with every ACK, and counted from the ACK number. It shrinks as bytes lie unread and opens as the "
         "program reads. It is about the reader's memory; what the network can carry is the congestion window's "
         "matter.",
         "RFC 9293 3.8.6", ("receive buffer", "window scaling", "zero window", "congestion window"),
         ("receive window", "rwnd")),
    Term("zero window",
         "a window of 0: the receive buffer is full, the sender must wait",
         "The receiving program does not read as fast as bytes come. When it has read, its kernel sends a window "
         "update; in case that is lost, the sender asks from time to time.",
         "RFC 9293 3.8.6, 3.8.6.1", ("window", "window probe", "window update")),
    Term("window probe",
         "the sender asks whether a closed window has opened",
         "Sent on the persist timer, with growing pauses: one byte, or on Linux none and an old sequence number, "
         "which makes the receiver answer with its window. A receiver that answers keeps the connection alive for as "
         "long as it likes.",
         "RFC 9293 3.8.6.1", ("zero window", "keep-alive"), ("zero-window probe", "persist timer")),
    Term("window update",
         "an ACK that says nothing new but a larger window",
         "Sent when the program has read enough to make room that is worth telling.",
         "RFC 9293 3.8.6.2.2", ("window", "silly window syndrome")),
    Term("window full",
         "the sender has filled the window: no byte more until an ACK or update comes",
         "Flow control at work, no error. Where it is frequent, window and round trip set the speed.",
         "RFC 9293 3.8.6", ("window", "bytes in flight")),
    Term("silly window syndrome",
         "tiny windows answered by tiny segments, on and on",
         "Avoided from both ends: a receiver announces new room only when there is a good deal of it, and a sender "
         "does not send tiny segments for tiny room.",
         "RFC 9293 3.8.6.2", ("window update", "Nagle"), ("SWS",)),
    Term("congestion window",
         "how many bytes a sender trusts the network with before an ACK comes",
         "The sender's own limit, in no packet to be seen. It begins at about ten segments, doubles each round trip "
         "(slow start), then grows slowly, and falls when something is lost.",
         "RFC 5681 3.1, RFC 6928", ("slow start", "window"), ("cwnd",)),
    Term("slow start",
         "the congestion window begins small and doubles with each round trip",
         "It ends at a loss or at a threshold learned from one. Short transfers never leave it: their speed is a "
         "matter of round trips.",
         "RFC 5681 3.1", ("congestion window",)),
    Term("retransmission",
         "a segment sent again because no ACK for it came",
         "By timer (RTO), or sooner after three duplicate ACKs. The segment may have been lost, or its ACK; the "
         "sender can't tell.",
         "RFC 9293 3.8.1, RFC 6298, RFC 5681", ("RTO", "fast retransmission", "spurious retransmission")),
    Term("RTO",
         "retransmission time-out: how long a sender waits for an ACK before it sends again",
         "Smoothed round trip plus four times its variation; at least 1 s by the standard, 200 ms on Linux; 1 s "
         "before anything was measured. Doubled each time it runs out.",
         "RFC 6298", ("RTT", "retransmission", "exponential backoff"), ("retransmission timeout",)),
    Term("exponential backoff",
         "each wait is twice the one before: 1, 2, 4, 8 s",
         "Used for segments, SYNs and probes, so that a sender does not add to what may be an overload.",
         "RFC 6298 5.5", ("RTO",), ("backoff",)),
    Term("fast retransmission",
         "a segment sent again after three duplicate ACKs, without waiting for the timer",
         "The repeated ACKs show that later segments arrived. The sender repairs the gap within about a round trip "
         "and halves its congestion window.",
         "RFC 5681 3.2", ("duplicate ACK", "retransmission"), ("fast retransmit",)),
    Term("spurious retransmission",
         "sent again although it had arrived and was acknowledged",
         "The ACK was late or lost. It shows in a capture where the ACK had passed before the copy.",
         "RFC 2883, RFC 5682", ("retransmission", "RTO")),
    Term("duplicate ACK",
         "an ACK that repeats the number of the last one, because something came out of order",
         "By the rules it counts only while data is outstanding, without data of its own, and with the window "
         "unchanged. One or two mean reordering, three are taken as a loss.",
         "RFC 5681 section 2", ("fast retransmission", "SACK"), ("dup ACK",)),
    Term("out of order",
         "segments that were overtaken on their way",
         "The receiver keeps what came early and asks for the gap with duplicate ACKs. In a capture it is told from a "
         "retransmission by time: an overtaken segment comes within milliseconds.",
         "RFC 9293 3.10.7.4", ("duplicate ACK",), ("reordering", "out-of-order")),
    Term("ECN",
         "explicit congestion notification: routers mark packets instead of dropping them",
         "Agreed on in the SYNs (flags ECE and CWR). The receiver returns a mark by ECE until the sender confirms "
         "with CWR that it has slowed down.",
         "RFC 3168", ("congestion window",), ("ECE", "CWR")),
    Term("MTU",
         "maximum transmission unit: the largest IP packet that a link carries",
         "1,500 bytes on Ethernet, 65,536 on Linux's loopback. Where a link in between carries less, a router says so "
         "and the sender makes its packets smaller (path MTU discovery).",
         "RFC 1191, RFC 8201, RFC 9293 3.7.2", ("MSS",), ("path MTU",)),
)
"""In reading order."""
