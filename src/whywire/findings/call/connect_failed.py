"""A connect() that failed, other than by a refusal."""

from __future__ import annotations

from collections.abc import Iterator

from whywire.connections.model import Account, Certainty
from whywire.findings.rule import Hit, Level, LooksAt, Repeat, Rule, hit

RULE = Rule(
    code="CALL012", name="connect-failed", level=Level.ERROR, certainty=Certainty.KNOWN,
    looks_at=LooksAt.ACCOUNT, repeat=Repeat.EACH, title="connect() failed",
    says="{program}'s connect{args} failed ({error})[ after {took_ns}].",
    means="Either no answer came in time, or the kernel has no way to that address, or the name was not found.",
    matters="There is no connection; the program gets no further here.",
    do="See whether a SYN left at all. If one did and nothing came back, the way or the server's firewall is where to "
       "look; if none did, it is the address, the name or the own routing.",
    spec="connect(2)", silent_on="CALL003/fires.ladder",
)


def check(account: Account) -> Iterator[Hit]:
    """An error of connect; a refusal is TCP001's where its packets were seen, and EINPROGRESS is none."""
    belong = [(call, c) for c in account.connections for call in c.calls if "refused" not in (call.error or "").lower()]
    for call, c in [*belong, *((call, None) for call in account.other_calls)]:
        if call.name == "connect" and call.error and "progress" not in call.error:
            took = call.end_ns - call.start_ns if call.end_ns else None
            yield hit(c.first_packet if c else None, call, connection=c.number if c else None, program=call.program,
                      args=call.args if call.args.startswith("(") else f"({call.args})",
                      error=call.error.partition(":")[0], took_ns=took)
