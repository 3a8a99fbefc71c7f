from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from whywire.cli.show import Wishes, open_path, tell
from whywire.report.comments import Comments
from whywire.story import Story


@pytest.fixture(scope="module")
def story(founding: Path) -> Story:
    folder, capture = open_path(founding / "a-v2.pcapng", None)
    with capture:
        return tell(folder, capture, Wishes(format="json"))[0]


def test_each_packet_says_why_and_how_sure(story: Story) -> None:
    comments = Comments(story)
    assert len(comments) == 12
    for number in range(1, 13):
        reason = comments(number)[0]
        assert reason.startswith("c1 ")
        assert any(f"[{word}]" in reason for word in ("known", "inferred", "likely", "artefact", "unknown"))
    assert "Nagle" in comments(8)[0]
    assert "Or: " in comments(8)[0]


def test_findings_are_comments_of_their_own(story: Story) -> None:
    comments = Comments(story)
    assert comments(1)[1].startswith("info CAP008 (checksum-left-to-the-card): ")
    silent = Comments(replace(story, findings=()))
    assert all(len(silent(number)) == 1 for number in range(1, 13))


def test_other_packets_have_none(story: Story) -> None:
    assert Comments(story)(0) == Comments(story)(13) == ()


def test_foreign_text_is_made_harmless(story: Story) -> None:
    assert story.findings
    bad = replace(story.findings[0], packet=3, text="a\x1b]0;b\x07\u202ec\nd")
    assert Comments(replace(story, findings=(bad,)))(3)[1].endswith("a\\x1b]0;b\\x07\\u202ec\\nd")
