"""What can go wrong on the way to the origin: each with a status and its name in Proxy-Status (RFC 9209 2.3)."""

from __future__ import annotations


class UpstreamError(Exception):
    """The origin did not give an answer that can be passed on.

    ``status`` is what the client hears if nothing was sent yet, ``error`` the word of RFC 9209.
    """

    def __init__(self, error: str, text: str, status: int = 502) -> None:
        super().__init__(text)
        self.error, self.text, self.status = error, text, status


def refused(where: str, error: OSError) -> UpstreamError:
    """No connection could be opened."""
    word = "connection_refused" if isinstance(error, ConnectionRefusedError) else "destination_unavailable"
    return UpstreamError(word, f"{where} can't be reached: {error.strerror or error}")


def unknown_host(host: str) -> UpstreamError:
    """The name has no address."""
    return UpstreamError("dns_error", f"the name {host} has no address")


def too_slow_to_connect(where: str, seconds: float) -> UpstreamError:
    """The connection was not open in time."""
    return UpstreamError("connection_timeout", f"{where} did not accept a connection within {seconds:g} s", 504)


def too_slow(where: str, seconds: float, what: str) -> UpstreamError:
    """The answer, or its next piece, did not come in time."""
    return UpstreamError("http_response_timeout", f"{where} did not send {what} within {seconds:g} s", 504)


def broke_off(where: str, why: str) -> UpstreamError:
    """The connection ended before the answer did."""
    return UpstreamError("connection_terminated", f"{where} broke off: {why}")


def nonsense(where: str, why: str) -> UpstreamError:
    """The answer is not HTTP, or contradicts itself."""
    return UpstreamError("http_protocol_error", f"{where} sent an answer that can't be used: {why}")


def prohibited(host: str, why: str) -> UpstreamError:
    """This proxy does not connect there."""
    return UpstreamError("destination_ip_prohibited", f"this proxy does not connect to {host}: {why}", 403)
