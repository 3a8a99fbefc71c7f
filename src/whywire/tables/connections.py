"""The TCP connections of a capture as a table, from the numbers that the pass keeps of each: any number of them."""

from __future__ import annotations

from typing import Any

from whywire.base.address import address
from whywire.connections.firsts import Firsts
from whywire.connections.flows import BASE_FROM_SYN
from whywire.connections.states import NAMES, State
from whywire.connections.tally import CLOSINGS, OPENINGS, Tally
from whywire.connections.track import Tracker
from whywire.packets import table as t
from whywire.tables.packets import KINDS
from whywire.tables.schema import Field, Of, Schema
from whywire.tables.table import Buffer, Table

ROLES = ("assumed", "handshake", "simultaneous")
STATES = (*(NAMES[state] for state in State), "unknown")
NO_SYN = "its SYN was not captured"
NEVER_SENT = "none was captured"
UNHEARD = "it spoke, and nothing of it was captured"


def _packet(name: str, meaning: str, of: str) -> Field:
    """Return a column that points to a packet, made of a column of rows where -1 is none."""
    return Field(name, "uint64", "", meaning, NEVER_SENT,
                 Of(lambda row: row + 1, (of,)), Of(lambda row: row >= 0, (of,)))


def _time(name: str, meaning: str, of: str) -> Field:
    return Field(name, "int64", "ns", meaning, "the file has no time",
                 Of(lambda row, times: times[row], (of,), ("times",)),
                 Of(lambda row, times: times[row] >= 0, (of,), ("times",)))


def _both_timed(one: Any, other: Any, times: Any) -> Any:
    return (one >= 0) & (other >= 0) & (times[one] >= 0) & (times[other] >= 0)


def _state(state: Any, known: Any) -> Any:
    """Return the index of a state's word: after an unseen start these two mean nothing."""
    unseen = (known != BASE_FROM_SYN) & ((state == State.ESTABLISHED) | (state == State.LISTEN))
    return state * (1 - unseen) + (len(STATES) - 1) * unseen


def _side(side: str) -> tuple[Field, ...]:
    """Return the columns of one end; its buffers are named after it."""
    heard = Of(lambda last, known: (last >= 0) | (known == 0), (f"{side}_last", f"{side}_known"))
    syn = Of(lambda known: known == BASE_FROM_SYN, (f"{side}_known",))

    def option(bit: int) -> Of:
        return Of(lambda options: (options & bit) != 0, (f"{side}_options",))

    def offered(buffer: str) -> Of:
        return Of(lambda known, value: (known == BASE_FROM_SYN) & (value >= 0), (f"{side}_known", buffer))

    return (
        Field(f"{side}_bytes", "int64", "bytes", f"payload of the {side}, every byte counted once", UNHEARD,
              where=heard),
        Field(f"{side}_data_segments", "int64", "packets", f"of the {side} that bring a new byte", UNHEARD,
              where=heard),
        Field(f"{side}_isn", "uint32", "", f"initial sequence number of the {side}", NO_SYN, f"{side}_base", syn),
        Field(f"{side}_mss", "uint16", "bytes", f"MSS option of the {side}'s SYN", "no such option, or " + NO_SYN,
              where=offered(f"{side}_mss")),
        Field(f"{side}_window_scale", "uint8", "", f"window scale of the {side}'s SYN, 14 at most",
              "no such option, or " + NO_SYN, f"{side}_shift", offered(f"{side}_shift")),
        Field(f"{side}_sack_permitted", "bool", "", f"the {side}'s SYN permits SACK", NO_SYN,
              option(t.SACK_PERMITTED), syn),
        Field(f"{side}_timestamps", "bool", "", f"the {side}'s SYN has timestamps", NO_SYN,
              option(t.TIMESTAMPS), syn),
        Field(f"{side}_state", "word", "", f"RFC 9293 state of the {side} at the end, as far as it shows",
              from_=Of(_state, (f"{side}_state", f"{side}_known")), words="states"),
        _packet(f"{side}_fin_packet", f"first FIN of the {side}", f"fin_{side}"),
        _packet(f"{side}_rst_packet", f"first acceptable RST of the {side}", f"reset_{side}"),
    )


FIELDS = (
    Field("number", "uint32", "", "the connection's number, from 1 (c1), in the order of their first packets"),
    Field("client", "word", "", "IP address of the active opener", from_=Of(lambda end: end >> 16, ("client",)),
          words="addresses"),
    Field("client_port", "uint16", "", "its port", from_=Of(lambda end: end & 0xFFFF, ("client",))),
    Field("server", "word", "", "IP address of the other end", from_=Of(lambda end: end >> 16, ("server",)),
          words="addresses"),
    Field("server_port", "uint16", "", "its port", from_=Of(lambda end: end & 0xFFFF, ("server",))),
    Field("roles", "word", "", "how the client is known: handshake, simultaneous (a guess), assumed (by port)",
          words="roles"),
    Field("reused", "bool", "", "the same ports were in use by an earlier connection"),
    _packet("first_packet", "its first packet", "first_row"), _packet("last_packet", "its last packet", "last_row"),
    Field("packets", "int64", "packets", "of both directions"),
    _time("first_ns", "time of its first packet, since 1970", "first_row"),
    _time("last_ns", "time of its last packet, since 1970", "last_row"),
    Field("opening", "word", "", "handshake, refused, unanswered, simultaneous, unseen", words="openings"),
    Field("closing", "word", "", "open, orderly, simultaneous, reset, fin-then-reset, refused, unfinished",
          words="closings"),
    _packet("syn_packet", "the first SYN", "syn"), _packet("syn_ack_packet", "the first SYN-ACK", "answer"),
    Field("syn_ack_after_ns", "int64", "ns", "from the first SYN to the first SYN-ACK", "not both were captured",
          Of(lambda one, other, times: times[other] - times[one], ("syn", "answer"), ("times",)),
          Of(_both_timed, ("syn", "answer"), ("times",))),
    Field("kinds", "bits", "", "all kinds of its packets together", words="kinds"),
    Field("trouble_packets", "int64", "packets", "of a kind that a connection without trouble has not",
          from_="troubles"),
    *_side("client"), *_side("server"),
)
CONNECTIONS = Schema("connections", "Connection", FIELDS, (
    "number", "client", "client_port", "server", "server_port", "packets", "client_bytes", "server_bytes", "opening",
    "closing", "trouble_packets"))


def connections(tracker: Tracker, tally: Tally) -> Table:
    """Return the connections of a tracker."""
    count = tracker.count
    buffers: dict[str, Buffer] = {"number": range(1, count + 1), "times": memoryview(tracker.table.columns["time_ns"])}
    for columns in (tracker.connections, tally, Firsts(tracker.rows, count)):
        buffers |= {name: memoryview(column)[:count] for name, column in columns.columns.items()}
    names = {"last_row": "last"}
    for index, side in enumerate(("client", "server")):
        for name, column in tracker.flows.columns.items():
            buffers[f"{side}_{names.get(name, name)}"] = memoryview(column)[index:2 * count:2]
    words = {"addresses": list(map(address, tracker.table.addresses)), "roles": ROLES, "openings": OPENINGS,
             "closings": CLOSINGS, "kinds": KINDS, "states": STATES}
    return Table(CONNECTIONS, count, buffers, words)
