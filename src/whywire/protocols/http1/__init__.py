"""HTTP/1.x without a socket (RFC 9110, RFC 9112): bytes in, events with their offsets out, and back.

    grammar     the rules of the RFCs as regular expressions, each beside its lines
    flaws       everything that can be wrong with a message, as a table: where it is said, how bad it is, which status
    events      what leaves the reader
    states      the two state machines as printable tables
    head        start lines and header fields           framing   where a body ends (RFC 9112 section 6.3)
    build       a head's parts as an event              limits    how much is kept at most
    reader      tolerant: never raises for bytes, keeps no body; for captures, and below the strict tier
    writer      events as bytes
    connection  strict: one end of a connection, for servers and clients; raises for what makes no sense

    reader = Reader(REQUEST)
    reader.feed(b"GET / HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n")
    reader.next_event()  # Request(method="GET", target="/", ..., start=0, end=27)
    reader.next_event()  # EndOfMessage(at=27, body_bytes=0)
    reader.next_event()  # None: it needs more bytes
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from whywire.protocols.http1.connection import Connection, LocalProtocolError, RemoteProtocolError
    from whywire.protocols.http1.events import (
        ConnectionClosed,
        Data,
        EndOfMessage,
        InformationalResponse,
        Malformed,
        Request,
        Response,
        Upgraded,
    )
    from whywire.protocols.http1.limits import STRICT, Limits
    from whywire.protocols.http1.reader import REQUEST, RESPONSE, Reader

__all__ = [
    "REQUEST", "RESPONSE", "STRICT", "Connection", "ConnectionClosed", "Data", "EndOfMessage", "InformationalResponse",
    "Limits", "LocalProtocolError", "Malformed", "Reader", "RemoteProtocolError", "Request", "Response", "Upgraded",
]
_MODULES = ("events", "limits", "reader", "connection")


def __getattr__(name: str) -> object:
    """Load what is asked for: who reads captures needs no servers' code, and who only looks for HTTP no reader."""
    from importlib import import_module

    if name in __all__:
        for module in _MODULES:
            found = import_module(f"whywire.protocols.http1.{module}")
            if hasattr(found, name):
                return getattr(found, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
