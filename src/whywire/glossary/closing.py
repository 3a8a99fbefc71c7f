"""Terms of the end of a connection."""

from __future__ import annotations

from whywire.glossary.term import Term

TERMS = (
    Term("FIN",
         "says \"no more bytes from me\"; ends one direction",
         "It takes one sequence number and is acknowledged as data is. The program at the other side learns of it "
         "when recv() returns b\"\". A kernel never sends one by itself: close(), shutdown() or the end of the "
         "process does.",
         "RFC 9293 3.6", ("half-close", "TIME-WAIT", "RST")),
    Term("RST",
         "a reset: ends both directions at once, without waiting for anything",
         "It takes no sequence number, is never acknowledged, and leaves no TIME-WAIT. A kernel sends one when a "
         "segment comes for a connection that it does not have, when a program closes with bytes unread, or when it "
         "is asked to (SO_LINGER).",
         "RFC 9293 3.5.2, 3.5.3", ("FIN", "SO_LINGER", "connection refused"), ("reset",)),
    Term("half-close",
         "one side has ended its direction, the other still sends",
         "Made on purpose with shutdown(SHUT_WR): \"that was my whole request\". With close() the program can't read "
         "any more, so bytes that still come are answered by a reset; the packets up to then look the same.",
         "RFC 9293 3.6.1", ("FIN", "shutdown"), ("half close", "half-closed")),
    Term("half-open",
         "one side believes in the connection, the other has lost it",
         "After a crash or a restart. It shows when the first side sends: the other answers with a reset.",
         "RFC 9293 3.5.1", ("RST", "keep-alive"), ("half-open connection",)),
    Term("simultaneous close",
         "the FINs cross: each side closed before it saw the other's FIN",
         "Neither FIN acknowledges the other. Both sides go through CLOSING, and both keep TIME-WAIT.",
         "RFC 9293 3.6, figure 13", ("FIN", "TIME-WAIT"), ("CLOSING",)),
    Term("TIME-WAIT",
         "the side that closed first keeps the port pair for a while, in case old packets come",
         "Twice the longest life of a segment by the standard, 60 s on Linux. It can answer a repeated FIN, and late "
         "packets of this connection are not taken for those of the next. It is the kernel's: the program may long "
         "have ended. A server's TIME-WAIT hinders its restart unless it sets SO_REUSEADDR.",
         "RFC 9293 3.3.2, 3.6.1", ("MSL", "SO_REUSEADDR", "FIN"), ("TIME_WAIT", "2MSL")),
    Term("MSL",
         "maximum segment lifetime: how long a packet may wander about; taken as 2 minutes",
         "The standard's value. Systems use less: Linux's TIME-WAIT of 60 s stands for twice 30 s.",
         "RFC 9293 3.4.2", ("TIME-WAIT",), ("maximum segment lifetime",)),
    Term("CLOSE-WAIT",
         "the peer's FIN has come, the own program has not closed yet",
         "It lasts as long as the program likes. Sockets that stay in it for good show a program that does not close "
         "when recv() returns b\"\".",
         "RFC 9293 3.3.2", ("FIN", "LAST-ACK"), ("CLOSE_WAIT",)),
    Term("LAST-ACK",
         "both FINs are sent, the ACK of the own one is still to come",
         "The state of the side that closed second.",
         "RFC 9293 3.3.2", ("CLOSE-WAIT",), ("LAST_ACK",)),
    Term("FIN-WAIT-1",
         "the own FIN is sent and not acknowledged yet",
         "The state of the side that closed first, for a round trip.",
         "RFC 9293 3.3.2", ("FIN-WAIT-2",), ("FIN_WAIT_1", "FIN_WAIT1")),
    Term("FIN-WAIT-2",
         "the own FIN is acknowledged, the peer's has not come",
         "The peer's program has not closed. If the own program has closed its socket altogether, Linux gives up "
         "after 60 s (tcp_fin_timeout).",
         "RFC 9293 3.3.2", ("CLOSE-WAIT", "FIN-WAIT-1"), ("FIN_WAIT_2", "FIN_WAIT2")),
    Term("SO_LINGER",
         "a socket option: what close() does with bytes that are not yet sent",
         "With a time of 0, close() throws them away and sends a reset. With a time above 0, close() waits that long "
         "for them to be acknowledged. By default it returns at once and the kernel goes on sending.",
         "socket(7)", ("RST",)),
    Term("SO_REUSEADDR",
         "a socket option: bind() although connections of that port are in TIME-WAIT",
         "Servers set it before bind(), so that they can be restarted. On Linux it does not let two servers listen on "
         "the same port.",
         "socket(7)", ("TIME-WAIT",)),
    Term("shutdown",
         "ends one direction of a socket and leaves it open: SHUT_WR sends a FIN",
         "The program can go on reading, until the peer has ended too. SHUT_RD sends nothing.",
         "shutdown(2); RFC 9293 3.6", ("half-close", "FIN")),
    Term("keep-alive",
         "a packet without content that asks whether the other side is still there",
         "SO_KEEPALIVE: after two hours of silence by default, the kernel sends a segment one below the next number; "
         "a living peer answers. Not to be confused with HTTP's keep-alive, which only means that a connection serves "
         "several requests.",
         "RFC 9293 3.8.4", ("window probe", "half-open"), ("keepalive", "SO_KEEPALIVE")),
    Term("idle time-out",
         "a program gives up a connection that carries nothing",
         "TCP has none: an idle connection lives for ever. Servers close after a second to some minutes; a request "
         "sent at that moment crosses the FIN and has to be sent again.",
         "RFC 9112 9.5", ("FIN", "keep-alive"), ("idle timeout", "keep-alive timeout")),
    Term("challenge ACK",
         "the answer to a segment that might be an attack: \"is that really you?\"",
         "A reset that lies in the window but not at the exact next number, or a SYN within a connection, is answered "
         "by a plain ACK; only the true peer can react to it rightly.",
         "RFC 5961", ("RST",)),
)
"""In reading order."""
