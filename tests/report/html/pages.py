"""Pages of ladders and captures, for the tests of this room."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.ladders import capture_file, run_of
from whywire.cli.report import told_in_detail
from whywire.cli.show import Wishes, open_path
from whywire.report.html.data import data
from whywire.story import Story

FOUNDING = Path(__file__).resolve().parents[2] / "captures" / "founding"

TALK = """
host a 10.0.0.1
host b 10.0.0.2
program a client.py
program b server.py
       a: connect(b:80) ... at client.py:2 `s.connect((HOST, 80))`
+0.000 a>b S  0:0(0)        win 64240 arrives +0.005
+0.005 b>a SA 0:0(0)  ack 1 win 64240 arrives +0.005
+0.005 a>b A  1:1(0)  ack 1 win 64240 arrives +0.005
       a: ... connect = 0
       a: send(5 bytes) = 5 at client.py:3 `s.send(b"hello")`
+0.000 a>b PA 1:6(5)  ack 1 win 64240 data "hello" arrives +0.005
+0.001 a: recv(1024) ... at client.py:4 `s.recv(1024)`
+0.004 b>a A  1:1(0)  ack 6 win 64240 arrives +0.005
+2.000 b>a PA 1:4(3)  ack 6 win 64240 data "bye" dropped
+0.300 b>a PA 1:4(3)  ack 6 win 64240 data "bye" arrives +0.005
+0.005 a>b A  6:6(0)  ack 4 win 64240 arrives +0.005
       a: ... recv = 3
"""
"""A handshake, a request, an answer that the wire drops once; calls of the client."""

OPENING = ("+0.000 a>b S 0:0(0) win 64240", "+0.001 b>a SA 0:0(0) ack 1 win 64240",
           "+0.001 a>b A 1:1(0) ack 1 win 64240")

CLIENT = "import socket\ns.connect((HOST, 80))\ns.send(b\"hello\")\nprint(s.recv(1024))\n"


def capture_page(text: str, folder: Path, packets: int | None = None) -> dict[str, Any]:
    """Return the data of the page of a ladder's capture."""
    return page_data(capture_file(text, folder / "ladder.pcapng"), packets)


def talk_run(folder: Path) -> Path:
    """Return a run folder of `TALK`, with the client's file in it."""
    run = run_of(TALK, folder / "run")
    source = run / "sources" / "a" / "client.py"
    source.parent.mkdir(parents=True)
    source.write_text(CLIENT)
    return run


def page_data(path: Path, packets: int | None = None, connection: int | None = None) -> dict[str, Any]:
    """Return the data of the page of a capture or run folder."""
    return data(story_of(path, packets, connection))


def story_of(path: Path, packets: int | None = None, connection: int | None = None) -> Story:
    """Return the story of a capture or run folder with its details."""
    run, capture = open_path(path, None)
    with capture:
        return told_in_detail(run, capture, Wishes(format="json", connection=connection), packets)
