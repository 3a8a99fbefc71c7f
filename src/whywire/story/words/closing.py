"""Sentences about FIN and RST: how a connection ends (RFC 9293 3.5.3, 3.6)."""

from __future__ import annotations

from whywire.connections.why import Why
from whywire.story.words.language import Words, _

SENTENCES: dict[Why, Words] = {
    Why.FIN_CLOSE: Words(
        _("[{how}|{call}|The {sender}'s program closed the socket] with nothing unread, so its kernel sends a FIN."),
        _("[{how}: {call}|{how}|{call} closed the socket|The {sender}'s program closed the socket]. Nothing lay "
          "unread in its receive buffer, so its kernel ends this direction in order: a FIN, after the last byte. "
          "It takes one sequence number (RFC 9293 3.6)."),
    ),
    Why.FIN_SHUTDOWN: Words(
        _("[{call}|shutdown()] ended this direction; the socket can still receive."),
        _("[{call}|shutdown()] says that no more bytes will be sent; the kernel sends a FIN after the last one. "
          "The socket stays open for what the {receiver} still sends (RFC 9293 3.6)."),
    ),
    Why.FIN_PROGRAM: Words(
        _("The {sender}'s program closed the socket, shut down its sending, or ended."),
        _("A FIN says that this side will send no more bytes. It follows from something that the {sender}'s "
          "program did: close(), shutdown(), or its end, at which the kernel closes its sockets. Packets don't "
          "show which. A FIN takes one sequence number (RFC 9293 3.6)."),
        once=_("No kernel sends a FIN by itself."),
    ),
    Why.FIN_UNSEEN: Words(
        _("The {sender}'s socket was closed by a call that the trace does not see (os.close(), a library in C), or by "
          "the end of its process."),
        _("No call in the trace closed this socket or shut down its sending. Its descriptor was closed by a call that "
          "the trace does not see (os.close(), a library in C), or by the end of its process; for either the "
          "{sender}'s kernel sends a FIN (RFC 9293 3.6)."),
    ),
    Why.CLOSED_UNSEEN: Words(
        _("The descriptor was closed by a call that the trace does not see (os.close(), a library in C)."),
        _("The descriptor was closed shortly before the {side}'s program ended, by a call that the trace does not see "
          "(os.close(), a library in C)."),
    ),
    Why.RST_MPTCP_FAST_CLOSE: Words(
        _("MPTCP fast close: the {side} ended the whole multipath connection at once, with all its subflows (RFC 8684 "
          "3.5)."),
        _("The reset carries the option MP_FASTCLOSE. This TCP connection is a subflow of a Multipath TCP connection, "
          "and the {side} gave that up at once, as a reset does for one TCP connection: its program aborted, or closed "
          "with unread bytes (RFC 8684 3.5)."),
    ),
    Why.ACK_MPTCP_FAST_CLOSE: Words(
        _("MPTCP fast close: the {side} gives the whole multipath connection up, with all its subflows, and asks for a "
          "reset in answer (RFC 8684 3.5)."),
        _("The ACK carries the option MP_FASTCLOSE with the receiver's key. This TCP connection is a subflow of a "
          "Multipath TCP connection, and the {side} gives all of it up at once: its program aborted, or closed with "
          "unread bytes. On one subflow it says so in an ACK, sent again until a reset answers; "
          "the other subflows end with resets (RFC 8684 3.5)."),
    ),
    Why.RST_MPTCP_ANSWER: Words(
        _("Answers the {receiver}'s MPTCP fast close[ (packet {packet})]: the whole multipath connection ends at once "
          "(RFC 8684 3.5)."),
        _("[Packet {packet}|A packet before] carries the option MP_FASTCLOSE: the {receiver} gave the whole Multipath "
          "TCP connection up. The {side}'s kernel has to answer with a reset and to end all subflows (RFC 8684 3.5)."),
    ),
    Why.RST_MPTCP_SUBFLOW: Words(
        _("MPTCP subflow reset: the {side} ended this one path of a multipath connection (RFC 8684 3.6; reason "
          "[number {code}|not given])."),
        _("The reset carries the option MP_TCPRST. This TCP connection is a subflow of a Multipath TCP connection; "
          "the {side}'s kernel ended this path, and the connection may go on over others. Reason [number {code}|not "
          "given] (RFC 8684 3.6: 0 unspecified, 1 MPTCP-specific error, 2 lack of resources, 3 administratively "
          "prohibited, 4 too much outstanding data, 5 unacceptable performance, 6 middlebox interference)."),
    ),
    Why.FIN_AFTER_END: Words(
        _("The {receiver}'s FIN[ (packet {packet})] had come before[: {call} returned b\"\"]."),
        _("The {receiver}'s FIN[, packet {packet},] had arrived before: with it, and once all bytes are read, "
          "recv() returns b\"\"[, here {call}]. Programs take that as the sign to close; the FIN that came closes "
          "nothing by itself."),
    ),
    Why.FIN_WITH_ACK: Words(
        _("FIN and the ACK of that FIN in one segment."),
        _("The program closed so soon after the {receiver}'s FIN[, packet {packet},] that its ACK had not left "
          "yet and rides on this FIN: a close in three segments in place of four."),
    ),
    Why.FIN_WITH_DATA: Words(
        _("The last [{bytes}|bytes] and the FIN in one segment."),
        _("The close followed the last write so soon that [the {bytes}|the bytes] and the FIN left in one "
          "segment. The FIN's number comes after the last byte's."),
    ),
    Why.FIN_CROSSED: Words(
        _("Neither FIN acknowledges the other[ (packet {packet})]: they crossed, both sides closed at once."),
        _("When this FIN left, the other side's[, packet {packet},] had not arrived: a simultaneous close. Both "
          "sides go from FIN-WAIT-1 through CLOSING to TIME-WAIT (RFC 9293 3.6, figure 13)."),
    ),
    Why.FIN_QUEUE_EMPTY: Words(
        _("As a rule, closing before all that had come[ ({bytes})] was read sends a reset, not a FIN."),
        _("Closing a socket with unread bytes in its receive buffer should send a reset, and does on Linux and "
          "Windows. A "
          "FIN came, so if this was a close(), the {sender}'s program had read all that had come[: {bytes}] (RFC 9293 "
          "3.6.1)."),
    ),
    Why.RST_UNREAD: Words(
        _("[{how}|{call}|The {sender}'s program closed the socket] with [{bytes}|bytes] unread: then the rule is "
          "a reset, not a FIN (RFC 9293 3.6.1)."),
        _("[{how}: {call}|{how}|{call} closed the socket|The {sender}'s program closed the socket]. [{bytes} "
          "lay|Bytes lay] unread in its receive buffer; they are thrown away, and so that the {receiver} does not "
          "take them as delivered, the kernel sends a reset in place of a FIN (RFC 9293 3.6.1, RFC 1122 4.2.2.13, "
          "RFC 2525 2.17)."),
    ),
    Why.RST_LINGER: Words(
        _("[{call} closed|The {sender}'s program closed] the socket after setting SO_LINGER to 0 seconds: that "
          "asks for a reset."),
        _("The program had set the option SO_LINGER with a time of 0. Then [{call}|close()] throws away what is "
          "not yet sent or read and sends a reset: an abort that the program asked for (RFC 9293 3.10.5)."),
    ),
    Why.RST_UNREAD_LIKELY: Words(
        _("The {side}'s program closed with unread bytes[ (it had been sent {received}; the last of them came "
          "{delay_ns} before)]."),
        _("The {side}'s program closed its socket while bytes lay unread in the receive buffer: then the kernel "
          "sends a reset in place of a FIN (RFC 9293 3.6.1, RFC 2525 2.17).[ It had been sent {received}[, the "
          "last of them {delay_ns} before].]"),
    ),
    Why.RST_LINGER_POSSIBLE: Words(
        _("The {side}'s program had set SO_LINGER to 0 seconds, which asks for a reset at close."),
        _("The {side}'s program had set SO_LINGER with a time of 0: then close() always sends a reset, whatever "
          "had been read (RFC 9293 3.10.5)."),
    ),
    Why.RST_LATE_DATA: Words(
        _("[{bytes} came|Bytes came][ (packet {packet})] for a socket that [{call} had closed|was closed][ "
          "{since_ns} before]: nobody can read them, so the kernel answers with a reset."),
        _("The {sender}'s program had closed its socket[: {call}][, {since_ns} before]. After that [{bytes} "
          "arrived|bytes arrived][ in packet {packet}]. There is no one left to read them, and the {sender}'s "
          "kernel says so with a reset, so that the {receiver} learns that they were lost (RFC 9293 3.6.1, RFC "
          "2525 2.17)."),
    ),
    Why.RST_CONNECTION_GONE: Words(
        _("Answers [packet {packet}|a segment]: the {sender}'s kernel has no such connection, or no longer."),
        _("[Packet {packet}|A segment] came for a connection that the {sender}'s kernel does not know, or no "
          "longer: it had ended there. A kernel answers such a segment with a reset, with seq set to the number "
          "that the segment acknowledged (RFC 9293 3.5.2)."),
    ),
    Why.RST_REFUSED: Words(
        _("Refused: nothing listens at this address and port, so the {sender}'s kernel answers the SYN[ (packet "
          "{packet})] "
          "with a reset."),
        _("The SYN[, packet {packet},] asked for an address and port at which no program is listening. The "
          "{sender}'s kernel "
          "answers with a reset whose ack covers the SYN, and connect() fails with 'Connection refused' (RFC 9293 "
          "3.5.2)."),
    ),
    Why.RST_FIREWALL: Words(
        _("A firewall answered in the {side}'s name."),
        _("A firewall on the way, or at the {side}, refused the connection with a reset in its name."),
    ),
    Why.RST_ABORTED_OTHERWISE: Words(
        _("The {side}'s system aborted it (Windows does so when a program has ended, Linux when an administrator "
          "or TCP_USER_TIMEOUT asks for it), or something on the path did so in its name."),
        _("The {side}'s system aborted the connection by itself. Windows resets the sockets of a program that has "
          "ended; Linux does so when an administrator ends one (ss -K) or when TCP_USER_TIMEOUT runs out. Or a "
          "firewall or another device on the path sent the reset with the {side}'s address."),
    ),
    Why.RST_SHUT_THEN_UNREAD: Words(
        _("The {side}'s program had only shut down its sending before, and then closed with unread bytes."),
        _("The FIN before came from shutdown(): the {side}'s socket could still receive. Then its program closed "
          "it while bytes lay unread, and for that the kernel sends a reset (RFC 9293 3.6.1)."),
    ),
    Why.RST_KEEP_ALIVE_GAVE_UP: Words(
        _("The {side}'s kernel gives the connection up: no answer to [{probes}|its keep-alive probes]."),
        _("The {side}'s kernel sent [{probes}|keep-alive probes] to learn whether the other side was still there, "
          "and got no answer. It ends the connection and sends a reset in case somebody hears it (RFC 9293 3.8.4, "
          "RFC 1122 4.2.3.6)."),
    ),
    Why.RST_PEER_GONE: Words(
        _("Answers [packet {packet}|a segment] without a close before it: the {side}'s host does not know the "
          "connection any more; it was restarted, or its program died."),
        _("[Packet {packet}|A segment] came for a connection that the {side}'s host does not know any more, and "
          "no FIN of it was captured. Such a host was restarted, or its program died and took the socket along "
          "(RFC 9293 3.5.1, 3.5.2)."),
    ),
    Why.RST_QUEUE_FULL: Words(
        _("The {side}'s accept queue was full, and its system is set to reset then."),
        _("The {side}'s accept queue was full: nobody called accept() in time. Linux then drops the ACK of the "
          "handshake, unless net.ipv4.tcp_abort_on_overflow is set: then it resets."),
    ),
    Why.RST_MIDDLEBOX: Words(
        _("Something on the path sent the reset in the {side}'s name."),
        _("A firewall, a proxy or another device on the path sent the reset with the {side}'s address."),
    ),
    Why.CLOSE_IDLE_TIMEOUT: Words(
        _("Its reason may have been an idle time-out: no data had moved[ for {idle_ns}]."),
        _("No data had moved[ for {idle_ns}], and the {side} had nothing left to answer. Servers close connections "
          "that are idle for so long, and this may be such a time-out; a program may close for any other reason as "
          "well."),
    ),
    Why.RST_KILLED: Words(
        _("The {sender}'s program ended with the socket open and [{bytes}|bytes] unread: its kernel closed it, "
          "with a reset."),
        _("The {sender}'s program ended[: {call}]. The kernel closes what a program leaves open, and [{bytes} "
          "lay|bytes lay] unread: so a reset in place of a FIN (RFC 9293 3.6.1)."),
    ),
    Why.RST_UNKNOWN: Words(
        _("A reset in the {sender}'s name; nothing here shows why it was sent."),
        _("A reset with the {sender}'s address. Which of the rules that produce one applied, or whether somebody else "
          "sent it, can't be told from what was captured."),
    ),
    Why.RST_IGNORED: Words(
        _("Its number is wrong[ (seq {seq}; the {receiver} expects seq {low})]: the {receiver} must not end the "
          "connection for it, and it changes nothing."),
        _("A reset counts only when its sequence number is exactly the next one that the {receiver} expects.[ This one "
          "has seq {seq}, and seq {low} is expected.] Elsewhere in the window it gets a challenge ACK, outside of it "
          "nothing, so that nobody can end a connection by guessing (RFC 9293 3.5.3, RFC 5961 3.2)."),
    ),
    Why.FIN_HALF: Words(
        _("The {sender}'s program shut down its sending and went on receiving: its kernel acknowledged bytes that came "
          "later."),
        _("shutdown() ends one direction. A close() would have ended both, and what came later would have been "
          "answered "
          "by a reset; here it was acknowledged (RFC 9293 3.6, RFC 1122 4.2.2.13)."),
    ),
    Why.RST_WITH_BYTES: Words(
        _("It carries [{bytes}|bytes], as RFC 1122 4.2.2.12 allows, to explain the reset; Linux sends none, so likely "
          "another system or a device on the path wrote it."),
        _("A reset may carry text that explains it (RFC 1122 4.2.2.12)[; this one has {bytes}]. Linux never puts bytes "
          "into a reset, so likely it comes from another system or from a device on the path. No program gets them."),
    ),
    Why.RST_NO_NUMBER: Words(
        _("A reset takes no sequence number, and nobody keeps TIME-WAIT."),
        _("A reset takes no sequence number and is never acknowledged: the connection is gone at once on both "
          "sides, and neither keeps TIME-WAIT (RFC 9293 3.5.3)."),
    ),
}
