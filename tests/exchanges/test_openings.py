"""Connections that earlier ones made necessary, or that stood beside them."""

from __future__ import annotations

from random import Random

import pytest

from tests.exchanges.talk import GET, Talk, links, ok
from whywire.connections.model import Certainty
from whywire.exchanges import Exchanges


def asked(talk: Talk, tag: str, request: bytes, response: bytes) -> None:
    talk.open(tag)
    talk.up(tag, request)
    talk.down(tag, response)


@pytest.mark.parametrize(("way", "by"), [("down", "server"), ("up", "client")])
def test_a_connection_that_replaces_a_closed_one(way: str, by: str) -> None:
    talk = Talk()
    asked(talk, "c1", GET, ok())
    talk.close("c1", way)
    asked(talk, "c2", GET, ok())
    (link,) = [one for one in talk.found().links if one.kind == "replaces"]
    assert (str(link.source), str(link.target), link.detail["closed_by"]) == ("c1", "c2", by)


def test_the_last_one_closed_is_replaced() -> None:
    talk = Talk()
    asked(talk, "c1", GET, ok())
    asked(talk, "c2", GET, ok())
    talk.close("c2")
    talk.close("c1")
    asked(talk, "c3", GET, ok())
    assert links(talk.found(), "replaces") == [("c1", "c3")]


@pytest.mark.parametrize("busy", [True, False])
def test_a_connection_beside_another(busy: bool) -> None:
    talk = Talk()
    talk.open("c1")
    talk.up("c1", GET)
    if not busy:
        talk.down("c1", ok())
    talk.open("c2")
    (link,) = [one for one in talk.found().links if one.kind == "parallel"]
    assert (str(link.source), str(link.target), link.detail["busy"]) == ("c1", "c2", busy)
    assert link.certainty is (Certainty.LIKELY if busy else Certainty.INFERRED)


def test_many_at_once_are_linked_as_one_by_one() -> None:
    """What the sweep finds is what each connection's own time shows: who was open, who was busy, who ended last."""
    kinds: set[object] = set()
    for seed in range(8):
        random, talk = Random(seed), Talk()
        opened: list[str] = []
        begun: dict[str, int] = {}
        ended: dict[str, int] = {}
        waiting: dict[str, int] = {}
        expected: set[tuple[object, ...]] = set()
        for _ in range(60):
            idle = [tag for tag in opened if tag not in waiting]
            step = random.choice(["open", "ask", "ask", "answer", "answer", "close", "close"])
            if step == "open":
                tag = f"c{len(begun) + 1}"
                if opened:
                    busy = next((one for one in opened if one in waiting), None)
                    expected.add(("parallel", busy or opened[-1], tag, busy is not None, len(opened)))
                elif ended:
                    expected.add(("replaces", max(ended, key=lambda one: ended[one]), tag, None, None))
                talk.open(tag)
                opened.append(tag)
                begun[tag] = talk.packets
            elif step == "ask" and idle:
                tag = random.choice(idle)
                waiting[tag] = talk.up(tag, GET)
            elif step == "answer" and waiting:
                tag = random.choice(sorted(waiting))
                del waiting[tag]
                talk.down(tag, ok())
            elif step == "close" and idle:
                tag = random.choice(idle)
                opened.remove(tag)
                ended[tag] = talk.close(tag)
        assert told(talk.found()) == expected, f"seed {seed}"
        kinds |= {kind for kind, *_ in expected}
    assert kinds == {"parallel", "replaces"}


def told(found: Exchanges) -> set[tuple[object, ...]]:
    """Return the links between connections: kind, from, to, busy, how many were open."""
    return {(one.kind, str(one.source), str(one.target), one.detail.get("busy"), one.detail.get("open"))
            for one in found.links if one.kind in ("parallel", "replaces")}
