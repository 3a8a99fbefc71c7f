"""The labs of HTTP: each comes out with the messages, sizes, order and closes of its recording."""

from __future__ import annotations

import ast
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import pytest

from tests.apps.recorded import spoken
from tests.conftest import needed
from tests.lab.bench import can_run_labs
from whywire.capture import open_capture
from whywire.capture.run import open_run
from whywire.connections import account
from whywire.connections.model import Account, Certainty, Connection, Side
from whywire.exchanges import Exchanges, find, payload_of
from whywire.lab.catalogue import find as find_lab
from whywire.lab.run import run
from whywire.packets import decode_capture
from whywire.packets.merge import open_view
from whywire.story.links import link_items

FOUNDING = Path(__file__).resolve().parent.parent / "captures" / "founding"
ALLOWED = {"os", "re", "select", "socket", "sys", "threading", "time", "urllib"}
RECORDINGS = {
    "http-index": ("a-http-browser-snap640.pcapng", (1,)),
    "http-page": ("a-http-browser-snap640.pcapng", (4, 5, 6, 7, 8, 9)),
    "http-not-found": ("a-http-404.pcapng", (0,)),
    "http-redirect": ("b-http-redirect.pcapng", (0, 1)),
    "http-keep-alive": ("d-http-keep-alive.pcapng", (0,)),
    "http-keep-alive-expired": ("d-http-keep-alive-expired.pcapng", (0, 1)),
    "http-own-client": ("b-http-own-client.pcapng", (0,)),
}
"""Lab -> the recording that it rebuilds, and which of its connections."""
NAMES = list(RECORDINGS)


@dataclass(frozen=True)
class Seen:
    """What of a connection has to be the same in the lab and in its recording."""

    messages: tuple[tuple[str, int, int, int], ...]
    """Of each exchange: target, bytes of the request, of the response's head, of its body."""
    fins: tuple[str, ...]
    """Who closed, in order."""
    resets: int
    first: str | None
    time_wait: str | None


@cache
def story_of(path: Path) -> tuple[Account, Exchanges]:
    """Read a capture or a run folder."""
    if path.is_dir():
        opened = open_run(path)
        with open_view(opened) as view:
            known = account(view, opened)
            return known, find(known, payload_of(view))
    with closing(open_capture(path)) as source, decode_capture(source, path.name) as capture:
        known = account(capture)
        return known, find(known, payload_of(capture))


def seen(path: Path, chosen: tuple[int, ...] | None = None) -> list[Seen]:
    """Return what was seen of the connections, in the order they were opened."""
    known, exchanges = story_of(path)
    numbers = range(len(known.connections)) if chosen is None else chosen
    return [_seen(known.connections[number], exchanges) for number in numbers]


def _seen(connection: Connection, exchanges: Exchanges) -> Seen:
    messages = tuple((one.request.target or "", one.request.bytes, one.response.head_bytes, one.response.body_bytes)
                     for one in exchanges.of(connection.number) if one.request and one.response)
    ending = connection.closing
    return Seen(messages, tuple(str(mark.sender) for mark in ending.fins), len(ending.rsts), ending.first,
                ending.time_wait)


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Return what makes a lab's run folder, each only once."""
    can_run_labs()

    @cache
    def made(name: str, variant: str = "") -> Path:
        for _ in range(3):
            outcome = run(find_lab(name).plan(variant=variant), tmp_path_factory.mktemp(name) / "run")
            assert (outcome.ended, outcome.problems) == ("closed", ())
            if undisturbed(outcome.path):
                break
        return outcome.path

    return made


def undisturbed(path: Path) -> bool:
    """Tell whether the wire kept its time. It loses nothing, so what was sent again was held up by a busy machine.

    A kernel sends its FIN again when the ACK takes 200 ms; the second ACK of that is answered with RST, because the
    port is closed by then. That is TCP as it should be, and not the recording's.
    """
    return not any("retransmission" in kind for connection in story_of(path)[0].connections
                   for each in connection.segments for kind in each.kinds)


@pytest.mark.parametrize("name", NAMES)
def test_programs_are_plain_and_short_enough_to_read(name: str) -> None:
    lab = find_lab(name)
    assert lab.title.endswith(".")
    assert len(lab.title) <= 110
    for path in lab.programs():
        text = path.read_text()
        assert len(text.splitlines()) <= 80
        imported = {(node.names[0].name if isinstance(node, ast.Import) else node.module or "").split(".")[0]
                    for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Import | ast.ImportFrom)}
        assert imported <= ALLOWED


@pytest.mark.parametrize("name", [name for name in NAMES if name != "http-redirect"])
def test_messages_sizes_order_and_closes_are_those_of_the_recording(name: str, ran: Callable[..., Path]) -> None:
    assert seen(ran(name)) == seen(FOUNDING / RECORDINGS[name][0], RECORDINGS[name][1])


def test_a_redirect_opens_a_second_connection(ran: Callable[..., Path]) -> None:
    """Held against both recordings: the closes of one, the sizes of the other, whose client closed late."""
    assert seen(ran("http-redirect")) == seen(FOUNDING / "b-http-redirect.pcapng")


def test_the_server_s_close_comes_after_a_second_of_silence(ran: Callable[..., Path]) -> None:
    for name in ("http-index", "http-keep-alive"):
        connection = story_of(ran(name))[0].connections[0]
        data = max(each.time_ns for each in connection.segments if each.length)
        fin = next(mark for mark in connection.closing.fins)
        closed = next(each.time_ns for each in connection.segments if each.packet == fin.packet)
        assert 0.98e9 < closed - data < 1.3e9


def test_two_writes_are_two_segments_and_one_write_is_one(ran: Callable[..., Path]) -> None:
    def down(name: str) -> list[int]:
        connection = story_of(ran(name))[0].connections[0]
        return [each.length for each in connection.segments if each.length and str(each.sender) == "server"]

    assert down("http-index") == [64, 168]
    assert down("http-not-found") == [45]
    assert down("http-redirect") == [77]
    assert down("http-own-client") == [1448, 1448, 290]
    assert down("http-keep-alive") == [274, 274]


def test_the_page_s_time_is_the_server_s_idle_time(ran: Callable[..., Path]) -> None:
    known, exchanges = story_of(ran("http-page"))
    assert len(known.connections) == 6
    waited = [one.response.first_ns - one.request.last_ns for number in range(2, 7) for one in exchanges.of(number)
              if one.request and one.response]
    assert all(number * 0.98e9 < each < number * 1.0e9 + 2e9 for number, each in enumerate(waited, 1))
    assert waited == sorted(waited)
    asked = [link for link in exchanges.links if link.kind == "page"]
    assert len(asked) == 12
    assert [len(use.waits) for use in exchanges.uses] == [0, 1, 1, 1, 1, 1]
    [page] = [item.text for item in link_items(1, exchanges) if item.label == "Page"]
    assert "in 5 idle time-outs: the server takes one connection at a time" in page
    assert "waited for more on c1, c2, c3, c4, c5" in page


def test_a_time_out_that_the_trace_shows_is_known(ran: Callable[..., Path]) -> None:
    for name in ("http-index", "http-redirect", "http-page"):
        last = story_of(ran(name))[1].uses[-1].gaps[-1]
        assert (last.timed_out, last.certainty, last.others) == (Side.SERVER, Certainty.KNOWN, ())


def test_what_the_client_saved_is_in_the_run_folder(ran: Callable[..., Path]) -> None:
    folder = ran("http-keep-alive") / "files"
    assert (folder / "client" / "index.html").read_bytes() == (folder / "server" / "site" / "index.html").read_bytes()


@pytest.mark.parametrize("name", NAMES)
def test_the_real_programs_send_the_same_bytes(name: str, ran: Callable[..., Path]) -> None:
    """`whywire serve --profile classic` and `whywire fetch` in place of the scripts; six clients at once may race."""
    own, real = (spoken(ran(name, variant) / "client.pcapng") for variant in ("", "real"))
    assert sorted(real) == sorted(own)


@pytest.mark.parametrize("name", NAMES)
def test_the_real_programs_close_in_the_same_order(name: str, ran: Callable[..., Path]) -> None:
    def closes(variant: str) -> list[Seen]:
        return [replace(each, messages=()) for each in seen(ran(name, variant))]

    assert closes("real") == closes("")


def told(exchanges: Exchanges) -> str:
    """Return what each connection was used for, for the failure's message."""
    return "\n".join(f"c{use.connection} {use.unused or ''} waits {[each.behind for each in use.waits]} "
                     f"{[one.request.target for one in exchanges.of(use.connection) if one.request]}"
                     for use in exchanges.uses)


@pytest.mark.parametrize("name, answers", [
    ("http-index", [("/", 200, 168)]),
    ("http-redirect", [("/redirect", 301, 0), ("/result.html", 200, 114)]),
    ("http-not-found", [("/chtml", 404, 0)]),
])
def test_a_real_browser_is_answered_the_same(name: str, answers: list[tuple[str, int, int]],
                                             ran: Callable[..., Path]) -> None:
    """What it asks for by itself is a picture of the site (/favicon.ico): not there, so a 404 that closes."""
    needed("chromium", "./dev test installs it where it may, or says what to install")
    known, exchanges = story_of(ran(name, "browser"))
    got = [(one.request.target, one.response.status, one.response.body_bytes) for one in exchanges.exchanges
           if one.request and one.response]
    assert [each for each in got if each[0] != "/favicon.ico"] == answers
    assert [each for each in got if each[0] == "/favicon.ico"] in ([], [("/favicon.ico", 404, 0)])
    closed = {one.connection for one in exchanges.exchanges if one.request and one.request.target != "/favicon.ico"
              and one.response and one.response.status in (301, 404)}
    for connection in known.connections:
        if connection.number in closed:
            assert connection.closing.fins[0].sender is Side.SERVER


def test_a_real_browser_waits_for_the_same_reasons(ran: Callable[..., Path]) -> None:
    needed("chromium", "./dev test installs it where it may, or says what to install")
    exchanges = story_of(ran("http-page", "browser"))[1]
    pictures = {one.request.target: one.response.body_bytes for one in exchanges.exchanges
                if one.request and one.response and one.request.target.endswith(".jpg")}
    assert sorted(pictures.values()) == [220750] * 6 + [531923] * 6
    assert len(pictures) == 12
    used = [use for use in exchanges.uses if use.exchanges]
    assert len(used) == 6  # as many as browsers open to one server
    assert [len(use.waits) for use in used] == [0, 1, 1, 1, 1, 1], told(exchanges)
    [page] = [item.text for use in used for item in link_items(use.connection, exchanges) if item.label == "Page"]
    assert "in 5 idle time-outs: the server takes one connection at a time" in page
    timed_out = [gap for use in used for gap in use.gaps if gap.timed_out is Side.SERVER]
    assert all(0.5e9 < (gap.length_ns or 0) < 1.5e9 for gap in timed_out)  # the last bytes leave late
    assert len(timed_out) >= 5
    notes = open_run(ran("http-page", "browser")).meta.notes
    assert any("chromium on client was not traced" in note for note in notes)
