"""bind() failed because the address is in use."""

from __future__ import annotations

from collections.abc import Iterator

from whywire.connections.model import Account, Certainty
from whywire.findings.rule import Hit, Level, LooksAt, Repeat, Rule, hit, when

RULE = Rule(
    code="CALL009", name="address-in-use", level=Level.ERROR, certainty=Certainty.KNOWN,
    looks_at=LooksAt.ACCOUNT, repeat=Repeat.EACH, title="bind() failed: the address is in use",
    says="{program}'s bind failed because the address is in use[: an earlier connection of this port keeps TIME-WAIT, "
         "and SO_REUSEADDR was not set{waiting}].",
    means="Another socket holds this port: a server that still runs, or a connection in TIME-WAIT on the server's "
          "side.",
    matters="The server does not start.",
    do="Set SO_REUSEADDR before bind(); then TIME-WAIT no longer stands in the way. `ss -lntp` shows a server that "
       "still listens.",
    spec="bind(2) EADDRINUSE, socket(7) SO_REUSEADDR; RFC 9293 3.6.1",
)


def check(account: Account) -> Iterator[Hit]:
    """EADDRINUSE in the trace; the capture may show who holds the port."""
    for call in account.other_calls:
        if call.name != "bind" or "in use" not in (call.error or "").lower():
            continue
        reuse = any(c.how == "SO_REUSEADDR" or "SO_REUSEADDR" in c.args for c in account.other_calls
                    if c.name == "setsockopt" and c.socket == call.socket)
        held = next((c for c in account.connections if c.closing.time_wait in ("server", "both")
                     and c.server.endpoint.rpartition(":")[2] in call.args and c.server.host in (None, call.host)
                     and c.segments[-1].time_ns < call.start_ns), None)
        yield hit(None, call, connection=held.number if held else None, program=call.program,
                  waiting=when(held is not None and not reuse))
