"""What can go wrong on the way to the origin: each with a status and its name in Proxy-Status (RFC 9209 2.3).

Clients hear what happened, and not where: the origin's address may be nobody else's business. The log hears both.
"""

from __future__ import annotations

import os


class UpstreamError(Exception):
    """The origin did not give an answer that can be passed on.

    ``status`` is what the client hears if nothing was sent yet, ``error`` the word of RFC 9209, ``told`` the sentence
    for the client; ``text``, with the place in it, is for the log.
    """

    def __init__(self, error: str, text: str, status: int = 502, where: str = "") -> None:
        super().__init__(text)
        self.error, self.status = error, status
        self.text = f"{where} {text}" if where else text
        self.told = f"the origin {text}" if where else text

    def __str__(self) -> str:
        return self.text


def refused(where: str, error: OSError) -> UpstreamError:
    """No connection could be opened."""
    word = "connection_refused" if isinstance(error, ConnectionRefusedError) else "destination_unavailable"
    # what event loops write into an error may name the address
    why = os.strerror(error.errno) if error.errno and error.errno > 0 else type(error).__name__
    return UpstreamError(word, f"can't be reached: {why}", where=where)


def unknown_host(host: str) -> UpstreamError:
    """The name has no address."""
    return UpstreamError("dns_error", "has a name without an address", where=host)


def too_slow_to_connect(where: str, seconds: float) -> UpstreamError:
    """The connection was not open in time."""
    return UpstreamError("connection_timeout", f"did not accept a connection within {seconds:g} s", 504, where)


def too_slow(where: str, seconds: float, what: str) -> UpstreamError:
    """The answer, or its next piece, did not come in time."""
    return UpstreamError("http_response_timeout", f"did not send {what} within {seconds:g} s", 504, where)


def broke_off(where: str, why: str) -> UpstreamError:
    """The connection ended before the answer did."""
    return UpstreamError("connection_terminated", f"broke off: {why}", where=where)


def nonsense(where: str, why: str) -> UpstreamError:
    """The answer is not HTTP, or contradicts itself."""
    return UpstreamError("http_protocol_error", f"sent an answer that can't be used: {why}", where=where)


def prohibited(host: str, why: str) -> UpstreamError:
    """This proxy does not connect there. The client named the host itself, so it may hear it."""
    return UpstreamError("destination_ip_prohibited", f"this proxy does not connect to {host}: {why}", 403)
