"""Which calls belong to which connection, and which bytes each of them moved."""

from __future__ import annotations

from pathlib import Path

from tests.connections.accounts import OPEN, of_run, only
from whywire.base.records import Call
from whywire.connections.model import Side
from whywire.connections.trace import FOREVER, Span, match


def call(number: int, name: str, start: int, **more: object) -> Call:
    """Return a call of the client that took one tick."""
    fields: dict[str, object] = {"socket": 1, "local": "10.0.0.1:1000", "peer": "10.0.0.2:80", "end_ns": start + 1}
    return Call(number, "a", "client.py", 1, 1, name, start, **{**fields, **more})  # type: ignore[arg-type]


def span(first: int, last: int, port: int = 1000) -> Span:
    """Return a connection between the two hosts of the lab."""
    return Span(f"10.0.0.1:{port}", "10.0.0.2:80", {Side.CLIENT: "a", Side.SERVER: "b"}, first, last,
                (bytes([10, 0, 0, 1]), bytes([10, 0, 0, 2])))


def test_sends_are_laid_end_to_end_from_position_one() -> None:
    calls = [call(1, "connect", 0), call(2, "send", 10, byte_count=5), call(3, "sendall", 20, byte_count=10),
             call(4, "send", 30, byte_count=0)]
    ((banks,), rest) = match(calls, [span(0, 100)])
    bank = banks[Side.CLIENT]
    assert [(c.number, start, end) for c, start, end in bank.sends] == [(2, 1, 6), (3, 6, 16)]
    assert (bank.complete, rest) == (True, [])


def test_a_send_that_never_returned_may_carry_everything_that_follows() -> None:
    ((banks,), _) = match([call(1, "connect", 0), call(2, "sendall", 10, end_ns=None)], [span(0, 100)])
    assert [(start, end) for _, start, end in banks[Side.CLIENT].sends] == [(1, FOREVER)]


def test_sends_at_the_same_time_can_not_be_told_apart() -> None:
    calls = [call(1, "connect", 0), call(2, "send", 10, byte_count=5, end_ns=30), call(3, "send", 20, byte_count=5)]
    ((banks,), _) = match(calls, [span(0, 100)])
    assert not banks[Side.CLIENT].complete


def test_the_same_ports_at_two_times_are_two_connections() -> None:
    calls = [call(1, "connect", 0), call(2, "close", 50), call(3, "connect", 200, socket=2),
             call(4, "close", 250, socket=2)]
    banks, _ = match(calls, [span(1, 60), span(201, 260)])
    assert [[c.number for c in each[Side.CLIENT].calls] for each in banks] == [[1, 2], [3, 4]]


def test_a_connect_that_failed_before_it_had_a_port_is_found_by_peer_and_time() -> None:
    calls = [call(1, "connect", 0, local=None, end_ns=40, error="ConnectionRefusedError")]
    banks, rest = match(calls, [span(5, 30)])
    assert [c.number for c in banks[0][Side.CLIENT].calls] == [1]
    assert rest == []


def test_a_connect_that_has_not_returned_is_found_by_peer_and_time_in_our_days_too() -> None:
    now = 1_800_000_000_000_000_000  # 2027
    calls = [call(1, "connect", now, local=None, end_ns=None)]
    banks, rest = match(calls, [span(now + 5, now + 30)])
    assert [c.number for c in banks[0][Side.CLIENT].calls] == [1]
    assert rest == []


def test_calls_of_sockets_without_a_connection_are_left_over() -> None:
    calls = [call(1, "bind", 0, peer=None), call(2, "listen", 1, peer=None), call(3, "connect", 5, peer="10.0.0.9:1")]
    banks, rest = match(calls, [span(0, 100)])
    assert banks == [{}]
    assert [c.number for c in rest] == [1, 2, 3]


def test_an_accept_belongs_to_the_connection_it_returned(tmp_path: Path) -> None:
    account = of_run(OPEN, tmp_path)
    assert [c.name for c in only(account).calls] == ["accept", "connect"]
    assert [c.name for c in account.other_calls] == ["bind", "listen"]


def test_sleeps_of_the_same_process_stand_beside() -> None:
    calls = [call(1, "connect", 0), call(2, "sleep", 10, socket=None, local=None, peer=None),
             call(3, "sleep", 20, socket=None, local=None, peer=None)]
    calls[2] = Call(3, "a", "other.py", 2, 2, "sleep", 20, 21)
    ((banks,), rest) = match(calls, [span(0, 100)])
    assert [c.number for c in banks[Side.CLIENT].around] == [2]
    assert [c.number for c in rest] == [3]
