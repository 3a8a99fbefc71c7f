"""The access log: formats, and lines that can't be forged."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.apps.http.bench import Echo
from whywire.apps.http.app import HeadFacts
from whywire.apps.http.log import BATCH, AccessLog, Entry, as_json, combined, common, escaped
from whywire.base.errors import WhywireError

LINE = b"GET /a HTTP/1.1"
HEADERS = (("host", "h"), ("user-agent", 'x "y"\n\\'), ("referer", "http://r/"))
ENTRY = Entry(784111777.25, "127.0.0.1:51234", LINE, 200, 12, HEADERS, took=0.0015)


def test_formats() -> None:
    assert common(ENTRY) == '127.0.0.1 - - [06/Nov/1994:08:49:37 +0000] "GET /a HTTP/1.1" 200 12'
    assert combined(ENTRY) == common(ENTRY) + r' "http://r/" "x \x22y\x22\x0A\x5C"'
    said = json.loads(as_json(ENTRY))
    assert said == {"time": 784111777.25, "client": "127.0.0.1:51234", "method": "GET", "target": "/a",
                    "version": "HTTP/1.1", "status": 200, "bytes": 12, "ms": 1.5, "host": "h", "referer": "http://r/",
                    "agent": 'x "y"\n\\'}


def test_what_is_missing_is_a_dash() -> None:
    entry = Entry(0.0, "[::1]:80", b"", 400, 0, why="no request")
    assert combined(entry) == '::1 - - [01/Jan/1970:00:00:00 +0000] "-" 400 0 "-" "-"'
    assert common(entry._replace(peer="unix:")).startswith("unix: - - ") or common(entry).startswith("::1 ")
    assert json.loads(as_json(entry))["why"] == "no request"


def test_facts_keep_their_part_of_the_line() -> None:
    facts = HeadFacts(HEADERS, "h")
    entry = ENTRY._replace(headers=(), facts=facts)
    assert combined(entry) == combined(ENTRY)
    assert facts.log_tail is not None and combined(entry) == combined(ENTRY)


@pytest.mark.parametrize("byte", [*range(32), 34, 92, *range(127, 256)])
def test_a_byte_that_could_forge_a_line_is_escaped(byte: int) -> None:
    assert escaped(chr(byte)) == f"\\x{byte:02X}"


def test_lines_are_written_in_batches_and_into_a_new_file_on_request(tmp_path: Path) -> None:
    path, old = tmp_path / "access.log", tmp_path / "old.log"
    log = AccessLog(str(path), "common")
    for _ in range(BATCH - 1):
        log.add("a:1", LINE, 200, 1)
    assert path.read_text() == ""
    log.add("a:1", LINE, 200, 1)
    assert path.read_text().count("\n") == BATCH
    log.add("a:1", LINE, 201, 1)
    path.rename(old)
    log.reopen()
    log.add("a:1", LINE, 202, 1)
    log.close()
    assert old.read_text().count("\n") == BATCH + 1
    assert path.read_text().endswith(" 202 1\n")


def test_a_log_that_can_t_be_opened_or_written_is_said(tmp_path: Path) -> None:
    with pytest.raises(WhywireError, match="can't be opened"):
        AccessLog(str(tmp_path / "no" / "log"))
    said: list[str] = []
    full = AccessLog("/dev/full", "common", said.append)
    for _ in range(2):
        full.add("a:1", LINE, 200, 1)
        full.flush()
    full.close()
    assert len(said) == 1 and full.lost == 2


def test_the_server_notes_every_answer(tmp_path: Path) -> None:
    from tests.apps.http.bench import bench

    path = tmp_path / "log"
    log = AccessLog(str(path), "combined")
    with bench(Echo(), log=log) as at:
        at.ask(b"GET /quick HTTP/1.1\r\nHost: a\r\nUser-Agent: me\r\n\r\nGET /x HTTP/1.1\r\nHost: a\r\n"
               b"Connection: close\r\n\r\n")
        at.ask(b"GET / HTTP/1.1\r\nHost: a\r\nX : \"\r\n\r\n")
    log.close()
    lines = [line.split('"', 1)[1] for line in path.read_text().splitlines()]
    assert lines[0] == 'GET /quick HTTP/1.1" 200 5 "-" "me"'
    assert lines[1] == 'GET /x HTTP/1.1" 200 9 "-" "-"'
    assert lines[2].startswith('GET / HTTP/1.1" 400 ')
