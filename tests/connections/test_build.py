"""One connection written down: ends, segment size, states."""

from __future__ import annotations

from tests.connections.accounts import CAPTURES, founding, of_file, of_ladder, only, trap


def test_what_each_end_offered() -> None:
    found = only(founding("b-names.pcapng"))
    assert (found.client.isn, found.server.isn) == (1035627461, 3834986605)
    assert (found.client.mss, found.client.window_scale, found.server.window_scale) == (1460, 7, 8)
    assert found.client.sack_permitted
    assert found.server.timestamps


def test_a_full_segment_is_the_smaller_mss_less_the_timestamps_of_every_segment() -> None:
    assert only(founding("b-v3.pcapng")).segment_size == 1448
    assert founding("c-v1.pcap").connections[0].segment_size == 1460
    assert only(trap("05_no_handshake")).segment_size is None


def test_states_at_the_end() -> None:
    assert [c.client.state for c in founding("b-crossover.pcapng").connections] == ["TIME-WAIT", "FIN-WAIT-2"]
    assert [c.server.state for c in founding("b-crossover.pcapng").connections] == ["TIME-WAIT", "CLOSE-WAIT"]
    assert only(founding("b-v3.pcapng")).server.state == "CLOSED"


def test_an_end_that_never_spoke_is_unknown() -> None:
    found = only(of_ladder("+0.000 a>b PA 5:9(4) ack 1 win 100"))
    assert (found.client.state, found.server.state) == ("unknown", "unknown")
    assert found.roles == "assumed"


def test_a_refused_connection_has_no_number_of_the_server() -> None:
    found = only(trap("real_rst_closed_port"))
    assert found.server.isn is None
    assert found.client.isn is not None


def test_a_side_of_which_nothing_was_captured_has_no_counts() -> None:
    found = only(trap("26_oneway"))
    assert (found.client.bytes, found.client.data_segments, found.server.bytes) == (None, None, 1000)


def test_a_side_that_never_answered_sent_nothing() -> None:
    assert only(of_ladder("+0.000 a>b S 0:0(0) win 64240")).server.bytes == 0


def test_without_times_there_is_no_handshake_time() -> None:
    opening = only(of_file(CAPTURES / "formats" / "pcapng_spb.pcapng")).opening
    assert (opening.syn_to_synack_ns, opening.synack_to_ack_ns) == (None, None)
