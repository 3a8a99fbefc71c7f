from __future__ import annotations

from base64 import b64decode
from pathlib import Path
from typing import Any

import pytest

from tests.report.html.pages import FOUNDING, OPENING, page_data, talk_run
from whywire.capture import open_capture
from whywire.packets import decode_capture
from whywire.packets.dissect import dissect


@pytest.fixture(scope="module")
def talk(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return page_data(talk_run(tmp_path_factory.mktemp("talk")))


def test_the_bytes_are_those_of_the_file_and_the_fields_stand_in_them() -> None:
    page = page_data(FOUNDING / "a-v2.pcapng")
    texts = page["strings"]
    with decode_capture(open_capture(FOUNDING / "a-v2.pcapng"), "a-v2") as capture:
        for packet in page["packets"]:
            row = packet["p"] - 1
            frame = capture.frame(row)
            assert b64decode(packet["frame"]["bytes"]) == frame
            layers = dissect(frame, capture.table.interfaces[0].link_type, capture.table.original[row])
            shown = [(texts[name], start, end, [(texts[page["fields"][at][0]], texts[page["fields"][at][1]],
                                             *page["fields"][at][3:5]) for at in fields])
                     for name, start, end, _, fields in packet["frame"]["layers"]]
            assert shown == [
                (layer.name, layer.start, layer.end, [(f.name, f.text, f.start, f.end) for f in layer.fields])
                for layer in layers]


def test_a_packet_knows_its_calls_and_who_waited_for_it(talk: dict[str, Any]) -> None:
    calls = {call["k"]: call for call in talk["calls"]}
    packets = {packet["p"]: packet for packet in talk["packets"]}
    assert [calls[number]["place"] for number in packets[1]["calls"]] == ["client.py:2"]
    assert [calls[number]["place"] for number in packets[4]["calls"]] == ["client.py:3"]
    assert [calls[number]["place"] for number in packets[2]["woke"]] == ["client.py:2"]
    assert [calls[number]["place"] for number in packets[7]["woke"]] == ["client.py:4"]
    assert packets[5]["calls"] == []


def test_the_bookkeeping_before_and_after(talk: dict[str, Any]) -> None:
    packets = {packet["p"]: packet for packet in talk["packets"]}
    assert packets[4]["book"] == [["client", 1, 1, 6, 1], ["server", 1, 1, 1, 1]]
    assert packets[5]["book"] == [["client", 6, 1, 6, 6], ["server", 1, 1, 1, 1]]


def test_findings_are_at_their_packet(talk: dict[str, Any]) -> None:
    packets = {packet["p"]: packet for packet in talk["packets"]}
    assert "TCP119" in {talk["findings"][at]["code"] for at in packets[6]["findings"]}


def test_frames_are_cut_to_what_fits(tmp_path: Path) -> None:
    from tests.ladders import capture_file
    from whywire.cli import report

    lines = [*OPENING]
    lines += [f"+0.001 a>b PA {1 + at * 1400}:{1401 + at * 1400}(1400) ack 1 win 64240" for at in range(400)]
    page = page_data(capture_file("\n".join(lines), tmp_path / "long.pcapng"))
    sizes = [len(b64decode(packet["frame"]["bytes"])) for packet in page["packets"]]
    assert sizes[:3] == [packet["frame"]["captured"] for packet in page["packets"]][:3]
    assert min(sizes[3:]) >= report.LEAST
    assert sum(sizes) <= report.BYTES
    assert page["packets"][9]["frame"]["captured"] == 1454
