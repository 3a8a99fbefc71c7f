"""Every trouble has a status and a word of RFC 9209."""

from __future__ import annotations

import pytest

from whywire.apps.proxy import trouble


@pytest.mark.parametrize(("error", "status", "word", "said"), [
    (trouble.refused("http://a", ConnectionRefusedError(111, "Connection refused")), 502, "connection_refused",
     "http://a can't be reached: Connection refused"),
    (trouble.refused("http://a", OSError(113, "No route to host")), 502, "destination_unavailable",
     "http://a can't be reached: No route to host"),
    (trouble.unknown_host("a"), 502, "dns_error", "the name a has no address"),
    (trouble.too_slow_to_connect("http://a", 5), 504, "connection_timeout",
     "http://a did not accept a connection within 5 s"),
    (trouble.too_slow("http://a", 0.5, "a head"), 504, "http_response_timeout",
     "http://a did not send a head within 0.5 s"),
    (trouble.prohibited("a", "why"), 403, "destination_ip_prohibited", "this proxy does not connect to a: why"),
])
def test_words(error: trouble.UpstreamError, status: int, word: str, said: str) -> None:
    assert (error.status, error.error, str(error)) == (status, word, said)
