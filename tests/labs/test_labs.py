"""Each lab of the catalogue, run: what PROGRAMS.md fixes of it, seen in its packets and calls."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.lab.bench import Frame, calls, can_run_labs, frames
from whywire.capture.run import open_run
from whywire.connections import account
from whywire.connections.model import CloseKind
from whywire.lab.catalogue import Lab, find, labs
from whywire.lab.run import run
from whywire.packets.merge import open_view

ALLOWED = {"socket", "sys", "time"}

SAID = {  # payload of each side; who sends the first FIN or RST
    "v1": ("Hello, World!", "HELLO, WORLD!", "client"),
    "v2": ("World! Hello, World!", "WORLD! HELLO, WORLD!", "client"),
    "v3": ("Hello, World!", "HELLO, WORLD!" * 1000, "client"),
    "v4": ("Hello, World!" * 40, "HELLO, WORLD!" * 40, "client"),
    "names-echo": ("Helloneighbour", "Helloneighbour", "server"),
    "names-upper": ("Mary, Johanna", "MARY, JOHANNA", "server"),
    "names-late": ("Mary, Johannaand Peter", "MARY, JOHANNA", "server"),
    "names-twice": ("Mary, Johanna, Peter, Maximus" * 2, "MARY, JOHANNA, PETER, MAXIMUS" * 2, "server"),
    "names-both": ("Anna, Berta, Clara, Dora and EmmaFrieda, Gerda, Hanna",
                   "ANNA, BERTA, CLARA, DORA AND EMMAFRIEDA, GERDA, HANNA", "server"),
    "crossover": ("This is the message!Hello, World!", "This isHello", "client"),
}
LABS = {name: find(name) for name in SAID}
"""The pairs; other labs have their own files of tests."""


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Return each lab's run folder, made when it is first asked for."""
    can_run_labs()

    class Runs(dict[str, Path]):
        def __missing__(self, name: str) -> Path:
            lab = LABS[name]
            plan = lab.plan({"sleep": 0.05} if lab.params else None)
            outcome = run(plan, tmp_path_factory.mktemp(name) / "run")
            ended = "quiet" if name == "crossover" else "closed"  # its server never closes its second connection
            assert (outcome.ended, outcome.problems, outcome.notes) == (ended, (), ())
            self[name] = outcome.path
            return outcome.path

    return Runs()


def left(folder: Path) -> list[tuple[str, Frame]]:
    """Return all frames in the order they left, each with its sender."""
    both = [(name, each) for name in ("client", "server") for each in frames(folder / f"{name}.pcapng") if each.leaves]
    return sorted(both, key=lambda pair: pair[1].number)


def test_every_lab_is_held_by_a_test() -> None:
    tested = "".join(path.read_text() for path in Path(__file__).parent.glob("test_*.py"))
    assert [lab.name for lab in labs() if f'"{lab.name}"' not in tested] == []


@pytest.mark.parametrize("lab", LABS.values(), ids=list(LABS))
def test_programs_are_short_and_plain(lab: Lab) -> None:
    assert [path.name for path in lab.programs()] == ["client.py", "server.py"]
    for path in lab.programs():
        text = path.read_text()
        assert len(text.splitlines()) <= 30
        imported = {alias.name for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Import)
                    for alias in node.names}
        assert imported <= ALLOWED
        assert "import *" not in text
    assert lab.title.endswith(".")
    assert len(lab.title) <= 110


@pytest.mark.parametrize("name", SAID)
def test_what_is_said_and_who_closes_first(name: str, ran: dict[str, Path]) -> None:
    client, server, closer = SAID[name]
    sent = left(ran[name])
    assert b"".join(each.payload for who, each in sent if who == "client").decode() == client
    assert b"".join(each.payload for who, each in sent if who == "server").decode() == server
    assert next(who for who, each in sent if "F" in each.flags or "R" in each.flags) == closer


@pytest.mark.parametrize(("name", "sizes"), [
    ("v1", {"client": [13], "server": [13]}), ("v2", {"client": [20], "server": [5, 15]}),
    ("v3", {"client": [13], "server": [1448] * 8 + [1416]}), ("v4", {"client": [130, 390], "server": [520]}),
    ("names-echo", {"client": [5, 9], "server": [5, 9]}), ("names-twice", {"client": [29, 29], "server": [29, 29]}),
])
def test_segments(name: str, sizes: dict[str, list[int]], ran: dict[str, Path]) -> None:
    sent = left(ran[name])
    assert {side: [len(each.payload) for who, each in sent if who == side and each.payload] for side in sizes} == sizes


@pytest.mark.parametrize(("name", "flags"), [
    ("v1", []), ("v2", ["R", "R"]), ("v3", ["RA"]), ("v4", []), ("names-echo", []), ("names-upper", []),
    ("names-late", ["R", "R"]), ("names-twice", []), ("names-both", []), ("crossover", []),
])
def test_resets(name: str, flags: list[str], ran: dict[str, Path]) -> None:
    assert [each.flags for _, each in left(ran[name]) if "R" in each.flags] == flags


def test_v3_reads_twice_1024(ran: dict[str, Path]) -> None:
    reads = [call for call in calls(ran["v3"]) if call["name"] == "recv"]
    assert [call["byte_count"] for call in reads if call["host"] == "client"] == [1024, 1024]
    assert [call.get("error", "")[:20] for call in reads if call["host"] == "server"] == ["", "ConnectionResetError"]


def test_v4_sleeps_before_every_read(ran: dict[str, Path]) -> None:
    server = [call["name"] for call in calls(ran["v4"]) if call["host"] == "server"]
    assert server[2:] == ["accept", "sleep", "recv", "send", "sleep", "recv", "close", "accept"]


def test_the_recorded_run_is_one_of_v2_with_nothing_private_in_it() -> None:
    folder = find("v2").recorded()
    assert folder is not None
    recorded = open_run(folder)
    assert recorded.meta.tier == "user namespace"
    assert [len(frames(path)) for path in recorded.capture_paths.values()] == [12, 12]
    assert {call.file for call in recorded.calls() if call.name != "exit"} == {"client.py", "server.py"}
    assert recorded.problems == []
    for name in ("client", "server"):
        assert (folder / "sources" / name / f"{name}.py").read_bytes() == (folder.parent / f"{name}.py").read_bytes()
    text = b"".join(path.read_bytes() for path in folder.rglob("*")
                    if path.is_file() and path.parent.name != "__pycache__")
    assert [word for word in (b"/root", b"/home", b"/tmp", b"/work", b"nobody") if word in text] == []


@pytest.mark.parametrize("name", ["names-both", "crossover"])
def test_the_fins_cross(name: str, ran: dict[str, Path]) -> None:
    opened = open_run(ran[name])
    with open_view(opened) as view:
        closing = account(view, opened).connections[0].closing
    assert (closing.kind, closing.first, closing.time_wait) == (CloseKind.SIMULTANEOUS, "both", "both")


def test_crossover_leaves_one_connection_half_closed(ran: dict[str, Path]) -> None:
    opened = open_run(ran["crossover"])
    with open_view(opened) as view:
        second = account(view, opened).connections[1]
    assert (second.closing.kind, second.client.state, second.server.state) == (
        CloseKind.UNFINISHED, "FIN-WAIT-2", "CLOSE-WAIT")


def test_a_wire_that_hands_over_bursts_says_so(ran: dict[str, Path]) -> None:
    assert any("handed over together" in note for note in open_run(ran["v3"]).meta.notes)
    assert not any("handed over" in note for note in open_run(ran["v1"]).meta.notes)
