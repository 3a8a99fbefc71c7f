from __future__ import annotations

import json
from pathlib import Path

import pytest

from whywire.base.errors import WhywireError
from whywire.cli.main import main
from whywire.lab.catalogue import FOLDER


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")


def test_show_prints_the_programs_as_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lab", "v2", "--show"]) == 0
    shown = capsys.readouterr().out
    for name in ("server.py", "client.py"):
        assert (FOLDER / "v2" / name).read_text() in shown


def test_a_lab_is_run_and_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lab", "v2", "--format", "json"]) == 0
    told = capsys.readouterr()
    assert json.loads(told.out)["connections"][0]["bytes"] == {"client": 20, "server": 20}
    [folder] = Path("runs").iterdir()
    assert str(folder) in told.err


def test_what_can_be_varied_is_an_option(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lab", "v4", "--sleep", "20ms", "--format", "json", "-o", "out"]) == 0
    story = json.loads(capsys.readouterr().out)
    sleeps = [call["args"] for call in story["connections"][0]["calls"] if call["name"] == "sleep"]
    assert sleeps
    assert set(sleeps) == {"0.02"}


def test_its_help_names_it(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["lab", "v4", "--help"])
    assert "--sleep" in capsys.readouterr().out


@pytest.mark.parametrize("words", [["nolab"], ["../v2"], ["v1", "--sleep", "1"]])
def test_what_is_not_there(capsys: pytest.CaptureFixture[str], words: list[str]) -> None:
    try:
        code = main(["lab", *words])
    except SystemExit as ended:  # argparse's way for an option that this lab has not
        code = int(ended.code or 0)
    assert code == 2
    assert words[-1] in capsys.readouterr().err or "--sleep" in words


def forbidden() -> None:
    raise WhywireError("user namespaces are forbidden", "sudo sysctl -w this=0", 1)


def test_only_one_variant_can_be_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["lab", "http-page", "--browser", "--real"])
    assert "--real: not allowed with argument --browser" in capsys.readouterr().err


def test_where_no_lab_can_run_the_recorded_one_is_told(
        monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("whywire.lab.doctor.require", forbidden)
    assert main(["lab", "v2"]) == 0
    told = capsys.readouterr()
    assert "user namespaces are forbidden" in told.err
    assert "sudo sysctl" in told.err
    assert "recorded" in told.err
    assert "server.py:18" in told.out
    assert not Path("runs").exists()


def test_a_lab_without_a_recording_says_what_is_missing(
        monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("whywire.lab.doctor.require", forbidden)
    assert main(["lab", "v1"]) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert "user namespaces are forbidden" in told.err
