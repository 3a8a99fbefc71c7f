from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from whywire.capture.opening import CaptureFile
from whywire.cli import large, show
from whywire.cli.main import main


@pytest.fixture
def file(founding: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a copy of a capture that counts as large, with a cache folder of its own."""
    monkeypatch.setattr(show, "LARGE", 1)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("COLUMNS", "100")
    return Path(shutil.copy(founding / "d-http-keep-alive-expired.pcapng", tmp_path / "a.pcapng"))


def told(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert main(["explain", *words]) == 0
    return capsys.readouterr().out


def test_the_second_question_reads_no_file_whole(
    file: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = told(capsys, str(file), "--connection", "c2")

    def blocks(_: CaptureFile) -> None:
        raise AssertionError("the file is read whole once more")

    monkeypatch.setattr(CaptureFile, "blocks", blocks)
    assert told(capsys, str(file), "--connection", "c2") == first
    assert "2 connections" in first
    assert "Packet 15" in told(capsys, str(file), "--packet", "15")


def test_it_is_the_story_of_the_small_file(
    file: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    one = told(capsys, str(file), "--connection", "c1", "--format", "ladder")
    monkeypatch.setattr(show, "LARGE", 1 << 40)
    assert told(capsys, str(file), "--connection", "c1", "--format", "ladder") == one


def test_the_index_is_kept_beside_the_file_on_request(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told(capsys, str(file), "--connection", "c1", "--index")
    assert [path.name for path in sorted(file.parent.iterdir())] == ["a.pcapng", "a.pcapng.whywire-index"]


def test_a_connection_that_is_not_there_is_said(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", str(file), "--connection", "c9"]) == 2
    assert "c1 to c2" in capsys.readouterr().err


def test_a_full_disk_costs_the_index_not_the_answer(
    file: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(large, "write", full)
    assert main(["explain", str(file), "--connection", "c1"]) == 0
    assert "no index is kept" in capsys.readouterr().err


def test_the_oldest_indices_make_room(file: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path,
                                      monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(large, "MOST_CACHED", 1)
    folder = tmp_path / "cache" / "whywire" / "index"
    folder.mkdir(parents=True)
    (folder / "old.whywire-index").write_bytes(b"x")
    told(capsys, str(file), "--connection", "c1")
    assert not (folder / "old.whywire-index").exists()
    assert len(list(folder.iterdir())) == 1


def test_the_whole_story_of_a_large_file_names_the_summary(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", str(file)]) == 0
    assert "--summary" in capsys.readouterr().err
