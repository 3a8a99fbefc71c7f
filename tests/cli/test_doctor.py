from __future__ import annotations

import pytest

from whywire.cli.main import main
from whywire.lab.doctor import Diagnosis

FINE = Diagnosis(True, "T1", (("Python", "3.11"),), "Labs run here, as an ordinary user.")
NOT = Diagnosis(False, "none", (("Python", "3.11"),), "Labs can't run here: namespaces are off.", "sudo sysctl -w x=1")


@pytest.mark.parametrize(("found", "code"), [(FINE, 0), (NOT, 1)])
def test_what_was_found_is_printed(
        monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], found: Diagnosis, code: int) -> None:
    monkeypatch.setattr("whywire.lab.doctor.examine", lambda: found)
    assert main(["doctor"]) == code
    told = capsys.readouterr().out
    assert found.sentence in told
    assert found.hint in told


def test_this_machine_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["doctor"])
    assert ("Labs run here" in capsys.readouterr().out) == (code == 0)
