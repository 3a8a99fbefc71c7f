from __future__ import annotations

from tests.story.factories import account, connection
from whywire.story import connection_rows, ending_texts, tell


def test_every_packet_has_its_row_and_none_is_folded() -> None:
    one = connection()
    rows = list(connection_rows(tell(account(one)), one))
    assert [row.segment.packet for row in rows] == list(range(1, 11))


def test_an_ending_comes_with_its_reason() -> None:
    one = connection()
    assert ending_texts(tell(account(one)), one) == (
        "The client closed first (FIN, packet 8), then the server (FIN, packet 9). "
        "The client's program closed the socket, shut down its sending, or ended. No kernel sends a FIN by itself.")
