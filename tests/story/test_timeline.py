from __future__ import annotations

from dataclasses import replace

from tests.story.factories import MS, account, because, call, connection, conversation
from whywire.connections.model import CauseKind, Certainty, Pause
from whywire.connections.why import Why
from whywire.story.document import CallRow, Gap, PacketRow, Row
from whywire.story.teller import Teller
from whywire.story.timeline import packets_of, timeline


def names(rows: tuple[Row, ...]) -> list[str]:
    """Return what stands in each row."""
    out = []
    for row in rows:
        out.append(row.length if isinstance(row, Gap) else row.what if isinstance(row, CallRow | PacketRow) else "fold")
    return out


def test_packets_calls_and_pauses_stand_in_the_order_of_time() -> None:
    pause = Pause(5, 6, 5 * MS, 6 * MS, because(Why.PAUSE_IDLE, side="server"))
    one = connection(calls=(call(4, "send", start_ns=3 * MS + 1, args="13 bytes"),), pauses=(pause,))
    told = timeline(Teller(account(one)), one, all_packets=True)
    assert names(told.rows)[:8] == ["SYN", "SYN ACK", "ACK", "send(13 bytes)", "13 bytes 1..13", "ACK", "1.00 ms",
                                    "13 bytes 1..13"]


def test_a_sleep_that_a_gap_tells_has_no_row_of_its_own() -> None:
    from whywire.base.ref import call as ref

    cause = replace(because(Why.PAUSE_SLEEP, CauseKind.CALL, Certainty.KNOWN, call=5), ref=ref(5))
    one = connection(calls=(call(5, "sleep", args="0.5"),), pauses=(Pause(5, 6, 5 * MS, 6 * MS, cause),))
    told = timeline(Teller(account(one)), one, all_packets=True)
    assert not any(isinstance(row, CallRow) for row in told.rows)


def test_calls_after_the_last_packet_are_told() -> None:
    one = connection(calls=(call(40, "exit"),))
    assert names(timeline(Teller(account(one)), one, all_packets=True).rows)[-1] == "exit"


def test_microseconds_are_shown_where_packets_are_that_close() -> None:
    close = tuple(replace(made, time_ns=made.packet * 1_000) for made in conversation())
    for segments, digits in ((close, 3), (conversation(), 1)):
        one = connection(segments=segments)
        assert timeline(Teller(account(one)), one, all_packets=False).digits == digits


def test_a_long_connection_counts_seconds() -> None:
    slow = tuple(replace(made, time_ns=made.packet * 60_000_000_000) for made in conversation())
    one = connection(segments=slow)
    assert timeline(Teller(account(one)), one, all_packets=False).unit == "s"


def test_every_packet_is_found_again_inside_folds() -> None:
    one = connection()
    told = timeline(Teller(account(one)), one, all_packets=False)
    assert [row.segment.packet for row in packets_of(told.rows)] == list(range(1, 11))
