from __future__ import annotations

import os
from array import array
from pathlib import Path

import pytest

from whywire.capture.index import key_of, place_of, read, write


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "a capture.pcap"
    path.write_bytes(b"x" * 100)
    return path


COLUMNS = {"a": array("q", [1, -2, 3]), "b": array("B", [1, 2, 3, 4, 5]), "empty": array("I")}


def test_what_was_written_is_read(file: Path) -> None:
    place = place_of(file, True)
    write(place, key_of(file), {"names": ["\u00e4"]}, COLUMNS)
    found = read(place, key_of(file))
    assert found is not None
    assert found.extra == {"names": ["\u00e4"]}
    assert {name: column.tolist() for name, column in found.columns.items()} == {
        name: column.tolist() for name, column in COLUMNS.items()}
    found.columns["a"][0] = 9  # a copy of this process
    again = read(place, key_of(file))
    assert again is not None and again.columns["a"][0] == 1


def test_another_state_of_the_file_is_stale(file: Path) -> None:
    place = place_of(file, True)
    write(place, key_of(file), {}, COLUMNS)
    os.utime(file, ns=(1, 1))
    assert read(place, key_of(file)) is None


@pytest.mark.parametrize("length", [0, 1, 20, -1])
def test_a_damaged_index_is_none(file: Path, length: int) -> None:
    place = place_of(file, True)
    write(place, key_of(file), {}, COLUMNS)
    place.write_bytes(place.read_bytes()[:length])
    assert read(place, key_of(file)) is None


def test_no_half_index_is_left(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="No space"):
        write(place_of(file, True), key_of(file), {}, COLUMNS)
    assert [path.name for path in file.parent.iterdir()] == [file.name]


def test_the_cache_folder_is_the_user_s(file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert place_of(file, False).parent == tmp_path / "cache" / "whywire" / "index"
