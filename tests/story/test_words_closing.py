from __future__ import annotations

from tests.story.said import said
from whywire.connections.why import Why


def test_close_with_unread_bytes_names_the_line_and_the_rule() -> None:
    assert said(Why.RST_UNREAD, call=3, bytes=10_952, how="call") == \
        "server.py:20 close() with 10,952 bytes unread: then the rule is a reset, not a FIN (RFC 9293 3.6.1)."


def test_the_end_of_a_program_closes_its_sockets() -> None:
    assert said(Why.FIN_CLOSE, call=3, how="exit") == \
        "The server's program ended, which closes its sockets, with nothing unread, so its kernel sends a FIN."


def test_without_a_trace_a_fin_is_some_act_of_the_program() -> None:
    assert said(Why.FIN_PROGRAM) == "The server's program closed the socket, shut down its sending, or ended."


def test_late_data_names_the_close_where_it_is_known() -> None:
    known = said(Why.RST_LATE_DATA, packet=8, bytes=9, call=3, since_ns=5_000_000)
    assert known == ("9 bytes came (packet 8) for a socket that server.py:20 close() had closed 5.00 ms before: "
                     "nobody can read them, so the kernel answers with a reset.")
    assert "that was closed: nobody" in said(Why.RST_LATE_DATA, packet=8, bytes=9, call=None, since_ns=None)


def test_an_ignored_reset_says_what_would_have_counted() -> None:
    assert said(Why.RST_IGNORED, seq=9_000_001, low=101) == (
        "Its number is wrong (seq 9000001; the client expects seq 101): the client must not end the connection for it, "
        "and it changes nothing.")
