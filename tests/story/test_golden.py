"""Whole stories as text a person can read: the founding captures, and runs that are ladders.

A mismatch leaves what came out beside the golden file, as ``<name>.actual``. Read it; when it is right, accept all of
them with ``WHYWIRE_ACCEPT=1 python -m pytest tests/story/test_golden.py``.
"""

from __future__ import annotations

import os
import re
from contextlib import closing
from pathlib import Path

import pytest

from tests.ladders import capture_of
from tests.story.accounts import CAPTURES, founding, of_run, spoken
from whywire.connections import account
from whywire.exchanges import find, payload_of
from whywire.packets import decode_capture
from whywire.report.terminal import render
from whywire.story import tell

GOLDEN = Path(__file__).parent / "golden"
LADDERS = Path(__file__).parent / "ladders"
WIDTH = 100
FOUNDING = sorted(path.name for path in (CAPTURES / "founding").glob("*.pcap*"))
RUNS = sorted(path.name for path in LADDERS.glob("*.ladder"))
TALKS = sorted(path.name for path in (LADDERS.parent / "talks").glob("*.ladder"))
"""Requests and responses: a race with a FIN, pipelining, a hole in a body, an error answer of a proxy."""
COMMANDS = {"explain", "run", "lab", "labs", "doctor", "rule", "rules", "term"}
HEDGES = ("probably", "maybe", "perhaps", "presumably", "unfortunately", "simply", "just ", "obviously", "of course")


def compare(name: str, text: str) -> None:
    """Hold a story against its golden file."""
    golden, actual = GOLDEN / f"{name}.txt", GOLDEN / f"{name}.actual"
    if os.environ.get("WHYWIRE_ACCEPT"):
        golden.write_text(text)
        actual.unlink(missing_ok=True)
        return
    if not golden.exists() or golden.read_text() != text:
        actual.write_text(text)
        expected = golden.read_text() if golden.exists() else ""
        assert text == expected, f"read {actual}; if it is right, WHYWIRE_ACCEPT=1 python -m pytest {__file__}"


@pytest.mark.parametrize("name", FOUNDING)
def test_the_story_of_a_founding_capture(name: str) -> None:
    compare(name, render(tell(founding(name), exchanges=spoken(name)), WIDTH))


@pytest.mark.parametrize("name", RUNS)
def test_the_story_of_a_run(name: str, tmp_path: Path) -> None:
    found = of_run((LADDERS / name).read_text(), tmp_path / "run")
    compare(name, render(tell(found), WIDTH))


@pytest.mark.parametrize("name", TALKS)
def test_the_story_of_a_conversation(name: str) -> None:
    source, _ = capture_of((LADDERS.parent / "talks" / name).read_text())
    with closing(source):
        capture = decode_capture(source, name)
        found = account(capture)
        compare(name, render(tell(found, exchanges=find(found, payload_of(capture))), WIDTH))


def golden_texts() -> list[str]:
    """Return the names of all golden files."""
    return sorted(path.name for path in GOLDEN.glob("*.txt"))


def prose(name: str) -> str:
    """Return a golden story on one line, so that sentences are whole."""
    return re.sub(r"\s+", " ", (GOLDEN / name).read_text())


def test_there_is_a_golden_story_for_each_and_no_other() -> None:
    assert golden_texts() == sorted(f"{name}.txt" for name in [*FOUNDING, *RUNS, *TALKS])


@pytest.mark.parametrize("name", golden_texts())
def test_the_tone_is_calm(name: str) -> None:
    text = re.sub(r'\|.*|b["\'].*?["\']', "", (GOLDEN / name).read_text())
    assert "!" not in text.replace("HELLO, WORLD!", "")
    assert [hedge for hedge in HEDGES if hedge in prose(name).lower()] == []


@pytest.mark.parametrize("name", golden_texts())
def test_no_command_is_named_that_is_not_there(name: str) -> None:
    assert set(re.findall(r"whywire (\w+)", prose(name))) <= COMMANDS


@pytest.mark.parametrize("name", golden_texts())
def test_nothing_unknown_is_printed(name: str) -> None:
    text = prose(name)
    assert not re.search(r"\bNone\b|\bnan\b|[{}]|\?\)", text)


@pytest.mark.parametrize("name", golden_texts())
def test_what_is_likely_has_its_other_reading(name: str) -> None:
    for before, after in re.findall(r"([^.]*\.) \[likely\] (\S+)", prose(name)):
        assert after in ("Or:", "Packets"), before


@pytest.mark.parametrize("name", golden_texts())
def test_no_line_is_wider_than_asked(name: str) -> None:
    assert max(map(len, (GOLDEN / name).read_text().splitlines())) <= WIDTH


@pytest.mark.parametrize("name", golden_texts())
def test_sums_add_up(name: str) -> None:
    sums = re.findall(r"ack (\d+) = (\d+)((?: \+ [\d,]+(?: \([A-Z]+\))?)+)", prose(name))
    for after, before, rest in sums:
        parts = [int(part.replace(",", "")) for part in re.findall(r"\+ ([\d,]+)", rest)]
        assert int(after) == int(before) + sum(parts)
    assert sums or "Each is told in short here" in prose(name)
