"""A socket that the program did not close itself."""

from __future__ import annotations

from collections.abc import Iterator

from whywire.connections.model import Certainty
from whywire.findings.rule import Hit, Level, LooksAt, Rule, hit, when
from whywire.findings.seen import Seen

RULE = Rule(
    code="CALL004", name="closed-without-close", level=Level.INFO, certainty=Certainty.KNOWN,
    looks_at=LooksAt.CALLS, title="The socket was closed for the program, not by it",
    says="{program} did not call close(): its socket was closed [when the process ended{exit}][when Python collected "
         "the socket object{garbage}].",
    means="A kernel closes what a process leaves open when it ends; Python closes a socket object that nobody refers "
          "to any more.",
    matters="The moment of the FIN then hangs on something else than the conversation, and the peer waits for it.",
    do="Close the socket where the conversation ends: `with socket...`, or close() in a finally.",
    spec="close(2), _exit(2); RFC 9293 3.9.1.4", silent_on="CALL003/fires.ladder",
)


def check(seen: Seen) -> Iterator[Hit]:
    """close with ``how`` exit or garbage."""
    for side, calls in seen.calls.items():
        for call in calls:
            if call.name == "close" and call.how in ("exit", "garbage"):
                fin = next((s for s in [*seen.of_kind("fin"), *seen.of_kind("rst")] if s.sender is side), None)
                yield hit(fin, call, program=call.program, exit=when(call.how == "exit"),
                          garbage=when(call.how == "garbage"))
