"""Every input that ever broke a fuzz target, and the seeds, through plain Python: they break nothing any more."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.fuzz import targets
from tools.fuzz.collect import bounded
from tools.fuzz.corpus import FOUND, found

INPUTS = [(name, path) for name in targets.names() for path in found(name)]


@pytest.mark.parametrize(("name", "path"), INPUTS, ids=[f"{name}-{path.name}" for name, path in INPUTS])
def test_what_was_found_is_mended(name: str, path: Path) -> None:
    bounded(targets.load(name).one, path.read_bytes())


def test_every_found_input_is_replayed() -> None:
    kept = {path for path in FOUND.rglob("*") if path.is_file()}
    assert {path for _, path in INPUTS} == kept, "a folder below found/ is named after its target"


@pytest.mark.parametrize("name", targets.names())
def test_a_target_holds_on_its_seeds(name: str) -> None:
    target = targets.load(name)
    seeds = list(target.seeds())
    assert seeds != []
    for seed in seeds[::max(1, len(seeds) // 20)]:
        bounded(target.one, seed)
