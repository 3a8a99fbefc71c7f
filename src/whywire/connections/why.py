"""Every statement whywire can make about a packet, a pause or an end, as a code. One place for all of them.

A code names what is so; its comment lists the parameters and the rule it rests on. The sentence for it stands in
story's catalogue, and a test holds that every code has one. Adding a statement: a code here, the place that sees
it, its sentence.

Conventions for parameters: ``*_ns`` nanoseconds; ``bytes`` a count; ``packet`` a packet number; ``call`` a call
number; ``side`` the side that acts ("client"/"server"); positions relative.
"""

from __future__ import annotations

from enum import StrEnum, auto


class Why(StrEnum):
    """What is so."""

    # opening
    SYN_CONNECT = auto()  # a program called connect(): RFC 9293 3.5. params: side
    SYN_AGAIN = auto()  # no answer came, the retransmission timer sent it again: RFC 6298. params: after_ns, attempt
    SYN_IGNORED = auto()  # note of a SYN that reached its receiver and was sent again unanswered: accept queue full
    SYN_CROSSING = auto()  # both sides opened at once: RFC 9293 figure 7
    SYN_SPLIT = auto()  # split handshake: it had acknowledged the other SYN before, and asks in a segment of its own
    SYN_ACK_LISTEN = auto()  # the kernel answers for the listening socket, accept() not needed. params: side
    SYN_ACK_CROSSING = auto()  # answer of a simultaneous open
    SYN_ACK_AGAIN = auto()  # params: after_ns
    SYN_ACK_REPEATED = auto()  # answers a copy of the SYN with a copy of its SYN-ACK. params: packet (that SYN), side
    HANDSHAKE_DONE = auto()  # the third packet; the client's connect() returns. params: side
    HANDSHAKE_READY = auto()  # the third packet, of a connect() that had not waited for it. params: call, side
    # data
    DATA_CALL = auto()  # one call, one segment. params: call, bytes
    DATA_SPLIT = auto()  # part of one call. params: call, bytes, part, parts, total, segment_size
    DATA_MERGED = auto()  # several calls in one segment. params: calls (tuple), bytes
    DATA_WRITTEN = auto()  # no trace: some program wrote these bytes (inferred). params: side, bytes
    DATA_PIECE = auto()  # no trace: a full segment, so cut by the kernel out of what a program wrote. params: side, bytes
    DATA_TAIL = auto()  # no trace: continues a run of full segments, so of one stream of writes. params: side, bytes
    HELD_NAGLE = auto()  # waited: shorter than the segment size, an earlier short segment unacknowledged (Minshall)
    #   params: held_ns (or None), unacked (packet), released (packet), delay_ns after the release
    HELD_WINDOW = auto()  # waited for the peer's window. params: released (packet)
    HELD_CONGESTION = auto()  # waited for an ACK although window and Nagle allowed it: congestion window. params: released
    MAYBE_NAGLE = auto()  # no trace: left right after the ACK of a short segment: Nagle, or written only then. params: released, delay_ns
    MAYBE_LATER_WRITE = auto()  # the other reading of MAYBE_NAGLE: the program wrote these bytes only then. params: released
    # acknowledgments
    ACK_AT_ONCE = auto()  # the kernel acknowledged at once. params: packet, delay_ns, side
    ACK_PART = auto()  # acknowledges a part of a captured segment: several on the wire. params: packet, bytes, of
    ACK_DELAYED = auto()  # it waited for data to ride on, then the timer sent it (RFC 9293 3.8.6.3). params: packet, delay_ns
    ACK_LATE = auto()  # later than at once, too early to be sure of the timer. params: packet, delay_ns
    ACK_WAY_LONGER = auto()  # other reading of a late ACK seen from the far side: the way took longer. params: packet
    ACK_CAPTURED_LATE = auto()  # its TSval is older than its capture time: built at once, captured late. params: packet, delay_ns, clock_ns
    ACK_READ_FLUSHED = auto()  # recv() emptied the buffer and the kernel sent the delayed ACK. params: call, packet
    ACK_FIN = auto()  # acknowledges a FIN: +1. params: packet
    ACK_FIN_DELAYED = auto()  # params: packet, delay_ns
    ACK_LAST = auto()  # the last ACK of the close. params: packet
    ACK_PIGGYBACK = auto()  # note: the ACK rides on data or FIN. params: packet (newest acknowledged)
    ACK_AGAIN = auto()  # nothing new in it: it answers a segment that brought nothing new. params: packet
    SACKED = auto()  # note: bytes beyond a gap have arrived: RFC 2018. params: low, high (positions), ack
    SACK_INVALID = auto()  # note: bytes that no window of this side can have let in: RFC 2018. params: low, high
    DSACKED = auto()  # note: these bytes arrived a second time: RFC 2883. params: low, high
    ACK_NOT_TAKEN = auto()  # note of a SYN-ACK sent again although the third packet had passed here. params: packet
    ACK_REPEATED = auto()  # duplicate ACK: something arrived out of order. params: count
    WINDOW_UPDATE = auto()  # same ACK, larger window: the program has read. params: before, after
    WINDOW_UPDATE_READ = auto()  # the same, with the recv that freed the buffer. params: call, before, after
    # closing
    FIN_CLOSE = auto()  # close(), receive queue empty. params: call, how (call/garbage/exit)
    FIN_SHUTDOWN = auto()  # shutdown(SHUT_WR). params: call
    FIN_UNSEEN = auto()  # with a trace in which no call ended it: a call that the tracer does not see did. params: side
    CLOSED_UNSEEN = auto()  # other reading of an end by the process's: a call that the tracer does not see. params: side
    FIN_PROGRAM = auto()  # no trace: the program closed, shut down or ended; a kernel never does so by itself. params: side
    FIN_HALF = auto()  # no trace: bytes that came after it were acknowledged, so only sending had ended. params: side
    FIN_AFTER_END = auto()  # note: the program closed after the peer's FIN: recv() returned b"". params: packet, call or None
    FIN_WITH_ACK = auto()  # note: FIN and the ACK of the peer's FIN in one segment. params: packet
    FIN_WITH_DATA = auto()  # note: last bytes and FIN in one segment. params: bytes
    FIN_CROSSED = auto()  # note: neither FIN acknowledges the other: simultaneous close. params: packet (the other FIN)
    FIN_QUEUE_EMPTY = auto()  # note: FIN and not RST proves that everything that had arrived was read. params: bytes
    RST_UNREAD = auto()  # close() with unread bytes. params: call, bytes, how
    RST_LINGER = auto()  # SO_LINGER with time-out 0. params: call
    RST_UNREAD_LIKELY = auto()  # a reading: closed with unread data. params: side, received (bytes received), delay_ns (since the last)
    RST_LINGER_POSSIBLE = auto()  # a reading: SO_LINGER 0. params: side
    RST_LATE_DATA = auto()  # bytes for a socket that is gone. params: packet, bytes, call (the close) or None, since_ns
    RST_CONNECTION_GONE = auto()  # an answer to a segment for a connection this host does not know (any more). params: packet
    RST_REFUSED = auto()  # SYN to a port with no listener. params: packet
    RST_FIREWALL = auto()  # other reading of RST_REFUSED: a firewall answered in its name
    RST_ABORTED_OTHERWISE = auto()  # another reading: its system aborted it (Windows resets the sockets of an ended
    #   process; ss -K, TCP_USER_TIMEOUT on Linux). params: side
    RST_SHUT_THEN_UNREAD = auto()  # another reading of late data: it had only shut down its sending half and then
    #   closed with unread bytes. params: side
    RST_KEEP_ALIVE_GAVE_UP = auto()  # its keep-alive probes were not answered. params: side, probes
    RST_PEER_GONE = auto()  # a bare RST without any close before it: this host does not know the connection (any
    #   more): restarted, or its program died. params: side, packet
    RST_QUEUE_FULL = auto()  # other reading of a bare RST right after the handshake: the accept queue was full and the
    #   server resets then (Linux: net.ipv4.tcp_abort_on_overflow). params: side
    RST_MIDDLEBOX = auto()  # other reading: something on the path reset it in its name. params: side
    RST_KILLED = auto()  # the process ended with the socket open and bytes unread. params: call, bytes
    RST_MPTCP_FAST_CLOSE = auto()  # option MP_FASTCLOSE: RFC 8684 3.5. params: side
    ACK_MPTCP_FAST_CLOSE = auto()  # option MP_FASTCLOSE in an ACK: RFC 8684 3.5. params: side
    RST_MPTCP_ANSWER = auto()  # answers the peer's MPTCP fast close, which came with an ACK. params: packet, side
    RST_MPTCP_SUBFLOW = auto()  # option MP_TCPRST: RFC 8684 3.6. params: side, code (its reason)
    RST_UNKNOWN = auto()  # no rule decides. params: side
    RST_IGNORED = auto()  # not acceptable: outside the window, changes nothing (RFC 9293 3.5.3, RFC 5961). params: seq, low (the next number
    #   its receiver expects)
    RST_WITH_BYTES = auto()  # note: a reset with payload: RFC 1122 4.2.2.12 allows text that explains it. params: bytes
    RST_NO_NUMBER = auto()  # note: an RST takes no sequence number; nobody keeps TIME-WAIT
    CLOSE_IDLE_TIMEOUT = auto()  # a reading of a FIN: it gave up waiting for the next request. params: side, idle_ns
    # timers and loss
    RETRANSMISSION_TIMEOUT = auto()  # params: packet (the first copy), after_ns
    RETRANSMISSION_FAST = auto()  # three duplicate ACKs: RFC 5681 3.2. params: packet, duplicates
    RETRANSMISSION_GOES_ON = auto()  # an ACK of a copy before it asked for it next: RFC 5681 3.1. params: packet, released
    RETRANSMISSION_EARLY = auto()  # before a timer can have run out, after an ACK that asked for it (RACK, RFC 8985).
    #   params: packet, after_ns, asked (that ACK)
    TAIL_LOSS_PROBE = auto()  # the last segment again, before a retransmission timer of Linux can have run out: RFC 8985 7.
    #   params: packet, after_ns
    RETRANSMISSION_SPURIOUS = auto()  # the bytes had been acknowledged before. params: packet, acked_by
    RETRANSMISSION_LOST = auto()  # note, merged view: the first copy never arrived. params: packet
    OUT_OF_ORDER = auto()  # note: overtaken on the way. params: packet
    KEEP_ALIVE = auto()  # SO_KEEPALIVE probe: RFC 9293 3.8.4. params: idle_ns
    KEEP_ALIVE_ANSWER = auto()  # params: packet
    ZERO_WINDOW_PROBE = auto()  # RFC 9293 3.8.6.1. params: packet (where it closed), probe (the last), after_ns (since it)
    ZERO_WINDOW_PROBE_ANSWER = auto()  # params: packet
    # windows (notes)
    WINDOW_SHRANK = auto()  # bytes lie unread in the receive buffer. params: before, after, by, unread
    WINDOW_CLOSED = auto()  # window 0: the buffer is full. params: unread or None
    WINDOW_FILLED = auto()  # this segment fills the peer's window to the brim. params: window
    WINDOW_REOPENED = auto()  # params: before, after
    # artefacts (notes)
    SUPER_SEGMENT = auto()  # payload above the MSS: captured above segmentation. params: bytes, segment_size
    CAPTURED_TWICE = auto()  # params: packet
    LOST_BEFORE = auto()  # bytes before this segment were never captured. params: bytes
    ACKED_UNSEEN = auto()  # acknowledges bytes that the capture does not hold. params: bytes
    WIRE_DROPPED = auto()  # the wire's deed. params: event, rule
    WIRE_DELAYED = auto()  # params: event, rule
    WIRE_DUPLICATED = auto()  # params: event, rule
    COPIED_BY_WIRE = auto()  # the wire's own second copy of a frame. params: packet, rule
    WIRE_CORRUPTED = auto()  # params: event, rule
    NOT_ARRIVED = auto()  # merged view: it left and never arrived; no rule of the wire did it
    STILL_TRAVELLING = auto()  # merged view: it left, and had not arrived when the recording stopped
    # pauses and waits
    PAUSE_SLEEP = auto()  # time.sleep of a program. params: call, slept_ns
    PAUSE_PROGRAM = auto()  # the program did something else between two calls. params: side, after_call, before_call
    PAUSE_TRIP = auto()  # the way to a side and back takes as long. params: packet (on the way there), side, way_ns or None
    PAUSE_IDLE = auto()  # no trace: nobody had anything outstanding; the next to act was a program. params: side
    PAUSE_AFTER_DATA = auto()  # no trace: side had data (or a FIN) from its peer and was silent: its program was busy, asleep or not reading.
    #   params: side, packet, what ("data"/"fin")
    PAUSE_NOT_READING = auto()  # the window had no room until the program read. params: side, packet
    PAUSE_DELAYED_ACK = auto()  # params: packet
    PAUSE_TIMER = auto()  # a retransmission or probe timer. params: packet
    PAUSE_ELSEWHERE = auto()  # a call on another socket of the same program waited. params: call, side
    PAUSE_ON_THE_WAY = auto()  # merged view: a packet was on its way all this time. params: packet
    PAUSE_BLOCKED = auto()  # a call of the other side waited. params: call
    WAIT_DATA = auto()  # recv blocked until data came. params: packet, side
    WAIT_END = auto()  # recv blocked until the peer's FIN came and returned b"". params: packet
    WAIT_RESET = auto()  # recv ended by a reset. params: packet
    WAIT_CONNECT = auto()  # connect blocked for the handshake. params: packet (the SYN-ACK)
    WAIT_REFUSED = auto()  # connect failed by an RST. params: packet
    WAIT_ACCEPT = auto()  # accept blocked until a handshake was complete. params: packet
    WAIT_SPACE = auto()  # send blocked for buffer space. params: packet or None
    WAIT_FOREVER = auto()  # had not returned when recording stopped: nothing came that could end it. params: side
    # where the capture was taken
    VANTAGE_BOTH = auto()
    VANTAGE_LOOPBACK = auto()  # one machine talks to itself
    VANTAGE_CLIENT = auto()  # params: near_ns, far_ns
    VANTAGE_SERVER = auto()  # params: near_ns, far_ns
    VANTAGE_BETWEEN = auto()
    VANTAGE_UNKNOWN = auto()
    # what would decide
    DECIDE_CALLS = auto()  # a trace of the program's calls. params: side
    DECIDE_BOTH_ENDS = auto()  # a capture at the other end
    # misreadings of learners
    BELIEF_ACK_PLUS_ONE = auto()  # "ack is the last sequence number plus 1". params: packet, bytes
    BELIEF_TOO_MUCH = auto()  # "could not cope with n bytes". params: bytes
    BELIEF_EMPTY_FIN = auto()  # "sent empty data to end". params: packet
    BELIEF_ACK_READ = auto()  # "the ACK says that the program has read". params: packet, side
    BELIEF_CLOSES_BY_ITSELF = auto()  # "the FIN closed the other side too". params: packet
    UNKNOWN = auto()  # nothing known decides
