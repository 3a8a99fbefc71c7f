"""Every HTTP message that tshark sees in the repository's captures is seen here in the same frame, and the other way.

The differences stand in one table with their reasons; in all of them we are right.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.exchanges.talk import CAPTURES, of_file

FILES = sorted(path for path in CAPTURES.rglob("*.pcap*") if path.suffix in (".pcap", ".pcapng")
               and b"HTTP/1." in path.read_bytes())
FIELDS = ("frame.number", "http.request.method", "http.request.uri", "http.response.code", "http.request_in")

CUT = "the capture holds only the beginning of each frame"
BROWSER = (  # end of the response, end of its request
    (20, 4), (62, 58), (96, 64), (116, 99), (136, 122), (144, 137), (152, 145), (168, 154), (184, 170), (223, 69),
    (242, 97), (262, 104), (282, 114), (316, 120))
DIFFERENCES: dict[str, tuple[str, set[str], set[str]]] = {
    # file: why, what only we say, what only tshark says
    "24_pipelining.pcap": (
        "responses answer in order (RFC 9112 9.3.2), so the third one answers /3, sent in f4 as well",
        {"200 in f7 answers f4"}, {"200 in f7 answers nothing"}),
    "a-http-browser-snap640.pcapng": (
        f"{CUT}; the lengths of TCP show all the same in which frame a body ends",
        {f"200 in f{answer} answers f{ask}" for answer, ask in BROWSER}, set()),
    "snap68.pcap": (
        f"{CUT}, 14 bytes of payload: both heads go on behind them, so nothing says in which frame a message ends",
        set(), {"GET / in f4", "200 in f5 answers f4"}),
    "pcpp__pcapng-example.pcapng": (
        f"{CUT}, 62 bytes of payload: the head goes on behind them, so nothing says in which frame the message ends",
        set(), {"200 in f139 answers nothing"}),
}

Said = set[str]


def name_of(path: Path) -> str:
    return path.relative_to(CAPTURES).as_posix()


def theirs(tshark: str, path: Path) -> Said:
    """Return what tshark says, a sentence a message: in which frame it ends, and what it answers."""
    command = [tshark, "-r", str(path), "-Y", "http && tcp", "-T", "fields", "-E", "separator=\t", "-E", "aggregator=^"]
    for field in FIELDS:
        command += ["-e", field]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    said: Said = set()
    for line in done.stdout.splitlines():
        frame, method, uri, code, asked = (*line.split("\t"), "", "", "", "")[:5]
        for verb, target in zip(method.split("^"), uri.split("^"), strict=False):
            if verb:
                said.add(f"{verb} {target} in f{frame}")
        for status in code.split("^"):
            if status:
                said.add(f"{status} in f{frame} answers {'f' + asked if asked else 'nothing'}")
    return said


def ours(path: Path) -> Said:
    """Return what we say of the messages that are complete, in the same words."""
    said: Said = set()
    for one in of_file(path).exchanges:
        asked, answer = one.request, one.response
        if asked is not None and asked.last_packet is not None:
            said.add(f"{asked.method} {asked.target} in f{asked.last_packet}")
        for message in (*one.interim, *([answer] if answer else [])):
            if message.last_packet is not None:
                to = f"f{asked.last_packet}" if asked is not None and asked.last_packet is not None else "nothing"
                said.add(f"{message.status} in f{message.last_packet} answers {to}")
    return said


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_the_same_messages(tshark: str, path: Path) -> None:
    them, us = theirs(tshark, path), ours(path)
    _, only_ours, only_theirs = DIFFERENCES.get(path.name, ("", set(), set()))
    assert us - them == only_ours, "only we say this"
    assert them - us == only_theirs, "only tshark says this"


def test_what_is_cut_is_still_told() -> None:
    (one,) = of_file(CAPTURES / "formats" / "snap68.pcap").exchanges
    assert one.request is not None
    assert one.response is not None
    asked = one.request
    assert (asked.method, asked.target, asked.first_packet, asked.fate) == ("GET", "/", 4, "hole")
    assert (one.response.status, one.response.first_packet, one.response.bytes) == (200, 5, 2041)


def test_there_is_something_to_compare() -> None:
    assert sum(len(ours(path)) for path in FILES) > 100
