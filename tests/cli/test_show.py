from __future__ import annotations

import argparse
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
    assert wishes(*words) == show.Wishes("json", 2, 3, "server", True, 60, "never")


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
