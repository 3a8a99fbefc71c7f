"""Terms of sending and acknowledging."""

from __future__ import annotations

from whywire.glossary.term import Term

TERMS = (
    Term("segment",
         "one TCP packet: a header, perhaps with options, perhaps with bytes of the stream",
         "How a stream is cut into segments is the kernel's business: one send() may become several segments, and "
         "several sends one. The receiving program sees no borders.",
         "RFC 9293 section 2, 3.7", ("MSS", "byte stream")),
    Term("byte stream",
         "what TCP carries: bytes in order, without borders between messages",
         "recv() returns what is there, at most as much as asked for: a part of a send, or several at once. A "
         "protocol on top has to say where its messages end: by a length, a delimiter, or the end of the stream.",
         "RFC 9293 section 2", ("segment", "FIN"), ("stream",)),
    Term("sequence number",
         "the position of a segment's first byte in its direction, 32 bits that wrap",
         "A SYN and a FIN count as one number each, although they carry no byte: that is the 1 that is added to ACKs "
         "of them. Nothing is transmitted for it.",
         "RFC 9293 3.4", ("ISN", "ACK"), ("seq",)),
    Term("ACK",
         "says which byte is expected next; sent by the kernel, not by the program",
         "Everything before that number has arrived. It says nothing about what the program has read. Every segment "
         "after the first SYN carries one, so it often rides on data.",
         "RFC 9293 3.4, 3.10.7.4", ("delayed ACK", "duplicate ACK", "piggy-back"),
         ("acknowledgment", "acknowledgement")),
    Term("piggy-back",
         "an ACK that rides on a segment with data or FIN, instead of going alone",
         "If the program answers soon, its answer carries the ACK of the request, and a packet is saved. Delayed ACKs "
         "exist to make that happen.",
         "RFC 9293 3.8.6.3", ("ACK", "delayed ACK"), ("piggyback",)),
    Term("delayed ACK",
         "an ACK that waits a moment for data it could ride on",
         "A receiver should delay its ACKs, must send them in less than half a second, and should acknowledge at least "
         "every second full segment. Linux waits 40 to 200 ms, and not at all at the start of a connection (quick "
         "ACK). With Nagle's rule at the other side, each can wait for the other.",
         "RFC 9293 3.8.6.3, RFC 5681 4.2", ("Nagle", "ACK"), ("quick ACK", "quickack")),
    Term("Nagle",
         "the sender's rule that a small segment waits while another is unacknowledged",
         "It spares the network packets with a few bytes each: what is written meanwhile is joined and sent when the "
         "ACK comes, or when a full segment is there. TCP_NODELAY switches it off for a socket.",
         "RFC 9293 3.7.4, RFC 896", ("Minshall", "delayed ACK", "TCP_NODELAY"),
         ("Nagle's algorithm", "Nagle algorithm")),
    Term("Minshall",
         "Nagle's rule as Linux has it: only an unacknowledged *short* segment makes the next short one wait",
         "A large write ends in a short segment. Under the plain rule this end would wait for the full segments "
         "before it; under Minshall's it leaves at once.",
         "draft-minshall-nagle; Linux tcp_minshall_check", ("Nagle",)),
    Term("TCP_NODELAY",
         "a socket option: send small segments at once, without Nagle's rule",
         "Meant for programs that send many small messages and each of them whole. For a message that is written in "
         "parts, joining the parts is better: with the option each part becomes a packet.",
         "tcp(7); RFC 9293 3.7.4", ("Nagle",), ("NODELAY",)),
    Term("PSH",
         "push: a flag that asks the receiver to pass the bytes on to its program without waiting for more",
         "Kernels set it by themselves: Linux at the end of a write and inside a large one, others where their send "
         "buffer runs empty. So it often shows where a write ended, but writes that were joined share one. It is no "
         "message border: the receiver may still join or split. Socket programs can neither set nor see it.",
         "RFC 9293 3.1, 3.9.1.2", ("byte stream",), ("push",)),
    Term("urgent pointer",
         "marks a position in the stream as urgent (URG, MSG_OOB)",
         "Not a second channel. Systems disagree about the byte it means, and middleboxes clear it. New programs "
         "should not use it.",
         "RFC 9293 3.8.5, RFC 6093", (), ("URG", "out-of-band data", "OOB")),
    Term("RTT",
         "round-trip time: from sending a segment to the arrival of its ACK",
         "Measured at the sender. In a capture it depends on where it was taken: at the server, a client's segment is "
         "acknowledged at once. The kernel keeps a smoothed value and its variation, and derives its timer from them.",
         "RFC 6298 section 2", ("RTO", "vantage point"), ("round-trip time", "round trip")),
    Term("bytes in flight",
         "sent and not yet acknowledged",
         "Limited by the smaller of the receiver's window and the sender's congestion window.",
         "RFC 5681 section 2", ("window", "congestion window"), ("flight size",)),
    Term("socket",
         "a program's end of a connection: what send(), recv() and close() act on",
         "The kernel keeps a send and a receive buffer for it, and speaks TCP on its behalf, also while the program "
         "sleeps.",
         "socket(2); RFC 9293 3.9.1", ("receive buffer", "send buffer")),
    Term("send buffer",
         "bytes that a program has sent and the peer has not acknowledged",
         "send() returns when the bytes are in it, which is long before they arrive. When it is full, send() blocks, "
         "or takes a part and says how much.",
         "send(2), socket(7) SO_SNDBUF", ("receive buffer", "partial send")),
    Term("receive buffer",
         "bytes that have arrived and the program has not read",
         "The kernel acknowledges them at once. The room that is left is the window; on Linux it grows with use "
         "(auto-tuning).",
         "recv(2), socket(7) SO_RCVBUF", ("window", "zero window"), ("receive queue",)),
    Term("partial send",
         "a send() that took fewer bytes than it was given",
         "It returns the number it took. The program has to send the rest; sendall() does that by itself.",
         "send(2)", ("send buffer",)),
    Term("pipelining",
         "several requests sent without waiting for the answers between them",
         "The answers come in the order of the requests, so a slow one holds up those behind it.",
         "RFC 9112 9.3.2", ("head-of-line blocking",)),
    Term("head-of-line blocking",
         "what is ready has to wait for what comes before it",
         "In TCP: bytes behind a lost segment wait for it. In a server that serves one connection at a time: clients "
         "that are connected and acknowledged wait until the one before them is done.",
         "RFC 9293 3.10.7.4 (order); RFC 9112 9.3.2", ("accept queue", "pipelining"), ("HOL blocking",)),
)
"""In reading order."""
