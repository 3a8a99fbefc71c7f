"""Every trouble has a status and a word of RFC 9209."""

from __future__ import annotations

import pytest

from whywire.apps.proxy import trouble


@pytest.mark.parametrize(("error", "status", "word", "said"), [
    (trouble.refused("http://a", ConnectionRefusedError(111, "Connection refused")), 502, "connection_refused",
     "http://a can't be reached: Connection refused"),
    (trouble.refused("http://a", OSError(113, "No route to host")), 502, "destination_unavailable",
     "http://a can't be reached: No route to host"),
    (trouble.unknown_host("a"), 502, "dns_error", "a has a name without an address"),
    (trouble.too_slow_to_connect("http://a", 5), 504, "connection_timeout",
     "http://a did not accept a connection within 5 s"),
    (trouble.too_slow("http://a", 0.5, "a head"), 504, "http_response_timeout",
     "http://a did not send a head within 0.5 s"),
    (trouble.prohibited("a", "why"), 403, "destination_ip_prohibited", "this proxy does not connect to a: why"),
])
def test_words(error: trouble.UpstreamError, status: int, word: str, said: str) -> None:
    assert (error.status, error.error, str(error), error.text) == (status, word, said, said)


def test_a_client_hears_what_happened_and_not_where() -> None:
    where = "http://10.0.0.7:8000"
    lost = ConnectionRefusedError(111, "Connect call failed ('10.0.0.7', 8000)")
    for error in (trouble.refused(where, lost), trouble.refused(where, OSError("no ('10.0.0.7', 8000)")),
                  trouble.unknown_host("10.0.0.7"), trouble.too_slow_to_connect(where, 5),
                  trouble.too_slow(where, 5, "a head"), trouble.broke_off(where, "a reset"),
                  trouble.nonsense(where, "no status")):
        assert "10.0.0.7" not in error.told
        assert error.told.startswith("the origin ")
        assert "10.0.0.7" in error.text
