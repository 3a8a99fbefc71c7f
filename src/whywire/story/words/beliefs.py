"""Misreadings that learners are known to have, and what is right. Told once, where they would arise."""

from __future__ import annotations

from whywire.connections.why import Why
from whywire.story.words.language import Words, _

SENTENCES: dict[Why, Words] = {
    Why.BELIEF_ACK_PLUS_ONE: Words(
        _("\"The ack is the last sequence number plus 1.\" It is the number of the next byte expected[: packet "
          "{packet} acknowledges {bytes}, so its ack grows by {bytes_plain}]. It grows by 1 only for a SYN or a "
          "FIN."),
        _("\"The ack is the last sequence number plus 1.\" An acknowledgment number names the next byte that is "
          "expected. It grows by the number of bytes that arrived in order[: in packet {packet} by "
          "{bytes_plain}], and by 1 for a SYN and for a FIN (RFC 9293 3.4)."),
    ),
    Why.BELIEF_TOO_MUCH: Words(
        _("\"It could not cope with [{bytes}|so many bytes].\" Every one of them was received and acknowledged."),
        _("\"It could not cope with [{bytes}|so many bytes].\" Its kernel received and acknowledged every one of "
          "them. The reset comes from the end of the socket, not from the size of the data."),
    ),
    Why.BELIEF_EMPTY_FIN: Words(
        _("\"It sent empty data to end the connection.\" [Packet {packet}|That packet] is a FIN: a flag that "
          "takes one sequence number, and no data."),
        _("\"It sent empty data to end the connection.\" [Packet {packet}|That packet] has the FIN flag and no "
          "payload. The FIN takes one sequence number; recv() at the other end returns b\"\" because of it, not "
          "because of empty data."),
    ),
    Why.BELIEF_ACK_READ: Words(
        _("\"The ACK says that the program has read.\" [Packet {packet}|It] is the {side}'s kernel's: the bytes "
          "are in its buffer, read or not."),
        _("\"The ACK says that the program has read.\" [Packet {packet}|An ACK] comes from the {side}'s kernel. "
          "It says that the bytes are in its receive buffer; the program may read them later, or never."),
    ),
    Why.BELIEF_CLOSES_BY_ITSELF: Words(
        _("\"The first FIN closed the other side too.\" The FIN of [packet {packet}|the other side] was sent "
          "because its own program closed; a FIN that arrives closes nothing."),
        _("\"The first FIN closed the other side too.\" A FIN ends one direction. The FIN of [packet {packet}|the "
          "other side] was sent because its own program closed; until it does, that side can go on sending."),
    ),
}
