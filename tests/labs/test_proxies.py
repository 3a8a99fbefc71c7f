"""The labs with a caching proxy, and those without one: which legs exist, who closes, what is said of hit and miss."""

from __future__ import annotations

import ast
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from tests.lab.bench import can_run_labs
from tests.labs.test_http import seen, story_of
from whywire.capture.run import open_run
from whywire.connections.model import Certainty, CloseKind, OpenKind, Side
from whywire.lab.catalogue import find as find_lab
from whywire.lab.run import run
from whywire.packets.table import FIN, SYN

FOUNDING = Path(__file__).resolve().parent.parent / "captures" / "founding"
CALC = ("calc-direct", "calc-proxy", "calc-origin-down")
HTTP = ("http-proxy-direct", "http-proxy", "http-proxy-origin-down")
ALLOWED = {"json", "socket", "struct", "sys", "time"}
REAL = [name for name in (*CALC, *HTTP) if "real" in find_lab(name).variants]


def ways(*names: str) -> pytest.MarkDecorator:
    """Run a test with each lab's scripts, and with the real programs where the lab has them."""
    cases = [(name, variant) for name in names for variant in ("", *find_lab(name).variants)]
    return pytest.mark.parametrize(("name", "variant"), cases, ids=["-".join(filter(None, case)) for case in cases])


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Return what makes a lab's run folder, each only once."""
    can_run_labs()

    @cache
    def made(name: str, variant: str = "") -> Path:
        outcome = run(find_lab(name).plan({"sleep": 0.1}, variant), tmp_path_factory.mktemp(name) / "run")
        kept = name == "http-proxy" and variant == "real"  # this proxy keeps its connection to the server
        assert (outcome.ended, outcome.problems) == ("quiet" if kept else "closed", ())
        return outcome.path

    return made


@pytest.mark.parametrize("name", [*CALC, *HTTP])
def test_programs_are_plain_and_short_enough_to_read(name: str) -> None:
    lab = find_lab(name)
    assert lab.title.endswith(".")
    assert len(lab.title) <= 110
    hosts = [host.name for host in lab.plan().hosts]
    assert hosts == (["client", "server"] if name.endswith("direct") else ["client", "proxy", "server"])
    assert sorted(path.stem for path in lab.programs()) == hosts
    for path in lab.programs():
        text = path.read_text()
        assert len(text.splitlines()) <= 60
        imported = {alias.name for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Import)
                    for alias in node.names}
        assert imported <= ALLOWED


def events(path: Path) -> list[list[tuple[str, str]]]:
    """Return of each connection its packets in order, pure ACKs left out: who sent it, and what it is."""
    return [[(str(one.sender), "SYN" if one.flags & SYN else "FIN" if one.flags & FIN else "data")
             for one in connection.segments if one.length or one.flags & (SYN | FIN)]
            for connection in story_of(path)[0].connections]


@ways("calc-direct", "calc-proxy")
def test_legs_packets_and_closes_are_those_of_the_recording(name: str, variant: str, ran: Callable[..., Path]) -> None:
    path, recording = ran(name, variant), FOUNDING / f"e-{name}.pcapng"
    assert events(path) == events(recording)
    assert [(one.fins, one.resets, one.first, one.time_wait) for one in seen(path)] == [
        (one.fins, one.resets, one.first, one.time_wait) for one in seen(recording)]
    assert [one.packets for one in story_of(path)[0].connections] == [
        one.packets for one in story_of(recording)[0].connections]
    assert legs(path) == legs(recording)


def legs(path: Path) -> list[tuple[str, int, int]]:
    """Return how connections belong together, by their numbers."""
    exchanges = story_of(path)[1]

    def connection(ref: str) -> int:
        return exchanges.exchanges[int(ref[1:]) - 1].connection if ref[0] == "x" else int(ref[1:])

    return [(link.kind, connection(str(link.source)), connection(str(link.target))) for link in exchanges.links
            if link.kind.startswith("proxy")]


@ways("calc-proxy", "http-proxy")
def test_a_miss_a_hit_a_miss(name: str, variant: str, ran: Callable[..., Path]) -> None:
    path = ran(name, variant)
    known, exchanges = story_of(path)
    again = [("proxy", "server")] if (name, variant) != ("http-proxy", "real") else []  # it keeps its connection
    assert [(one.client.host, one.server.host) for one in known.connections] == [
        ("client", "proxy"), ("proxy", "server"), ("client", "proxy"), ("client", "proxy"), *again]
    assert legs(path) == [("proxy-forward", 1, 2), ("proxy-hit", 3, 1), ("proxy-forward", 4, 5 if again else 2)]
    links = [link for link in exchanges.links if link.kind.startswith("proxy")]
    assert {link.certainty for link in links} == {Certainty.KNOWN}
    miss, hit = int(links[0].detail["answer_ns"] or 0), int(links[1].detail["answer_ns"] or 0)
    assert miss >= 24_000_000  # five times the wire's 5 ms: to the proxy, a handshake, to the server and back
    assert hit >= 5_000_000


def test_the_proxy_closes_its_own_connection_before_it_answers(ran: Callable[..., Path]) -> None:
    front, back = story_of(ran("calc-proxy"))[0].connections[:2]
    closed = next(one.packet for one in back.segments if one.flags & FIN and one.sender is Side.CLIENT)
    answered = next(one.packet for one in front.segments if one.length and one.sender is Side.SERVER)
    assert closed < answered


@ways("calc-origin-down", "http-proxy-origin-down")
def test_the_server_is_gone(name: str, variant: str, ran: Callable[..., Path]) -> None:
    path = ran(name, variant)
    known, exchanges = story_of(path)
    assert legs(path) == [("proxy-forward", 1, 2), ("proxy-hit", 3, 1), ("proxy-error", 4, 5)]
    statuses = [one.response.status for one in exchanges.exchanges if one.response]
    assert statuses == [200, 200, 200, 502]
    refused = known.connections[4]
    assert (refused.opening.kind, refused.packets) == (OpenKind.REFUSED, 2)
    healthy = known.connections[3]
    assert healthy.closing.kind is CloseKind.ORDERLY
    assert healthy.closing.rsts == ()
    assert len(healthy.closing.fins) == 2
    assert {link.certainty for link in exchanges.links if link.kind.startswith("proxy")} == {Certainty.KNOWN}


@pytest.mark.parametrize(("name", "refs"), [("calc-direct", 3), ("http-proxy-direct", 3)])
def test_without_a_proxy_each_answer_is_the_servers(name: str, refs: int, ran: Callable[..., Path]) -> None:
    known, exchanges = story_of(ran(name))
    assert len(known.connections) == refs
    assert legs(ran(name)) == []
    sizes = [(one.request.bytes, one.response.bytes) for one in exchanges.exchanges if one.request and one.response]
    assert sizes[0] == sizes[1] != sizes[2]


@pytest.mark.parametrize("name", REAL)
def test_the_real_programs_say_the_same(name: str, ran: Callable[..., Path]) -> None:
    def said(variant: str) -> list[tuple[str | None, int | None]]:
        return [(one.request.target if one.request else None, one.response.status if one.response else None)
                for one in story_of(ran(name, variant))[1].exchanges]

    assert said("real") == said("")


def test_what_the_programs_print(ran: Callable[..., Path]) -> None:
    run_folder = open_run(ran("calc-origin-down"))
    printed = {program.host: (run_folder.path / program.output).read_text() for program in run_folder.meta.programs}
    assert printed["client"].splitlines() == [
        "20+22 -> {'result': 42, 'steps': []}", "20+22 -> {'result': 42, 'steps': []}",
        "100+200+300 -> {'error': \"the origin can't be reached: Connection refused\"}"]
    assert printed["proxy"].splitlines() == ["miss: b'20+22'", "hit: b'20+22'", "miss: b'100+200+300'"]
