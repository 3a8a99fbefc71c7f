"""One packet on the time line: its name, its bookkeeping, its reason."""

from __future__ import annotations

from whywire.connections.model import AckStep, Reason, Segment
from whywire.connections.why import Why
from whywire.packets.table import ACK, FIN, RST, SYN
from whywire.story.document import PacketRow, Statement
from whywire.story.teller import Teller
from whywire.story.values import byte_count
from whywire.story.words import chapter
from whywire.story.words.language import fill


def packet_row(teller: Teller, segment: Segment, start_ns: int, *, brief: bool = False) -> PacketRow:
    """Return the row of a packet; ``start_ns`` is where the time line begins, ``brief`` leaves repeated notes out."""
    arrival = None if segment.arrival_ns is None else segment.arrival_ns - start_ns
    notes = tuple(teller.note(note, segment.sender) for note in segment.notes
                  if not (brief and _said(teller, segment, note)))
    return PacketRow(segment, segment.time_ns - start_ns, arrival, what(segment),
                     numbers(teller, segment), teller.cause(segment.cause, segment.sender), notes)


def _said(teller: Teller, segment: Segment, note: Reason) -> bool:
    if note.why is Why.FIN_QUEUE_EMPTY:
        return segment.cause.reason.why is Why.FIN_CLOSE or not teller.first_time(f"queue empty {segment.sender}")
    if note.why is Why.WINDOW_REOPENED:
        return segment.cause.reason.why in (Why.WINDOW_UPDATE, Why.WINDOW_UPDATE_READ)
    return note.why is Why.RST_NO_NUMBER and not teller.first_time("reset takes no number")


def row_text(row: PacketRow) -> str:
    """Return all that is said of a packet as one text, for papers without columns."""
    parts = [row.numbers, statement_text(row.why), *(note.text for note in row.notes)]
    if is_loss_unsaid(row.segment):
        parts.append(fill(chapter.LOST, {}))
    return " ".join(part for part in parts if part)


def is_loss_unsaid(segment: Segment) -> bool:
    """Tell whether a packet never arrived and no note of it says so."""
    return segment.lost and not any(note.why in (Why.WIRE_DROPPED, Why.NOT_ARRIVED) for note in segment.notes)


def statement_text(statement: Statement) -> str:
    """Return a statement with its other readings."""
    return " ".join(part for part in (statement.text, readings(statement)) if part)


def readings(statement: Statement) -> str:
    """Return a statement's other readings and what would decide; empty where there are none."""
    parts = [*(fill(chapter.OTHER_READING, {"text": other}) for other in statement.others)]
    if statement.decides:
        parts.append(statement.decides)
    return " ".join(parts)


def what(segment: Segment) -> str:
    """Return what a packet is, for its lane: ``SYN ACK``, ``13 bytes 1..13``, ``FIN ACK, 29 bytes 1..29``."""
    if "keep-alive" in segment.kinds:
        return fill(chapter.WHAT_KEEP_ALIVE, {})
    if "zero-window-probe" in segment.kinds:
        return fill(chapter.WHAT_PROBE, {})
    parts = [name for bit, name in ((SYN, "SYN"), (FIN, "FIN"), (RST, "RST")) if segment.flags & bit]
    if segment.flags & ACK and (parts or not segment.length):
        parts.append("ACK")
    text = " ".join(parts)
    if segment.length:
        first = segment.seq + bool(segment.flags & SYN)
        data = fill(chapter.WHAT_BYTES, {"bytes": byte_count(segment.length), "first": str(first),
                                         "last": str(first + segment.length - 1)})
        text = f"{text}, {data}" if text else data
    if "retransmission" in segment.kinds:
        text = fill(chapter.WHAT_AGAIN, {"what": text})
    return text or "no flags"


def numbers(teller: Teller, segment: Segment) -> str:
    """Return a packet's bookkeeping: what it consumes, and what it acknowledges and how that number comes about."""
    parts = [_own(teller, segment)]
    if segment.ack_step is not None:
        parts.append(ack_sum(segment.ack_step))
    elif segment.ack is not None and not segment.length and not segment.flags & (SYN | FIN | RST):
        again = chapter.ACK_FIRST if segment.packet in teller.first_acks else chapter.ACK_AGAIN
        parts.append(fill(again, {"ack": str(segment.ack)}))
    return " ".join(part for part in parts if part)


def _own(teller: Teller, segment: Segment) -> str:
    values: dict[str, str | None] = {"seq": str(segment.seq), "next": str(segment.next_seq),
                                     "bytes": byte_count(segment.length)}
    if segment.flags & RST:
        return fill(chapter.SEQ_ONLY, values)
    if segment.flags & SYN:
        first = teller.first_time("syn takes a number")
        return fill(chapter.NEXT_SYN_ONCE if first else chapter.NEXT_SYN, values)
    if segment.flags & FIN:
        if segment.length:
            return fill(chapter.NEXT_FIN_DATA, values)
        first = teller.first_time("fin takes a number")
        return fill(chapter.NEXT_FIN_ONCE if first else chapter.NEXT_FIN, values)
    if "keep-alive" in segment.kinds or "zero-window-probe" in segment.kinds:
        return fill(chapter.SEQ_ONLY, values)
    return fill(chapter.NEXT_DATA, values) if segment.length else ""


def ack_sum(step: AckStep) -> str:
    """Return how an acknowledgment number comes about: ``ack 14 = 1 + 13.``"""
    data = f" + {step.data:,}" if step.data else ""
    return fill(chapter.ACK_SUM, {
        "after": str(step.after), "before": str(step.before), "data": data,
        "syn": fill(chapter.ACK_SYN, {}) if step.syn else "",
        "fin": fill(chapter.ACK_FIN, {}) if step.fin else "",
    })
