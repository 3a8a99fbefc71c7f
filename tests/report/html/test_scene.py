"""The picture as data: what is where, and what it is drawn as."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.report.html.pages import FOUNDING, OPENING, capture_page, page_data, talk_run
from tests.story.factories import C, S, call, segment
from whywire.base.records import Call
from whywire.packets.table import ACK, FIN, PSH, RST, SYN
from whywire.report.html.clock import clock
from whywire.report.html.scene import LETTERS, kind, more, result, short


@pytest.fixture(scope="module")
def talk(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return page_data(talk_run(tmp_path_factory.mktemp("talk")))


def test_an_arrow_a_packet_falling_by_its_flight_time(talk: dict[str, Any]) -> None:
    (one,) = talk["scenes"]
    assert [arrow["p"] for arrow in one["arrows"]] == list(range(1, 9))
    assert one["slanted"]
    falls = [arrow["end"] - arrow["y"] for arrow in one["arrows"] if not arrow.get("lost")]
    assert all(fall >= 50 for fall in falls)
    assert [(arrow["from"], arrow["to"]) for arrow in one["arrows"][:3]] == [(0, 1), (1, 0), (0, 1)]


def test_each_arrow_names_its_flags_range_and_numbers(talk: dict[str, Any]) -> None:
    labels = [f"{arrow['what']} {arrow['more']}" for arrow in talk["scenes"][0]["arrows"]]
    assert labels[:4] == ["SYN seq 0", "SYN ACK seq 0, ack 1", "ACK seq 1, ack 1", "5 bytes 1..5 PSH ACK, ack 1"]


def test_what_the_wire_did_is_at_its_arrow(talk: dict[str, Any]) -> None:
    lost = [arrow for arrow in talk["scenes"][0]["arrows"] if arrow.get("lost")]
    assert [arrow["p"] for arrow in lost] == [6]
    assert "dropped it on purpose" in lost[0]["deeds"][0]
    assert [arrow["p"] for arrow in talk["scenes"][0]["arrows"] if arrow["deeds"]] == [6]


def test_empty_time_is_marked_with_its_reason(talk: dict[str, Any]) -> None:
    first, second = talk["scenes"][0]["gaps"]
    assert first["text"] == "2.00 s"
    assert "timer" in second["why"]


def test_calls_hang_on_their_life_line_from_start_to_return(talk: dict[str, Any]) -> None:
    one = talk["scenes"][0]
    boxes = {box["name"]: box for box in one["calls"]}
    arrows = {arrow["p"]: arrow for arrow in one["arrows"]}
    assert [box["lane"] for box in boxes.values()] == [0, 0, 0]
    assert boxes["connect"]["y"] <= arrows[1]["y"]
    assert boxes["connect"]["end"] >= arrows[2]["end"]
    assert boxes["recv"]["y"] < arrows[5]["y"] < arrows[7]["end"] <= boxes["recv"]["end"]
    assert [box["depth"] for box in boxes.values()] == [0, 0, 0]


def test_calls_of_two_threads_stand_beside_each_other(tmp_path: Path) -> None:
    from tests.ladders import run_of

    run = run_of("""
host a 10.0.0.1
host b 10.0.0.2
program a client.py
+0.000 a>b S  0:0(0)        win 64240 arrives +0.005
+0.005 b>a SA 0:0(0)  ack 1 win 64240 arrives +0.005
+0.005 a>b A  1:1(0)  ack 1 win 64240 arrives +0.005
       a: recv(10) ... at client.py:4
+0.001 a: send(5 bytes) = 5 takes 0.001 at client.py:5
+0.001 a>b PA 1:6(5)  ack 1 win 64240 arrives +0.005
+0.010 b>a PA 1:6(5)  ack 6 win 64240 arrives +0.005
+0.005 a: ... recv = 5
""", tmp_path / "run")
    boxes = {box["name"]: box["depth"] for box in page_data(run)["scenes"][0]["calls"]}
    assert boxes == {"recv": 0, "send": 1}


def test_a_call_that_began_long_before_and_one_that_never_returned(tmp_path: Path) -> None:
    from tests.ladders import run_of

    run = run_of("""
host a 10.0.0.1
host b 10.0.0.2
program b server.py
       b: accept() ... at server.py:6
+9.000 a>b S  0:0(0)        win 64240 arrives +0.005
+0.005 b>a SA 0:0(0)  ack 1 win 64240 arrives +0.005
+0.005 a>b A  1:1(0)  ack 1 win 64240 arrives +0.005
+0.005 b: ... accept = 5
       b: recv(1024) ... at server.py:7
""", tmp_path / "run")
    one = page_data(run)["scenes"][0]
    accept, recv = one["calls"]
    assert (accept["early"], accept["open"], recv["early"], recv["open"]) == (True, False, False, True)
    assert accept["y"] >= 0
    assert one["gaps"] == []


def test_several_connections_are_drawn_together_and_each_by_itself() -> None:
    found = page_data(FOUNDING / "e-calc-proxy.pcapng")["scenes"]
    together, *each = found
    assert together["connections"] == [one["connections"][0] for one in each]
    assert [arrow["p"] for arrow in together["arrows"]] == sorted(
        arrow["p"] for one in each for arrow in one["arrows"])


def test_times_of_a_picture_begin_with_its_first_packet() -> None:
    for one in page_data(FOUNDING / "b-v3.pcapng")["scenes"]:
        assert one["arrows"][0]["time"] == 0


def test_the_clock_of_a_picture_is_named() -> None:
    for one in page_data(FOUNDING / "e-calc-proxy.pcapng")["scenes"]:
        assert one["since"] == one["arrows"][0]["p"]
        assert (one["unit"], one["digits"]) == clock([arrow["time"] for arrow in one["arrows"]])


@pytest.mark.parametrize(("made", "shown"), [
    (call(1, "connect", args="('server', 9090)"), ("connect(server:9090)", "")),
    (call(1, "recv", args="1024", byte_count=13), ("recv(1024)", "= 13 bytes")),
    (call(1, "recv", args="1024", error="ConnectionResetError: [Errno 104]"), ("recv(1024)", "= ConnectionResetError")),
    (call(1, "bind", args="('', 80)"), ("bind(('', 80))", "")),
])
def test_a_call_in_two_parts(made: Call, shown: tuple[str, str]) -> None:
    assert (short(made), result(made)) == shown


def test_numbers_without_flags_are_shorter(talk: dict[str, Any]) -> None:
    data = talk["scenes"][0]["arrows"][3]
    assert (data["more"], data["brief"]) == ("PSH ACK, ack 1", "ack 1")


def test_a_capture_from_one_place_has_level_arrows() -> None:
    (one,) = page_data(FOUNDING / "a-v1.pcapng")["scenes"]
    assert not one["slanted"]
    assert all(arrow["y"] == arrow["end"] for arrow in one["arrows"])


def test_a_long_connection_says_what_is_left_out(tmp_path: Path) -> None:
    lines = [*OPENING]
    lines += [f"+0.001 a>b PA {at}:{at + 1}(1) ack 1 win 64240" for at in range(1, 600)]
    (one,) = capture_page("\n".join(lines), tmp_path, packets=450)["scenes"]
    assert (len(one["arrows"]), one["left_out"]) == (400, 202)
    assert [gap["left_out"] for gap in one["gaps"] if gap["left_out"]] == [202]


@pytest.mark.parametrize(("changes", "drawn"), [
    ({"flags": SYN}, "syn"), ({"flags": SYN | ACK}, "syn"), ({"flags": FIN | ACK, "length": 9}, "fin"),
    ({"flags": RST}, "rst"), ({"flags": ACK}, "ack"), ({"flags": ACK | PSH, "length": 1}, "data"),
    ({"flags": ACK, "length": 1, "kinds": ("data", "retransmission")}, "again"),
    ({"flags": SYN, "kinds": ("syn", "retransmission")}, "again"), ({"flags": ACK, "kinds": ("keep-alive",)}, "probe"),
])
def test_each_kind_has_its_letter(changes: dict[str, Any], drawn: str) -> None:
    flags = changes.pop("flags")
    assert kind(segment(1, C, flags, **changes)) == drawn
    assert len(set(LETTERS.values())) == len(LETTERS)


def test_a_closed_window_is_named_at_its_arrow() -> None:
    assert more(segment(1, S, ACK, seq=5, ack=9, window=0), "ACK") == "seq 5, ack 9, win 0"
