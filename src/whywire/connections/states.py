"""The state machine of one end of a connection: RFC 9293 section 3.3.2, figure 5, as one table.

A capture shows packets, not states, so an end moves on evidence: it "receives" a FIN when it acknowledges it, not
when the FIN passes the capture point. That makes crossing FINs come out right from any vantage point. There is no
transition outside `TABLE`; a pair that is not in it leaves the state as it is (and the packet gets its own kinds).
"""

from __future__ import annotations

from array import array
from enum import IntEnum


class State(IntEnum):
    """States of RFC 9293 3.3.2; UNKNOWN is an end whose start was not captured and that has not closed yet."""

    CLOSED = 0
    LISTEN = 1
    SYN_SENT = 2
    SYN_RECEIVED = 3
    ESTABLISHED = 4
    FIN_WAIT_1 = 5
    FIN_WAIT_2 = 6
    CLOSE_WAIT = 7
    CLOSING = 8
    LAST_ACK = 9
    TIME_WAIT = 10
    RESET = 11


class Event(IntEnum):
    """What the packets show about one end."""

    SEND_SYN = 0
    SEND_SYN_ACK = 1
    RECEIVE_SYN_ACK = 2
    """It acknowledged the peer's SYN, and its own SYN was acknowledged."""
    RECEIVE_ACK_OF_SYN = 3
    SEND_FIN = 4
    RECEIVE_FIN = 5
    """It acknowledged the peer's FIN."""
    RECEIVE_ACK_OF_FIN = 6
    RESET = 7
    """It sent an RST, or an acceptable one reached it."""
    MIDDLE = 8
    """It sent something although no SYN of it was captured."""


_S, _E = State, Event
TABLE: dict[tuple[State, Event], State] = {
    (_S.LISTEN, _E.SEND_SYN): _S.SYN_SENT,
    (_S.LISTEN, _E.SEND_SYN_ACK): _S.SYN_RECEIVED,
    (_S.LISTEN, _E.MIDDLE): _S.ESTABLISHED,
    (_S.SYN_SENT, _E.SEND_SYN_ACK): _S.SYN_RECEIVED,  # simultaneous open, figure 7
    (_S.SYN_SENT, _E.RECEIVE_SYN_ACK): _S.ESTABLISHED,
    (_S.SYN_SENT, _E.MIDDLE): _S.ESTABLISHED,
    (_S.SYN_RECEIVED, _E.RECEIVE_SYN_ACK): _S.ESTABLISHED,
    (_S.SYN_RECEIVED, _E.RECEIVE_ACK_OF_SYN): _S.ESTABLISHED,
    (_S.SYN_RECEIVED, _E.SEND_FIN): _S.FIN_WAIT_1,
    (_S.SYN_RECEIVED, _E.RECEIVE_FIN): _S.CLOSE_WAIT,
    (_S.SYN_SENT, _E.SEND_FIN): _S.FIN_WAIT_1,
    (_S.LISTEN, _E.SEND_FIN): _S.FIN_WAIT_1,
    (_S.LISTEN, _E.RECEIVE_FIN): _S.CLOSE_WAIT,
    (_S.ESTABLISHED, _E.SEND_FIN): _S.FIN_WAIT_1,
    (_S.ESTABLISHED, _E.RECEIVE_FIN): _S.CLOSE_WAIT,
    (_S.FIN_WAIT_1, _E.RECEIVE_ACK_OF_FIN): _S.FIN_WAIT_2,
    (_S.FIN_WAIT_1, _E.RECEIVE_FIN): _S.CLOSING,
    (_S.FIN_WAIT_2, _E.RECEIVE_FIN): _S.TIME_WAIT,
    (_S.CLOSING, _E.RECEIVE_ACK_OF_FIN): _S.TIME_WAIT,
    (_S.CLOSE_WAIT, _E.SEND_FIN): _S.LAST_ACK,
    (_S.LAST_ACK, _E.RECEIVE_ACK_OF_FIN): _S.CLOSED,
    **{(state, _E.RESET): _S.RESET for state in _S if state not in (_S.CLOSED, _S.TIME_WAIT)},
}

EVENTS = len(Event)
NEXT: array[int] = array("B", (TABLE.get((s, e), s) for s in State for e in Event))
"""`TABLE` flattened: ``NEXT[state * EVENTS + event]``."""

NAMES = {
    State.CLOSED: "CLOSED", State.LISTEN: "LISTEN", State.SYN_SENT: "SYN-SENT", State.SYN_RECEIVED: "SYN-RECEIVED",
    State.ESTABLISHED: "ESTABLISHED", State.FIN_WAIT_1: "FIN-WAIT-1", State.FIN_WAIT_2: "FIN-WAIT-2",
    State.CLOSE_WAIT: "CLOSE-WAIT", State.CLOSING: "CLOSING", State.LAST_ACK: "LAST-ACK",
    State.TIME_WAIT: "TIME-WAIT", State.RESET: "CLOSED",
}
"""The names as RFC 9293 writes them; after a reset an end is CLOSED."""
