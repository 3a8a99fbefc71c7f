from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from whywire.cli.report import told_in_detail
from whywire.cli.show import Wishes, open_path
from whywire.report.html.scene import LETTERS, scene
from whywire.report.svg import COLOURS, LETTER, call_label, lines_of, render

RECORDED = Path(__file__).resolve().parents[2] / "src" / "whywire" / "labs" / "v2" / "recorded"
NAME = "{http://www.w3.org/2000/svg}"


def scene_of(path: Path, number: int = 1) -> dict[str, Any]:
    folder, capture = open_path(path, None)
    with capture:
        detail = told_in_detail(folder, capture, Wishes()).detail
    assert detail is not None
    return scene([each for each in detail.connections if each.connection.number == number])


@pytest.fixture(scope="module")
def v2() -> dict[str, Any]:
    return scene_of(RECORDED)


def drawn(made: dict[str, Any]) -> ElementTree.Element:
    return ElementTree.fromstring(render(made))


def words(root: ElementTree.Element) -> list[str]:
    return ["".join(node.itertext()) for node in root.iter(f"{NAME}text")]


def test_every_packet_and_call_is_there(v2: dict[str, Any]) -> None:
    told = words(drawn(v2))
    for arrow in v2["arrows"]:
        start = f"{arrow['p']} {LETTERS[arrow['kind']]} {arrow['what']}"
        assert [text for text in told if text.startswith(start)]
    assert "server.py:14 recv(5) = 5 bytes" in told
    assert "client (client.py)" in told
    assert "10.0.0.2:8080" in told


def test_nothing_lies_outside(v2: dict[str, Any]) -> None:
    root = drawn(v2)
    width, height = (float(root.get(name, "0")) for name in ("width", "height"))
    for line in root.iter(f"{NAME}line"):
        assert min(float(line.get(name, "")) for name in ("x1", "x2")) >= 0
        assert max(float(line.get(name, "")) for name in ("x1", "x2")) <= width
        assert max(float(line.get(name, "")) for name in ("y1", "y2")) <= height
    for text in root.iter(f"{NAME}text"):
        x, size = float(text.get("x", "")), LETTER * len("".join(text.itertext()))
        left = {"end": x - size, "middle": x - size / 2}.get(text.get("text-anchor", ""), x)
        assert left >= 0
        assert left + size <= width


def test_an_arrow_ends_at_its_height(v2: dict[str, Any]) -> None:
    lines = [line for line in drawn(v2).iter(f"{NAME}line") if line.get("x1") != line.get("x2")]
    assert len(lines) == len(v2["arrows"])
    for line, arrow in zip(lines, v2["arrows"], strict=True):
        drop = float(line.get("y2", "")) - float(line.get("y1", ""))
        assert drop == pytest.approx(arrow["end"] - arrow["y"], abs=0.01)
        assert line.get("stroke") == COLOURS[arrow["kind"]]


def test_a_lost_packet_ends_on_its_way(v2: dict[str, Any]) -> None:
    arrow = {**v2["arrows"][0], "lost": True}
    root = drawn({**v2, "arrows": [arrow]})
    (line,) = [line for line in root.iter(f"{NAME}line") if line.get("x1") != line.get("x2")]
    lanes = sorted({float(line.get("x1", "")) for line in root.iter(f"{NAME}line")
                    if line.get("x1") == line.get("x2")})
    assert lanes[0] < float(line.get("x2", "")) < lanes[-1]
    assert any(text.endswith("lost") for text in words(root))


def test_compressed_time_is_named(founding: Path) -> None:
    made = scene_of(founding / "b-v3.pcapng")
    assert made["gaps"]
    told = words(drawn(made))
    assert all(any(text.startswith(gap["text"]) for text in told) for gap in made["gaps"])


def test_the_reason_of_compressed_time_is_told_whole_or_by_sentences(v2: dict[str, Any]) -> None:
    why = ("nothing on these connections. c5: Nothing was outstanding; then a program at the server acted. Why it "
           "waited, packets don't show. c6 to c10: The server had received data, and its program did nothing.")
    root = drawn({**v2, "arrows": [], "calls": [], "gaps": [{"y": 10, "end": 56, "text": "1.00 s", "why": why}]})
    lines = [text for text in words(root) if "nothing" in text or "acted" in text]
    assert lines == ["1.00 s: nothing on these connections. c5: Nothing was",
                     "outstanding; then a program at the server acted. \u2026"]
    assert f"1.00 s: {why}" in [node.text for node in root.iter(f"{NAME}title")]
    assert lines_of("one two three", 8 * LETTER, 1) == ["one two\u2026"]


@pytest.mark.parametrize(("text", "letters", "label"), [
    ("recv(1024) = 13 bytes", 40, "server.py:14 recv(1024) = 13 bytes"),
    ("recv(1024) = 13 bytes", 33, "server.py:14 recv(\u2026) = 13 bytes"),
    ("recv(1024) = 13 bytes", 24, "server.py:14 recv(\u2026)"),
    ("recv(1024) = 13 bytes", 18, "recv(\u2026) = 13 bytes"),
    ("recv(1024) = 13 bytes", 10, "recv(\u2026)"),
    ("recv(1024) = 13 bytes", 5, "recv\u2026"),
    ("recv(1024) = ConnectionResetError", 37, "recv(\u2026) = ConnectionResetError"),
    ("accept() = 10.0.0.2:35914", 22, "server.py:14 accept()"),
    ("exit", 17, "server.py:14 exit"),
    ("exit", 9, "exit"),
])
def test_a_call_that_is_too_long_loses_what_matters_least(text: str, letters: int, label: str) -> None:
    assert call_label("server.py:14", text, text.partition("(")[0], letters * LETTER) == label


def test_in_a_picture_of_several_connections_each_packet_names_its_own(founding: Path) -> None:
    folder, capture = open_path(founding / "d-http-redirect.pcapng", None)
    with capture:
        detail = told_in_detail(folder, capture, Wishes()).detail
    assert detail is not None
    told = words(drawn(scene(detail.connections)))
    assert any(text.startswith("12 S c2 SYN") for text in told)


def test_it_stands_alone_and_runs_nothing(v2: dict[str, Any]) -> None:
    text = render(v2)
    assert not re.search(r"<script|<style|<image|<foreignObject|href|url\(|@import|\son\w+=", text)
    assert text.count("http") == 1  # its name space


def test_foreign_text_stays_text(v2: dict[str, Any]) -> None:
    bad = "\"/></text><script>alert(1)</script>&amp;\x00\x1b[31m\u202e\ufffe\ud800"
    made = {**v2, "title": bad, "lanes": [{"title": bad, "address": bad} for _ in v2["lanes"]],
            "arrows": [{**arrow, "what": bad, "more": bad, "deeds": [bad]} for arrow in v2["arrows"]],
            "calls": [{**call, "text": bad, "place": bad} for call in v2["calls"]],
            "gaps": [{"y": 10, "end": 60, "text": bad, "why": bad}]}
    root = drawn(made)
    assert {node.tag.removeprefix(NAME) for node in root.iter()} <= {"svg", "title", "rect", "line", "path", "text",
                                                                      "tspan", "g"}
    titles = [node.text for node in root.iter(f"{NAME}title")]
    assert any(title and "<script>alert(1)</script>&amp;\\x00\\x1b[31m\\u202e" in title for title in titles)


@pytest.mark.parametrize("colour", list(COLOURS.values()))
def test_colours_can_be_read_on_white(colour: str) -> None:
    parts = [int(colour[at:at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    assert 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05) >= 4.5  # WCAG 2.2, 1.4.3
