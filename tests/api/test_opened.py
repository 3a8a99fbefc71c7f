from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import whywire
from tests.conftest import ROOT
from whywire.base.errors import WhywireError
from whywire.cli.main import main

RUN = ROOT / "src" / "whywire" / "labs" / "v2" / "recorded"


def test_importing_whywire_loads_nothing_of_it() -> None:
    script = "import sys; before = set(sys.modules); import whywire; print(sorted(set(sys.modules) - before))"
    done = subprocess.run([sys.executable, "-c", script], text=True, stdout=subprocess.PIPE, check=True,
                          env={"PYTHONPATH": str(ROOT / "src")})
    assert done.stdout == "['whywire']\n"


def test_what_is_not_there_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'opne'"):
        whywire.opne  # noqa: B018


def test_a_capture_as_tables_and_as_a_story(founding: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = founding / "a-v2.pcapng"
    with whywire.open(path) as capture:
        assert (len(capture.packets), len(capture.connections), len(capture.exchanges)) == (12, 1, 0)
        assert capture.findings["code"].to_list() == ["CAP008"]
        assert capture.packets_with_causes[0].cause == "call"
        assert capture.view == "file"
        assert capture.problems == ()
        assert repr(capture) == (f"<whywire {path}: 12 packets, 1 connection; "
                                 ".packets .connections .exchanges .findings .story()>")
        main(["explain", str(path), "--width", "100"])
        assert capture.story() == capsys.readouterr().out
        main(["explain", str(path), "--width", "100", "--packet", "3"])
        assert capture.story(packet=3) == capsys.readouterr().out


def test_a_run_folder_has_its_calls_and_both_views() -> None:
    with whywire.open(RUN) as merged, whywire.open(RUN, at="client") as one:
        assert (merged.view, one.view) == ("merged", "at client")
        assert merged.packets_with_causes[0].cause_ref is not None
        assert None not in merged.packets["arrival_ns"].to_list()
        assert set(one.packets["arrival_ns"].to_list()) == {None}


def test_tables_that_were_made_stay_when_it_is_closed(founding: Path) -> None:
    with whywire.open(founding / "a-v2.pcapng") as capture:
        seen, causes = capture.packets, capture.packets_with_causes
    assert seen[11].number == 12
    assert capture.packets_with_causes is causes
    assert len(capture.connections) == 1  # nothing of the file is needed for it
    with pytest.raises(WhywireError, match="is closed, and its exchanges were not asked for"):
        len(capture.exchanges)
    with pytest.raises(WhywireError, match="is closed"):
        capture.story()


def test_what_can_not_be_opened_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(WhywireError, match="there is no such file"):
        whywire.open(tmp_path / "a.pcap")


def test_the_limit_is_said(founding: Path) -> None:
    with whywire.open(founding / "a-v2.pcapng", detail_limit=3) as capture:
        assert len(capture.packets) == 12
        with pytest.raises(WhywireError, match="limit of 3"):
            len(capture.findings)
