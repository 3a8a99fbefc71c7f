from __future__ import annotations

import pytest

from whywire.cli.main import main
from whywire.lab.catalogue import labs


def test_labs_has_a_line_for_each(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["labs"]) == 0
    lines = capsys.readouterr().out.splitlines()
    for lab in labs():
        assert any(line.split(maxsplit=1) == [lab.name, lab.title] for line in lines)
    assert "whywire lab NAME" in lines[-1]
