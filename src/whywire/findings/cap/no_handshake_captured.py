"""A connection that was entered in the middle."""

from __future__ import annotations

from collections.abc import Iterator

from whywire.connections.model import Certainty, OpenKind
from whywire.findings.rule import Hit, Level, Repeat, Rule, hit

TYPE_CHECKING = False
if TYPE_CHECKING:
    from whywire.findings.seen import Seen

RULE = Rule(
    code="CAP005", name="no-handshake-captured", level=Level.INFO, certainty=Certainty.ARTEFACT, repeat=Repeat.CAPTURE,
    title="The capture begins in the middle of the connection",
    says="The capture holds no handshake of {client} and {server}: who opened is an assumption, and their windows "
         "can't be scaled.",
    means="The connection is older than the capture. Initial sequence numbers, MSS, window scale and SACK are agreed "
          "on in the SYNs, and these were not seen.",
    matters="Window sizes are not known (the field may mean up to 16,384 times its value), and client and server may "
            "be the other way round.",
    do="Begin the capture before the connection.",
    spec="RFC 9293 3.5, RFC 7323 2.2", fires_on="traps/05_no_handshake.pcap", silent_on="traps/01_one_byte_retx.pcap",
    counted_by="opening unseen",
)


def check(seen: Seen) -> Iterator[Hit]:
    """Opening unseen."""
    c = seen.connection
    if c.opening.kind is OpenKind.UNSEEN:
        yield hit(c.first_packet, client=c.client.endpoint, server=c.server.endpoint)
