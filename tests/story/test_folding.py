from __future__ import annotations

from dataclasses import replace
from typing import Any

from tests.story.factories import C, S, account, because, connection, segment
from whywire.connections.model import AckStep, CauseKind, Certainty, Reason, Segment
from whywire.connections.why import Why
from whywire.packets.table import ACK, RST
from whywire.story.document import Fold, PacketRow, Row
from whywire.story.folding import fold
from whywire.story.packet import packet_row
from whywire.story.teller import Teller


def data(number: int, length: int = 1448, sender: Any = S, **changes: Any) -> Segment:
    """Return a segment of a stream of writes."""
    return segment(number, sender, ACK, seq=1 + 1448 * number, length=length, kinds=("data",),
                   cause=changes.pop("cause", because(Why.DATA_TAIL)), **changes)


def ack(number: int, before: int, after: int) -> Segment:
    """Return an ACK of the client."""
    return segment(number, C, ACK, ack=after, ack_step=AckStep(before, after, 0, after - before, 0, ()))


def folded(*segments: Segment) -> list[Row]:
    """Return the rows of segments, folded."""
    one = connection(segments=segments)
    teller = Teller(account(one))
    return fold(teller, one, [packet_row(teller, made, 0) for made in segments])


def shown(rows: list[Row]) -> list[str]:
    """Return what stands in each row."""
    return [row.what for row in rows if isinstance(row, Fold | PacketRow)]


def test_full_segments_in_a_row_become_one() -> None:
    (row,) = folded(*(data(number) for number in range(1, 9)), data(9, 1416))
    assert isinstance(row, Fold)
    assert (row.what, row.packets) == ("13,000 bytes in 9 segments", (1, 9))
    assert row.text == "8 x 1,448 + 1,416 bytes. A full segment carries 1,448 bytes here."
    assert [inner.segment.packet for inner in row.rows if isinstance(inner, PacketRow)] == list(range(1, 10))


def test_two_alike_are_left_as_they_are() -> None:
    assert shown(folded(data(1), data(2))) == ["1,448 bytes 1449..2896", "1,448 bytes 2897..4344"]


def test_a_short_segment_ends_a_run() -> None:
    assert len(folded(data(1), data(2), data(3, 100), data(4), data(5), data(6))) == 2


def test_separate_calls_keep_their_rows() -> None:
    small = [data(number, 5, cause=because(Why.DATA_CALL, call=number)) for number in range(1, 5)]
    assert len(folded(*small)) == 4


def test_acks_in_a_row_add_up() -> None:
    (row,) = folded(ack(1, 1, 1449), ack(2, 1449, 2897), ack(3, 2897, 4345))
    assert isinstance(row, Fold)
    assert (row.what, row.why.text) == ("3 ACKs", "ACKs by the client's kernel, up to ack 4345 = 1 + 4,344.")


def test_a_transfer_with_its_acks_is_one_row() -> None:
    segments = [made for number in range(1, 21, 2)
                for made in (data(number), ack(number + 1, 1448 * number, 1448 * (number + 1)))]
    (row,) = folded(*segments)
    assert isinstance(row, Fold)
    assert (row.what, row.text) == ("14,480 bytes in 10 segments",
                                    "A transfer from server to client, with 10 ACKs on the way back.")


def test_small_messages_with_their_acks_are_no_transfer() -> None:
    segments = [made for number in range(1, 21, 2)
                for made in (data(number, 130), ack(number + 1, number, number + 130))]
    assert not any(isinstance(row, Fold) for row in folded(*segments))


def test_what_is_out_of_the_ordinary_is_never_folded_away() -> None:
    odd = (
        replace(data(4), kinds=("data", "retransmission")),
        replace(data(4), lost=True),
        replace(data(4), cause=because(Why.DATA_WRITTEN, CauseKind.TIMER)),
        replace(data(4), notes=(Reason(Why.HELD_NAGLE),)),
        replace(data(4), ack_step=AckStep(14, 15, 0, 0, 1, (3,))),
        replace(data(4), cause=because(Why.CAPTURED_TWICE, CauseKind.UNKNOWN, Certainty.ARTEFACT)),
    )
    for one in odd:
        rows = folded(data(1), data(2), data(3), one, data(5), data(6), data(7))
        assert [row.segment.packet for row in rows if isinstance(row, PacketRow)] == [4]


def test_a_window_filled_again_and_again_is_folded_in_the_end() -> None:
    full = [replace(data(number), kinds=("data", "window-full"), notes=(Reason(Why.WINDOW_FILLED),))
            for number in range(1, 13)]
    rows = folded(*full)
    assert [type(row) for row in rows] == [PacketRow] * 4 + [Fold]
    assert isinstance(rows[-1], Fold)
    assert len(rows[-1].notes) == 1


def test_waits_of_a_long_transfer_are_told_four_times_and_then_counted() -> None:
    held = [replace(data(number), notes=(Reason(why, {"released": 1}),)) for number in range(1, 21)
            for why in [Why.HELD_WINDOW if number > 15 else Why.HELD_CONGESTION]]
    rows = folded(*held)
    assert [type(row) for row in rows] == [PacketRow] * 4 + [Fold]
    assert isinstance(rows[-1], Fold)
    assert [note.text for note in rows[-1].notes] == [
        "11 of these segments waited for an ACK although the client's window had room.",
        "5 of these segments waited for room in the client's window."]
    full = replace(held[10], kinds=("data", "window-full"), notes=(*held[10].notes, Reason(Why.WINDOW_FILLED)))
    assert [type(row) for row in folded(*held[:10], full, *held[11:])] == [PacketRow] * 4 + [Fold, PacketRow, Fold]


def test_a_fold_is_as_sure_as_the_least_sure_of_its_packets() -> None:
    sure = because(Why.DATA_SPLIT, certainty=Certainty.KNOWN)
    (row,) = folded(data(1, cause=sure), data(2, cause=sure), data(3))
    assert isinstance(row, Fold)
    assert row.why.certainty == "inferred"


def test_resets_that_answer_one_by_one_are_told_once() -> None:
    resets = [segment(number, C, RST, seq=14, kinds=("rst",),
                      cause=because(Why.RST_LATE_DATA, CauseKind.ANSWERS, packet=number - 10, bytes=1448))
              for number in range(17, 25)]
    first, rest = folded(*resets)
    assert isinstance(first, PacketRow)
    assert isinstance(rest, Fold)
    assert rest.why.text == "The same again, one reset for each segment (packets 8 to 14)."
