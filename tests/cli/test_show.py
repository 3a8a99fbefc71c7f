from __future__ import annotations

import argparse
import json
from pathlib import Path

import pytest

from whywire.base.errors import WhywireError
from whywire.cli import show


def wishes(*words: str) -> show.Wishes:
    parser = argparse.ArgumentParser()
    show.add_options(parser)
    return show.wishes(parser.parse_args(words))


def test_wishes_are_the_options() -> None:
    assert wishes() == show.Wishes()
    words = ["--format", "json", "--packet", "p3", "--connection", "c2", "--at", "server"]
    words += ["--all", "--width", "60", "--color", "never"]
    words += ["--select", "TCP2,CALL", "--ignore", "TCP210", "--level", "note", "--exit-code"]
    assert wishes(*words) == show.Wishes(
        "json", 2, 3, "server", True, 60, "never", ("TCP2", "CALL"), ("TCP210",), "note", True)


@pytest.mark.parametrize("paper", show.FORMATS)
def test_each_paper_ends_with_a_line_break(founding: Path, paper: str) -> None:
    text, damage = show.explained(founding / "a-v1.pcapng", show.Wishes(paper))
    assert text.endswith("\n")
    assert not text.endswith("\n\n")
    assert damage is None


def test_damage_comes_with_the_story(founding: Path, tmp_path: Path) -> None:
    cut = tmp_path / "cut.pcap"
    cut.write_bytes((founding / "c-v1.pcap").read_bytes()[:-20])
    text, damage = show.explained(cut, show.Wishes())
    assert "9 packets" in text
    assert damage is not None
    assert "cut" in damage


def test_the_file_is_closed_whatever_happens(founding: Path) -> None:
    with pytest.raises(WhywireError, match="99"):  # an open file would be a warning, and warnings are errors
        show.explained(founding / "a-v1.pcapng", show.Wishes(packet=99))


RESET, QUIET = "a-v3.pcapng", "a-v1.pcapng"


def codes_in(founding: Path, name: str, *words: str) -> list[str]:
    """Return the codes of the findings in a capture's JSON."""
    text, _ = show.explained(founding / name, wishes("--format", "json", *words))
    return [finding["code"] for finding in json.loads(text)["findings"]]


def test_the_text_lists_warnings_and_above(founding: Path) -> None:
    text, _ = show.explained(founding / RESET, wishes())
    assert "Worth a look" in text
    assert "whywire rule TCP206" in text
    assert "CAP008" not in text
    assert "CAP008" in show.explained(founding / RESET, wishes("--level", "info"))[0]
    assert "Worth a look" not in show.explained(founding / QUIET, wishes())[0]


def test_the_json_has_all_that_are_wanted(founding: Path) -> None:
    assert codes_in(founding, RESET) == ["CAP008", "TCP206"]
    assert codes_in(founding, RESET, "--level", "warning") == ["TCP206"]
    assert codes_in(founding, RESET, "--select", "CAP") == ["CAP008"]
    assert codes_in(founding, RESET, "--ignore", "cap,tcp2") == []


@pytest.mark.parametrize(("name", "words", "code"), [
    (RESET, ["--exit-code"], 1), (RESET, [], 0), (RESET, ["--exit-code", "--level", "error"], 0),
    (QUIET, ["--exit-code"], 0), (QUIET, ["--exit-code", "--level", "info"], 1),
    (RESET, ["--exit-code", "--packet", "8"], 1), (RESET, ["--exit-code", "--format", "ladder"], 1),
    (RESET, ["--exit-code", "--ignore", "TCP206"], 0),
])
def test_exit_code(founding: Path, capsys: pytest.CaptureFixture[str], name: str, words: list[str], code: int) -> None:
    assert show.show(founding / name, wishes(*words)) == code
    assert capsys.readouterr().out


def test_a_rule_that_does_not_exist_is_said(founding: Path) -> None:
    with pytest.raises(WhywireError, match="TCP9"):
        show.explained(founding / QUIET, wishes("--select", "TCP9"))
