"""A SYN answered by a reset: nobody listens there."""

from __future__ import annotations

from collections.abc import Iterator

from whywire.connections.model import Certainty, OpenKind
from whywire.findings.rule import Hit, Level, Rule, hit, when

TYPE_CHECKING = False
if TYPE_CHECKING:
    from whywire.findings.seen import Seen

RULE = Rule(
    code="TCP001", name="connection-refused", level=Level.WARNING, certainty=Certainty.LIKELY,
    title="A SYN was answered by a reset",
    says="The SYN to {endpoint} was answered by a reset[ {after_ns} later]: [nothing listens on that "
         "port{known}|likely nothing listens on that port, or a firewall answered in its name].",
    means="The SYN reached a host, and that host (or a firewall in front of it) said at once that the port takes no "
          "connections. connect() fails with ECONNREFUSED.",
    matters="No connection came about. It is a quick and clear answer: the address is in use and the way there and "
            "back works.",
    do="See that the server runs and listens on this port and on this address (a server bound to 127.0.0.1 is not "
       "reachable from outside), and that client and server mean the same port.",
    spec="RFC 9293 3.5.2 (first group), 3.10.7.1", fires_on="traps/12_rst_closed_port.pcap",
    silent_on="traps/29_syn_retx_then_ok.pcap",
    counted_by="opening refused",
)


def check(seen: Seen) -> Iterator[Hit]:
    """The connection ended before it began."""
    cause, syn = seen.connection.closing.cause, seen.packet(seen.connection.opening.syn)
    if seen.connection.opening.kind is OpenKind.REFUSED and cause is not None:
        rst = seen.packet(seen.connection.closing.packet)
        yield hit(rst, syn, certainty=cause.certainty, endpoint=seen.connection.server.endpoint,
                  after_ns=rst.time_ns - syn.time_ns if rst and syn and rst.time_ns > syn.time_ns else None,
                  known=when(cause.certainty is Certainty.KNOWN))
