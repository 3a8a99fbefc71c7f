"""Rules are found by walking their folders."""

from __future__ import annotations

from pathlib import Path

from whywire.findings import registry


def test_every_file_is_a_rule() -> None:
    room = Path(registry.__file__).parent
    paths = [path for path in room.glob("*/*.py") if path.stem != "__init__"]
    files = {f"whywire.findings.{path.parent.name}.{path.stem}" for path in paths}
    assert {entry.module for entry in registry.entries()} == files


def test_every_folder_is_walked() -> None:
    room = Path(registry.__file__).parent
    assert set(registry.FOLDERS) == {path.parent.name for path in room.glob("*/__init__.py")}


def test_a_folder_that_is_not_wanted_is_not_asked() -> None:
    assert {entry.module.split(".")[2] for entry in registry.selected(folders=["cap"])} == {"cap"}


def test_names_are_codes_beginnings_or_names() -> None:
    assert [entry.rule.code for entry in registry.selected(select=["tcp104"])] == ["TCP104"]
    assert [entry.rule.code for entry in registry.selected(select=["Zero-Window"])] == ["TCP104"]
    assert {entry.rule.code[:4] for entry in registry.selected(select=["TCP2"])} == {"TCP2"}
