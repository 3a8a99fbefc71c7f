"""`whywire.run` with real programs on real virtual hosts."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

import whywire
from tests.cli.test_run import CLIENT, SERVER
from whywire.base.errors import WhywireError


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with two programs, made the current one."""
    (tmp_path / "server.py").write_text(SERVER)
    (tmp_path / "client.py").write_text(CLIENT)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_two_programs_are_run_and_what_was_recorded_is_opened(programs: Path) -> None:
    with whywire.run(f"{sys.executable} server.py 4000", f"{sys.executable} client.py {{server}} 4000",
                     delay="20ms", quiet="0.3", folder=programs / "mine") as recorded:
        first = recorded.packets_with_causes[0]
        assert first.cause_ref is not None
        assert first.arrival_ns - first.time_ns >= 20_000_000
        assert recorded.connections["client_bytes"].to_list() == [5]
    assert (programs / "mine" / "run.toml").is_file()


def test_without_a_folder_it_is_a_new_one_below_runs(programs: Path) -> None:
    with whywire.run(f"{sys.executable} server.py 4000", f"{sys.executable} client.py {{server}} 4000",
                     name="mine", quiet="0.3") as recorded:
        assert Path(recorded.path).parent == Path("runs")
    assert [path.name.startswith("mine-") for path in (programs / "runs").iterdir()] == [True]


@pytest.mark.parametrize(("name", "value"), [("delay", "5"), ("rate", "fast"), ("quiet", "soon"), ("timeout", "")])
def test_a_value_that_is_none_is_said_with_its_name(name: str, value: str) -> None:
    with pytest.raises(WhywireError, match=f"^{name}: "):
        whywire.run("server", "client", **{name: value})  # type: ignore[arg-type]
