"""How a connection was used: gaps and whose patience ended them, races, connections that were never used."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from tests.exchanges.talk import GET, Talk, get, ok
from whywire.base.records import Call
from whywire.connections.model import Certainty, Side
from whywire.exchanges import ConnectionUse
from whywire.exchanges.model import Gap
from whywire.exchanges.use import _gave_up_in_a_call


def only(talk: Talk) -> ConnectionUse:
    (use,) = talk.found().uses
    return use


def served(*fields: str, request: bytes = GET) -> Talk:
    talk = Talk()
    talk.open("c1")
    talk.up("c1", request)
    talk.down("c1", ok(b"x", *fields))
    return talk


def test_reuse_and_the_gaps_between() -> None:
    talk = served()
    talk.up("c1", get("/b"), after=0.5)
    talk.down("c1", ok())
    talk.up("c1", get("/c"), after=0.25)
    use = only(talk)
    assert (use.reuse, use.exchanges) == (2, (1, 2, 3))
    between = [gap for gap in use.gaps if gap.ended_by == "request" and gap.after > 3]
    assert [round((gap.length_ns or 0) / 1e6) for gap in between] == [500, 250]
    assert {gap.by for gap in between} == {Side.CLIENT}


@pytest.mark.parametrize(("way", "side"), [("down", Side.SERVER), ("up", Side.CLIENT)])
def test_a_late_fin_is_likely_a_time_out_of_its_sender(way: str, side: Side) -> None:
    talk = served()
    fin = talk.close("c1", way, after=5.0)
    gap = only(talk).gaps[-1]
    assert (gap.before, gap.ended_by, gap.by, gap.timed_out) == (fin, "fin", side, side)
    assert (gap.certainty, gap.others) == (Certainty.LIKELY, ("program-closed",))


@pytest.mark.parametrize("talk", [
    served("Connection: close"), served(request=get("/", "Connection: close")),
], ids=["response", "request"])
def test_a_close_that_was_announced_is_no_time_out(talk: Talk) -> None:
    talk.close("c1", after=5.0)
    assert only(talk).gaps[-1].timed_out is None


def test_a_soon_fin_is_no_time_out() -> None:
    talk = served()
    talk.close("c1", after=0.3)
    assert only(talk).gaps[-1].timed_out is None


@pytest.mark.parametrize(("after", "timed_out"), [
    (0.96, True), (1.06, True), (3.05, True), (3.17, False), (1.5, False), (4.6, False), (60.4, True)])
def test_one_silence_alone_is_a_time_out_only_of_whole_seconds(after: float, timed_out: bool) -> None:
    talk = served()
    talk.close("c1", after=after)
    assert (only(talk).gaps[-1].timed_out is Side.SERVER) is timed_out


def test_an_announced_time_out_is_recognised() -> None:
    talk = served("Keep-Alive: timeout=5, max=100")
    talk.close("c1", after=5.01)
    gap = only(talk).gaps[-1]
    assert (gap.timed_out, gap.certainty, gap.announced_ns) == (Side.SERVER, Certainty.INFERRED, 5_000_000_000)


def test_three_times_the_same_is_a_timer() -> None:
    talk = Talk()
    for number in (1, 2, 3):
        talk.open(f"c{number}")
        talk.up(f"c{number}", GET)
        talk.down(f"c{number}", ok())
        talk.close(f"c{number}", after=2.0)
    assert {use.gaps[-1].certainty for use in talk.found().uses} == {Certainty.INFERRED}


def test_the_capture_ends_in_a_gap() -> None:
    gap = only(served()).gaps[-1]
    assert (gap.before, gap.ended_by, gap.length_ns) == (None, "capture", None)


@pytest.mark.parametrize(("close", "word"), [(True, "closed"), (False, "so far")])
def test_a_connection_that_carried_nothing(close: bool, word: str) -> None:
    talk = Talk()
    talk.open("c1")
    if close:
        talk.close("c1", after=1.0)
    use = only(talk)
    assert use.unused == word
    assert [gap.ended_by for gap in use.gaps] == ["fin" if close else "capture"]


def test_a_refused_connection_is_not_called_unused() -> None:
    talk = Talk()
    talk.refused("c1", "a", "b", 80)
    assert only(talk).unused is None


def test_a_request_that_crosses_the_fin() -> None:
    talk = served()
    fin = talk.fin("c1", "down", ack=False)
    seq = 1 + len(GET)
    asked = talk.packets + 1
    talk.raw(f"+0.0001 c1 a>b PA {seq}:{seq + len(GET)}({len(GET)}) ack {1 + len(ok(b'x'))} data \"{_text(GET)}\"")
    talk.raw(f"+0.0001 c1 b>a R {2 + len(ok(b'x'))}:{2 + len(ok(b'x'))}(0)")
    (race,) = only(talk).races
    assert (race.fin, race.request, race.knew, race.reset, race.exchange) == (fin, asked, False, asked + 1, 2)


def test_a_request_after_the_fin_was_known() -> None:
    talk = served()
    fin = talk.fin("c1", "down")
    asked = talk.up("c1", GET, after=0.5, ack=False)
    (race,) = only(talk).races
    assert (race.fin, race.request, race.knew, race.reset) == (fin, asked, True, None)


def test_a_request_that_is_answered_is_no_race() -> None:
    talk = served()
    talk.close("c1")
    assert only(talk).races == ()


def _text(data: bytes) -> str:
    return "".join(f"\\x{byte:02x}" for byte in data)


@pytest.mark.parametrize(("name", "error", "local", "end_ns", "waited"), [
    ("recv", "TimeoutError: timed out", "10.0.0.2:80", 50, 46), ("recv", None, "10.0.0.2:80", 50, None),
    ("recv", "TimeoutError: timed out", "10.0.0.1:40000", 50, None),
    ("recv", "TimeoutError: timed out", "10.0.0.2:80", 5, None),
    ("accept", "TimeoutError: timed out", "10.0.0.2:80", 50, None),
])
def test_a_read_that_timed_out_within_the_gap_ended_it(
        name: str, error: str | None, local: str, end_ns: int, waited: int | None) -> None:
    call = Call(1, "server", "server.py", 1, 1, name, 4, end_ns, local=local, error=error)
    connection = SimpleNamespace(calls=(call,), end=lambda _: SimpleNamespace(endpoint="10.0.0.2:80"))
    gap = Gap(1, 2, 10, 100, "fin", Side.SERVER)
    assert _gave_up_in_a_call(SimpleNamespace(connection=connection), gap) == waited  # type: ignore[arg-type]
