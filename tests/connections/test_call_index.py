"""The calls on a socket, indexed: the same as a look at all of them."""

from __future__ import annotations

from random import Random

import pytest

from whywire.base.records import Call
from whywire.connections.call_index import Index

READ = frozenset(("recv",))


def call(number: int, name: str, start: int, **more: object) -> Call:
    return Call(number, "a", "p", 1, 1, name, start, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("seed", range(10))
def test_it_says_what_a_look_at_all_says(seed: int) -> None:
    random = Random(seed)
    made = [call(number, random.choice(("recv", "send", "close")), number * 10,
                 end_ns=random.choice((None, number * 10 + random.randrange(30))),
                 byte_count=random.choice((None, 0, 5, 100)), args=random.choice(("", "MSG_PEEK")),
                 error=random.choice((None, None, "ConnectionResetError")))
            for number in range(1, 25)]
    index = Index(made, READ)
    assert index.named(("send", "close")) == [one for one in made if one.name != "recv"]
    assert index.stream_ends == [one for one in made if one.name == "recv" and one.byte_count == 0
                                 and one.end_ns is not None and not one.error]
    assert index.receives.calls == index.named(("recv",))
    for time in range(0, 300, 7):
        done = [one for one in made if one.end_ns is not None and one.end_ns <= time]
        assert index.received_before(time) == sum(one.byte_count or 0 for one in done
                                                  if one.name == "recv" and not one.args)
        assert index.ended_by(time) == max(done, key=lambda one: one.end_ns or 0, default=None)


@pytest.mark.parametrize(("args", "since"), [("1", 5), ("TCP_NODELAY, 0)", None)])
def test_when_nagle_was_switched_off(args: str, since: int | None) -> None:
    made = [call(1, "setsockopt", 3, how="SO_LINGER"), call(2, "setsockopt", 5, how="TCP_NODELAY", args=args)]
    assert Index(made, READ).no_delay_ns == since
